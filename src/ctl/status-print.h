/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Monitor1's properties, as they are now. */
typedef struct {
  GVariant *status;  /* (unowned) a{sv} */
  GVariant *targets; /* (unowned) aa{sv} */
  GVariant *source;  /* (unowned) (ss) */
} PingemStatusView;

/* One object on one line, without its end. (transfer full) */
char *pingem_status_json (const PingemStatusView *view);
/* A page for people. (transfer full) */
char *pingem_status_text (const PingemStatusView *view);
/* One line for logs, without its end. (transfer full) */
char *pingem_status_line (const PingemStatusView *view, GDateTime *now);

G_END_DECLS
