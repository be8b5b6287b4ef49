/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* A page on the terminal that is standard output, drawn anew in place. Between begin and end. */
void pingem_page_begin (void);
/* As many lines of @text as fit. */
void pingem_page_draw (const char *text);
/* The cursor is back, below the page. */
void pingem_page_end (void);
/* The same where nothing of the page stays: what is written next stands in its place. */
void pingem_page_clear (void);
