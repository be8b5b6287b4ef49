/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A page on the terminal that is standard output, drawn anew in place. Between begin and end. */
void pingem_page_begin (void);
/* How wide the terminal is; where it does not say, 80. */
guint pingem_page_width (void);
/* Whether colours are wanted: the terminal has them, and NO_COLOR is not set. */
gboolean pingem_page_has_colours (void);
/* As many lines of @text as fit. */
void pingem_page_draw (const char *text);
/* The cursor is back, below the page. */
void pingem_page_end (void);
/* The same where nothing of the page stays: what is written next stands in its place. */
void pingem_page_clear (void);

G_END_DECLS
