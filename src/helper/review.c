/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/review.h"

#include "ipc/error.h"

struct PingemReview {
  PolkitAuthority *authority; /* (owned) */
  PingemGate *gate;           /* (owned) */
  PingemRoster *roster;       /* (unowned) */
  GCancellable *stop;         /* (owned): cancelled when it is freed */
  gulong changed_id;
  guint n_changes;
  guint n_asked; /* not answered yet, in this round */
  gboolean is_again;
};

/* A session that is asked for. */
typedef struct {
  PingemReview *review; /* (unowned): gone where @stop is cancelled */
  GCancellable *stop;   /* (owned) */
  char *sender;         /* (owned) */
} Case;

static void
case_free (Case *c)
{
  g_object_unref (c->stop);
  g_free (c->sender);
  g_free (c);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Case, case_free)

static void
decide (PingemReview *self, const char *sender, const GError *error)
{
  PingemSession *session = pingem_roster_find (self->roster, sender);

  if (session == NULL || !pingem_session_is_open (session) ||
      (pingem_session_is_by_person (session) &&
       g_error_matches (error, PINGEM_ERROR, PINGEM_ERROR_AUTH_REQUIRED)))
    return;

  pingem_roster_end (self->roster, sender, "revoked");
}

static void
on_gate (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Case) c = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_allowed = pingem_gate_check_finish (result, NULL, &error);

  if (g_cancellable_is_cancelled (c->stop))
    return;

  if (!is_allowed)
    decide (c->review, c->sender, error);

  c->review->n_asked--;
  if (c->review->n_asked == 0 && c->review->is_again)
    pingem_review_run (c->review);
}

static void
ask (PingemReview *self, const PingemSession *session)
{
  Case *c = g_new (Case, 1);
  const PingemQuestion question = {
    .action = pingem_session_get_action (session),
    .sender = pingem_session_get_sender (session),
    .uid = pingem_session_get_uid (session),
  };

  *c = (Case){ self, g_object_ref (self->stop), g_strdup (question.sender) };
  self->n_asked++;
  pingem_gate_check_async (self->gate, &question, self->stop, on_gate, c);
}

void
pingem_review_run (PingemReview *self)
{
  g_autoptr (GPtrArray) sessions = NULL;

  self->is_again = self->n_asked > 0;
  if (self->is_again)
    return;

  sessions = pingem_roster_list_open (self->roster);
  for (guint i = 0; i < sessions->len; i++)
    ask (self, sessions->pdata[i]);
}

static void
on_changed (PolkitAuthority *authority, gpointer user_data)
{
  PingemReview *self = user_data;

  self->n_changes++;
  pingem_review_run (self);
}

PingemReview *
pingem_review_new (PolkitAuthority *authority, PingemGate *gate, PingemRoster *roster)
{
  PingemReview *self = g_new0 (PingemReview, 1);

  self->authority = g_object_ref (authority);
  self->gate = pingem_gate_ref (gate);
  self->roster = roster;
  self->stop = g_cancellable_new ();
  self->changed_id = g_signal_connect (authority, "changed", G_CALLBACK (on_changed), self);

  return self;
}

void
pingem_review_free (PingemReview *self)
{
  g_signal_handler_disconnect (self->authority, self->changed_id);
  g_cancellable_cancel (self->stop);
  g_object_unref (self->stop);
  g_object_unref (self->authority);
  pingem_gate_unref (self->gate);
  g_free (self);
}

guint
pingem_review_count_changes (PingemReview *self)
{
  return self->n_changes;
}
