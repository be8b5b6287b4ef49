/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where a long run stands. */
typedef struct {
  guint64 n_sent;
  guint64 n_planned; /* 0: endless */
  guint64 n_answered;
  guint64 n_lost;
  gint64 elapsed_us;
  gint64 remaining_us; /* -1: unknown */
} PingemProgressState;

/*
 * One line on the terminal that is standard error, drawn anew in place four
 * times a second at most, from the first second on.
 */
typedef struct PingemProgress PingemProgress;

typedef PingemProgressState (*PingemProgressFunc) (gpointer user_data);

/*
 * There is a terminal, and nothing else is written to it meanwhile, by us or by
 * whom we write to: we write nothing (@is_quiet), or to a file.
 */
gboolean pingem_progress_has_place (gboolean is_quiet);

PingemProgress *pingem_progress_new (PingemProgressFunc func, gpointer user_data);
/* Hides it. Accepts NULL. */
void pingem_progress_free (PingemProgress *self);
/* Until the next time: makes way for something else. Accepts NULL. */
void pingem_progress_hide (PingemProgress *self);

/* In the reader's language, without the end of a line. (transfer full) */
char *pingem_progress_text (const PingemProgressState *state);

G_END_DECLS
