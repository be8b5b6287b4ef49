/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/admission.h"

#include "helper/gate.h"
#include "helper/journal.h"
#include "helper/review.h"
#include "ipc/channel.h"
#include "ipc/error.h"

struct PingemAdmission {
  GObject *owner;         /* (unowned) */
  PingemDoor *door;       /* (owned) */
  PingemGate *gate;       /* (owned) */
  PingemRoster *roster;   /* (owned) */
  PingemReview *review;   /* (owned) */
  PingemJournal *journal; /* (owned) */
  GHashTable *asked;      /* (owned) unique bus name -> GCancellable, while polkit is asked */
  guint n_lists;          /* calls of others' sessions that wait for polkit */
};

static void
log_session (PingemAdmission *self, const PingemSession *session, const char *verdict)
{
  pingem_journal_verdict (self->journal, pingem_session_get_uid (session),
                          pingem_session_get_sender (session), pingem_session_get_action (session),
                          verdict, pingem_session_count_targets (session));
}

static void
on_ended (PingemSession *session, const char *why, gpointer user_data)
{
  PingemAdmission *self = user_data;
  GCancellable *asked = g_hash_table_lookup (self->asked, pingem_session_get_sender (session));

  if (asked != NULL)
    g_cancellable_cancel (asked);
  log_session (self, session, why);
}

static void
on_idle (gpointer user_data)
{
  g_signal_emit_by_name (((PingemAdmission *) user_data)->owner, "idle");
}

static const PingemRosterFuncs roster_funcs = { .ended = on_ended, .idle = on_idle };

static PingemSession *
find_caller (PingemAdmission *self, GDBusMethodInvocation *invocation)
{
  return pingem_roster_find (self->roster, g_dbus_method_invocation_get_sender (invocation));
}

/* A call that waits for polkit; the invocation is answered exactly once. */
typedef struct {
  PingemAdmission *admission;        /* (unowned): its owner's */
  GObject *owner;                    /* (owned) */
  GDBusMethodInvocation *invocation; /* (owned) until answered */
  PingemMember member;
  guint32 uid;
  const char *action; /* static */
  guint n_changes;    /* of polkit's answers, when it was asked */
} Request;

static void
request_free (Request *request)
{
  request->admission->n_lists -= request->member != PINGEM_MEMBER_OPEN_SESSION;
  g_object_unref (request->owner);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static const char *
name_refusal (const GError *error)
{
  return error->code == PINGEM_ERROR_TOO_MANY ? "refused, as there are too many" : "refused";
}

/* Of a session, its place is free again. */
static void
refuse (Request *request, const GError *error)
{
  PingemAdmission *self = request->admission;
  const char *sender = g_dbus_method_invocation_get_sender (request->invocation);

  if (request->member == PINGEM_MEMBER_OPEN_SESSION)
    pingem_roster_end (self->roster, sender, name_refusal (error));
  else
    pingem_journal_verdict (self->journal, request->uid, sender, request->action,
                            name_refusal (error), 0);
  g_dbus_method_invocation_return_gerror (request->invocation, error);
}

static void
pass (Request *request, gboolean by_person)
{
  PingemAdmission *self = request->admission;
  PingemSession *session = find_caller (self, request->invocation);

  if (request->member == PINGEM_MEMBER_OPEN_SESSION)
    pingem_session_set_by_person (session, by_person);
  else
    pingem_journal_verdict (self->journal, request->uid,
                            g_dbus_method_invocation_get_sender (request->invocation),
                            request->action, "allowed", 0);
  pingem_door_pass (self->door, request->invocation);

  /* The answer may be older than the change. */
  if (pingem_review_count_changes (self->review) != request->n_changes)
    pingem_review_run (self->review);
}

/* Who left the bus while polkit was asked has no place any more. */
static void
on_gate (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  PingemAdmission *self = request->admission;
  g_autoptr (GError) error = NULL;
  gboolean by_person;

  if (request->member == PINGEM_MEMBER_OPEN_SESSION)
    g_hash_table_remove (self->asked, g_dbus_method_invocation_get_sender (request->invocation));

  if (!pingem_gate_check_finish (result, &by_person, &error))
    refuse (request, error);
  else if (request->member == PINGEM_MEMBER_OPEN_SESSION &&
           find_caller (self, request->invocation) == NULL)
    g_dbus_method_invocation_return_error_literal (
        request->invocation, PINGEM_ERROR, PINGEM_ERROR_FAILED, "The caller has left the bus");
  else
    pass (request, by_person);
}

static void
ask_gate (Request *request)
{
  PingemAdmission *self = request->admission;
  GDBusMessage *message = g_dbus_method_invocation_get_message (request->invocation);
  const PingemQuestion question = {
    .action = request->action,
    .sender = g_dbus_method_invocation_get_sender (request->invocation),
    .uid = request->uid,
    .may_ask = (g_dbus_message_get_flags (message) &
                G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION) != 0,
  };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  if (request->member == PINGEM_MEMBER_OPEN_SESSION)
    g_hash_table_insert (self->asked, g_strdup (question.sender), g_object_ref (cancellable));
  request->n_changes = pingem_review_count_changes (self->review);
  pingem_gate_check_async (self->gate, &question, cancellable, on_gate, request);
}

static gboolean
check_open (guint version, guint flags, GError **error)
{
  if (version != PINGEM_CHANNEL_VERSION)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VERSION,
                 "This helper speaks version %u of the channel, not %u: restart Pingem, it was "
                 "updated",
                 PINGEM_CHANNEL_VERSION, version);
  else if ((flags & ~(PINGEM_SESSION_INTENSIVE | PINGEM_SESSION_BATCH)) != 0)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                 "Unknown flags 0x%x: there are 1 (intensive) and 2 (batch)", flags);
  else
    return TRUE;

  return FALSE;
}

/* A place for the session, so that the limits count those that wait for polkit. */
static gboolean
reserve (PingemAdmission *self, guint32 uid, const char *action, GDBusMethodInvocation *invocation)
{
  guint32 version, flags;
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  g_autoptr (GError) error = NULL;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(uu)", &version, &flags);
  if (check_open (version, flags, &error) &&
      pingem_roster_add (self->roster, sender, uid, flags, &error))
    return TRUE;

  if (error->code == PINGEM_ERROR_TOO_MANY)
    pingem_journal_verdict (self->journal, uid, sender, action, name_refusal (error), 0);
  g_dbus_method_invocation_return_gerror (invocation, error);

  return FALSE;
}

static PingemSession *
find_by_token (PingemAdmission *self, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) token =
      g_variant_get_child_value (g_dbus_method_invocation_get_parameters (invocation), 0);
  PingemSession *session = find_caller (self, invocation);

  return session != NULL && pingem_session_has_token (session, token) ? session : NULL;
}

static void
on_call (PingemMember member, guint32 uid, GDBusMethodInvocation *invocation, gpointer user_data)
{
  PingemAdmission *self = user_data;
  PingemAccess access =
      pingem_access_get (member, g_dbus_method_invocation_get_parameters (invocation));
  Request *request;

  if (access.kind == PINGEM_ACCESS_ACTION)
    {
      if (member == PINGEM_MEMBER_OPEN_SESSION && !reserve (self, uid, access.action, invocation))
        return;

      request = g_new0 (Request, 1);
      *request =
          (Request){ self, g_object_ref (self->owner), invocation, member, uid, access.action, 0 };
      self->n_lists += member != PINGEM_MEMBER_OPEN_SESSION;
      ask_gate (request);
    }
  else if (access.kind == PINGEM_ACCESS_EVERYBODY ||
           (access.kind == PINGEM_ACCESS_SESSION && find_by_token (self, invocation) != NULL))
    pingem_door_pass (self->door, invocation);
  else
    g_dbus_method_invocation_return_error_literal (invocation, PINGEM_ERROR, PINGEM_ERROR_NOT_FOUND,
                                                   "There is no such session: open one first");
}

/*
 * Each needs a counted call before it: a session is built up target by target as well, and what it
 * holds is given back.
 */
static gboolean
is_free (PingemMember member, GDBusMethodInvocation *invocation, gpointer user_data)
{
  PingemSession *session;
  guint32 id;

  if (member != PINGEM_MEMBER_CLOSE && member != PINGEM_MEMBER_REMOVE_TARGET &&
      member != PINGEM_MEMBER_ADD_TARGETS)
    return FALSE;

  session = find_by_token (user_data, invocation);
  if (session == NULL || member == PINGEM_MEMBER_CLOSE)
    return session != NULL;
  if (member == PINGEM_MEMBER_ADD_TARGETS)
    return pingem_session_is_building (session);

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(@ayu)", NULL, &id);

  return pingem_session_has_target (session, id);
}

static void
on_too_many (guint32 uid, gpointer user_data)
{
  pingem_journal_count_call (((PingemAdmission *) user_data)->journal, uid);
}

static const PingemDoorFuncs door_funcs = { on_call, is_free, on_too_many };

PingemAdmission *
pingem_admission_new (GObject *owner,
                      GDBusConnection *connection,
                      PolkitAuthority *authority,
                      PingemSharedEngine *engine,
                      const PingemLimits *limits)
{
  PingemAdmission *self = g_new0 (PingemAdmission, 1);

  self->owner = owner;
  self->door = pingem_door_new (&door_funcs, self, &limits->calls);
  self->gate = pingem_gate_new (authority, &pingem_default_gate_limits);
  self->roster = pingem_roster_new (connection, engine, limits, &roster_funcs, self);
  self->review = pingem_review_new (authority, self->gate, self->roster);
  self->journal = pingem_journal_new ();
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);

  return self;
}

void
pingem_admission_free (PingemAdmission *self)
{
  pingem_door_shut (self->door);
  g_object_unref (self->door);
  pingem_review_free (self->review);
  pingem_roster_free (self->roster);
  pingem_gate_unref (self->gate);
  pingem_journal_free (self->journal);
  g_hash_table_unref (self->asked);
  g_free (self);
}

PingemDoor *
pingem_admission_get_door (PingemAdmission *self)
{
  return self->door;
}

PingemRoster *
pingem_admission_get_roster (PingemAdmission *self)
{
  return self->roster;
}

gboolean
pingem_admission_open (PingemAdmission *self,
                       PingemSession *session,
                       int *ret_client_fd,
                       GError **error)
{
  if (pingem_roster_open (self->roster, session, ret_client_fd, error))
    {
      log_session (self, session, "allowed");
      return TRUE;
    }

  pingem_roster_end (self->roster, pingem_session_get_sender (session), "failed");

  return FALSE;
}

guint
pingem_admission_count (PingemAdmission *self)
{
  return pingem_roster_count (self->roster) + pingem_door_count_waiting (self->door) +
         self->n_lists;
}
