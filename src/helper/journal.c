/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/journal.h"

struct PingemJournal {
  GHashTable *windows; /* (owned) uid -> Window; none of who is quiet */
};

/* What was told of a user since its first line. */
typedef struct {
  PingemJournal *journal; /* (unowned) */
  guint32 uid;
  guint n_lines;
  guint n_left_out;
  guint n_calls;
  guint timer_id;
} Window;

static void
tell_left_out (const Window *window)
{
  g_autofree char *uid = g_strdup_printf ("%u", window->uid);

  if (window->n_left_out > 0 || window->n_calls > 0)
    g_log_structured ("pingem-helper", G_LOG_LEVEL_MESSAGE, "PINGEM_UID", uid, "MESSAGE",
                      "uid %s: %u lines left out, %u calls refused, as there were too many", uid,
                      window->n_left_out, window->n_calls);
}

static void
window_free (Window *window)
{
  tell_left_out (window);
  g_source_remove (window->timer_id);
  g_free (window);
}

static gboolean
on_window_ended (gpointer user_data)
{
  Window *window = user_data;

  g_hash_table_remove (window->journal->windows, GUINT_TO_POINTER (window->uid));

  return G_SOURCE_CONTINUE;
}

PingemJournal *
pingem_journal_new (void)
{
  PingemJournal *self = g_new (PingemJournal, 1);

  self->windows = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) window_free);

  return self;
}

void
pingem_journal_free (PingemJournal *self)
{
  g_hash_table_unref (self->windows);
  g_free (self);
}

static Window *
get_window (PingemJournal *self, guint32 uid)
{
  Window *window = g_hash_table_lookup (self->windows, GUINT_TO_POINTER (uid));

  if (window == NULL)
    {
      window = g_new0 (Window, 1);
      window->journal = self;
      window->uid = uid;
      window->timer_id = g_timeout_add_seconds (PINGEM_JOURNAL_WINDOW_S, on_window_ended, window);
      g_hash_table_insert (self->windows, GUINT_TO_POINTER (uid), window);
    }

  return window;
}

void
pingem_journal_verdict (PingemJournal *self,
                        guint32 uid,
                        const char *sender,
                        const char *action,
                        const char *verdict,
                        guint n_targets)
{
  Window *window = get_window (self, uid);
  g_autofree char *uid_text = NULL;
  g_autofree char *targets = NULL;

  if (window->n_lines == PINGEM_JOURNAL_LINES)
    {
      window->n_left_out++;
      return;
    }

  window->n_lines++;
  uid_text = g_strdup_printf ("%u", uid);
  targets = g_strdup_printf ("%u", n_targets);
  g_log_structured ("pingem-helper", G_LOG_LEVEL_MESSAGE, "PINGEM_UID", uid_text, "PINGEM_SENDER",
                    sender, "PINGEM_ACTION", action, "PINGEM_VERDICT", verdict, "PINGEM_TARGETS",
                    targets, "MESSAGE", "uid %s, %s: session for %s %s (%s targets)", uid_text,
                    sender, action, verdict, targets);
}

void
pingem_journal_count_call (PingemJournal *self, guint32 uid)
{
  get_window (self, uid)->n_calls++;
}
