/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What strangers can cause any number of times fills no log: a line a minute, with how many were
 * left out since the last one. Zero it to start. */
typedef struct {
  gint64 said_us; /* g_get_monotonic_time(); 0: never */
  guint n_left_out;
} PingemNotice;

/* @what: "[stamp]"; @who: an address, or NULL */
void pingem_notice_say (PingemNotice *notice, const char *what, const char *who, const char *text);

G_END_DECLS
