/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* So many lines of a user are written in so many seconds; then one tells how many were left out. */
#define PINGEM_JOURNAL_LINES 30
#define PINGEM_JOURNAL_WINDOW_S 30

/*
 * Who was allowed what: numbers, unique bus names, and our own words alone.
 * Nothing that a caller may choose stands in it.
 */
typedef struct PingemJournal PingemJournal;

PingemJournal *pingem_journal_new (void);
/* Tells what was left out so far. */
void pingem_journal_free (PingemJournal *self);

/* @sender: its unique name; @action: of polkit; @verdict: ours; @n_targets: of the session */
void pingem_journal_verdict (PingemJournal *self,
                             guint32 uid,
                             const char *sender,
                             const char *action,
                             const char *verdict,
                             guint n_targets);
/* One call more that was over the user's limit: they are counted, and told in one line. */
void pingem_journal_count_call (PingemJournal *self, guint32 uid);

G_END_DECLS
