/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/service.h"

#include <gio/gunixfdlist.h>

#include "helper/gate.h"
#include "helper/intake.h"
#include "helper/roster.h"
#include "ipc/channel.h"
#include "ipc/error.h"
#include "ipc/helper-dbus.h"
#include "ipc/names.h"

/**
 * PingemService:
 *
 * Helper1 on the bus: validates, asks the gate, does, and logs who was allowed what.
 */
struct _PingemService {
  GObject parent_instance;

  PolkitAuthority *authority;  /* (owned) */
  PingemDbusHelper1 *skeleton; /* (owned) */
  PingemRoster *roster;        /* (owned) */
};

enum {
  IDLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemService, pingem_service, G_TYPE_OBJECT)

/* Numbers and bus names alone: nothing that a caller may choose stands in the log. */
static void
log_verdict (const PingemSession *session, const char *verdict)
{
  gboolean is_intensive = (pingem_session_get_flags (session) & PINGEM_SESSION_INTENSIVE) != 0;
  const char *action = is_intensive ? PINGEM_ACTION_PROBE_INTENSIVE : PINGEM_ACTION_PROBE;
  const char *sender = pingem_session_get_sender (session);
  g_autofree char *uid = g_strdup_printf ("%u", pingem_session_get_uid (session));

  g_log_structured ("pingem-helper", G_LOG_LEVEL_MESSAGE, "PINGEM_UID", uid, "PINGEM_SENDER",
                    sender, "PINGEM_ACTION", action, "PINGEM_VERDICT", verdict, "MESSAGE",
                    "uid %s, %s: session for %s %s", uid, sender, action, verdict);
}

static void
on_ended (PingemSession *session, const char *why, gpointer user_data)
{
  log_verdict (session, why);
}

static void
on_idle (gpointer user_data)
{
  g_signal_emit (user_data, signals[IDLE], 0);
}

static const PingemRosterFuncs roster_funcs = { .ended = on_ended, .idle = on_idle };

static PingemSession *
find_caller (PingemService *self, GDBusMethodInvocation *invocation)
{
  return pingem_roster_find (self->roster, g_dbus_method_invocation_get_sender (invocation));
}

static void
refuse (PingemService *self, GDBusMethodInvocation *invocation, const GError *error)
{
  const char *sender = g_dbus_method_invocation_get_sender (invocation);

  pingem_roster_end (self->roster, sender,
                     error->code == PINGEM_ERROR_TOO_MANY ? "refused, as there are too many"
                                                          : "refused");
  g_dbus_method_invocation_return_gerror (invocation, error);
}

/* A call of OpenSession that waits for an answer; the invocation is answered exactly once. */
typedef struct {
  PingemService *service;            /* (owned) */
  GDBusMethodInvocation *invocation; /* (owned) */
} Request;

static Request *
request_new (PingemService *self, GDBusMethodInvocation *invocation)
{
  Request *request = g_new (Request, 1);

  *request = (Request){ g_object_ref (self), invocation };

  return request;
}

static void
request_free (Request *request)
{
  g_object_unref (request->service);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static void
grant (PingemService *self, GDBusMethodInvocation *invocation, PingemSession *session)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  if (!pingem_roster_open (self->roster, session, &fd, &error))
    {
      refuse (self, invocation, error);
      return;
    }

  log_verdict (session, "allowed");
  fds = g_unix_fd_list_new_from_array (&fd, 1);
  pingem_dbus_helper1_complete_open_session (self->skeleton, invocation, fds,
                                             g_variant_new_handle (0),
                                             pingem_session_get_token (session));
}

static void
on_gate (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  PingemService *self = request->service;
  PingemSession *session = find_caller (self, request->invocation);
  g_autoptr (GError) error = NULL;

  if (!pingem_gate_check_finish (result, &error))
    refuse (self, request->invocation, error);
  else if (session == NULL)
    g_dbus_method_invocation_return_error_literal (
        request->invocation, PINGEM_ERROR, PINGEM_ERROR_FAILED, "The caller has left the bus");
  else
    grant (self, request->invocation, session);
}

static void
ask_gate (PingemService *self, GDBusMethodInvocation *invocation, PingemSession *session)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (invocation);
  guint32 flags = pingem_session_get_flags (session);
  gboolean may_ask = (g_dbus_message_get_flags (message) &
                      G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION) != 0;

  pingem_gate_check_async (
      self->authority,
      (flags & PINGEM_SESSION_INTENSIVE) != 0 ? PINGEM_ACTION_PROBE_INTENSIVE : PINGEM_ACTION_PROBE,
      pingem_session_get_sender (session), may_ask, NULL, on_gate, request_new (self, invocation));
}

static void
on_uid (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  PingemService *self = request->service;
  PingemSession *session = find_caller (self, request->invocation);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  guint32 uid;

  if (reply == NULL || session == NULL)
    {
      g_clear_error (&error);
      g_set_error_literal (&error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                           "The caller has left the bus");
      refuse (self, request->invocation, error);
      return;
    }

  g_variant_get (reply, "(u)", &uid);

  if (pingem_roster_set_uid (self->roster, session, uid, &error))
    ask_gate (self, request->invocation, session);
  else
    refuse (self, request->invocation, error);
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

static gboolean
on_open_session (PingemService *self,
                 GDBusMethodInvocation *invocation,
                 GUnixFDList *fds,
                 guint version,
                 guint flags)
{
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  g_autoptr (GError) error = NULL;

  if (!check_open (version, flags, &error) ||
      pingem_roster_add (self->roster, sender, flags, &error) == NULL)
    {
      g_dbus_method_invocation_return_gerror (invocation, error);
      return TRUE;
    }

  g_dbus_connection_call (g_dbus_method_invocation_get_connection (invocation),
                          "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "GetConnectionUnixUser", g_variant_new ("(s)", sender),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_uid,
                          request_new (self, invocation));

  return TRUE;
}

/* Answers the call itself where there is none. */
static PingemSession *
check_token (PingemService *self, GDBusMethodInvocation *invocation, GVariant *token)
{
  PingemSession *session = find_caller (self, invocation);

  if (session != NULL && pingem_session_has_token (session, token))
    return session;

  g_dbus_method_invocation_return_error_literal (invocation, PINGEM_ERROR, PINGEM_ERROR_NOT_FOUND,
                                                 "There is no such session: open one first");

  return NULL;
}

static void
answer (GDBusMethodInvocation *invocation, const GError *error)
{
  if (error != NULL)
    g_dbus_method_invocation_return_gerror (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static gboolean
on_add_targets (PingemService *self,
                GDBusMethodInvocation *invocation,
                GVariant *token,
                GVariant *targets)
{
  PingemSession *session = check_token (self, invocation, token);
  g_autoptr (GError) error = NULL;

  if (session != NULL)
    {
      pingem_session_add_targets (session, targets, &error);
      answer (invocation, error);
    }

  return TRUE;
}

static gboolean
on_change_target (PingemService *self,
                  GDBusMethodInvocation *invocation,
                  GVariant *token,
                  GVariant *target)
{
  PingemSession *session = check_token (self, invocation, token);
  g_autoptr (GError) error = NULL;

  if (session != NULL)
    {
      pingem_session_change_target (session, target, &error);
      answer (invocation, error);
    }

  return TRUE;
}

static gboolean
on_remove_target (PingemService *self, GDBusMethodInvocation *invocation, GVariant *token, guint id)
{
  PingemSession *session = check_token (self, invocation, token);
  g_autoptr (GError) error = NULL;

  if (session != NULL)
    {
      pingem_session_remove_target (session, id, &error);
      answer (invocation, error);
    }

  return TRUE;
}

static gboolean
on_close (PingemService *self, GDBusMethodInvocation *invocation, GVariant *token)
{
  if (check_token (self, invocation, token) != NULL)
    {
      pingem_roster_end (self->roster, g_dbus_method_invocation_get_sender (invocation), "closed");
      answer (invocation, NULL);
    }

  return TRUE;
}

static void
pingem_service_finalize (GObject *object)
{
  PingemService *self = PINGEM_SERVICE (object);

  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_clear_object (&self->skeleton);
  g_clear_pointer (&self->roster, pingem_roster_free);
  g_clear_object (&self->authority);

  G_OBJECT_CLASS (pingem_service_parent_class)->finalize (object);
}

static void
pingem_service_class_init (PingemServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pingem_service_finalize;

  signals[IDLE] = g_signal_new ("idle", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
}

static void
pingem_service_init (PingemService *self)
{
  static const struct {
    const char *name;
    GCallback callback;
  } handlers[] = {
    { "handle-open-session", G_CALLBACK (on_open_session) },
    { "handle-add-targets", G_CALLBACK (on_add_targets) },
    { "handle-change-target", G_CALLBACK (on_change_target) },
    { "handle-remove-target", G_CALLBACK (on_remove_target) },
    { "handle-close", G_CALLBACK (on_close) },
  };

  self->skeleton = pingem_dbus_helper1_skeleton_new ();

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (self->skeleton, handlers[i].name, handlers[i].callback, self,
                             G_CONNECT_SWAPPED);
}

PingemService *
pingem_service_new (GDBusConnection *connection,
                    PolkitAuthority *authority,
                    PingemSharedEngine *engine,
                    const PingemLimits *limits,
                    GError **error)
{
  g_autoptr (PingemService) self = g_object_new (PINGEM_TYPE_SERVICE, NULL);

  pingem_intake_close_descriptors (connection);
  self->authority = g_object_ref (authority);
  self->roster = pingem_roster_new (connection, engine, limits, &roster_funcs, self);
  pingem_dbus_helper1_set_version (self->skeleton, PINGEM_VERSION);
  pingem_dbus_helper1_set_limits (self->skeleton, pingem_limits_to_variant (limits));

  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection,
                                         PINGEM_HELPER_PATH, error))
    return NULL;

  return g_steal_pointer (&self);
}

guint
pingem_service_count_sessions (PingemService *self)
{
  return pingem_roster_count (self->roster);
}
