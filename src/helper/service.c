/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/service.h"

#include <gio/gunixfdlist.h>

#include "helper/admission.h"
#include "helper/intake.h"
#include "ipc/error.h"
#include "ipc/names.h"

/**
 * PingemService:
 *
 * Helper1 on the bus: what its methods do for those whom the admission lets in.
 */
struct _PingemService {
  GObject parent_instance;

  PingemAdmission *admission; /* (owned) */
};

enum {
  IDLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemService, pingem_service, G_TYPE_OBJECT)

/* Of a call that came through the door: it has a session, or has a place for one. */
static PingemSession *
find_caller (PingemService *self, GDBusMethodInvocation *invocation)
{
  return pingem_roster_find (pingem_admission_get_roster (self->admission),
                             g_dbus_method_invocation_get_sender (invocation));
}

static PingemDbusHelper1 *
get_skeleton (PingemService *self)
{
  return PINGEM_DBUS_HELPER1 (pingem_admission_get_door (self->admission));
}

static gboolean
on_open_session (PingemService *self,
                 GDBusMethodInvocation *invocation,
                 GUnixFDList *fds,
                 guint version,
                 guint flags)
{
  g_autoptr (GUnixFDList) channel = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  if (!pingem_admission_open (self->admission, find_caller (self, invocation), &fd, &error))
    {
      g_dbus_method_invocation_return_gerror (invocation, error);
      return TRUE;
    }

  channel = g_unix_fd_list_new_from_array (&fd, 1);
  pingem_dbus_helper1_complete_open_session (
      get_skeleton (self), invocation, channel, g_variant_new_handle (0),
      pingem_session_get_token (find_caller (self, invocation)));

  return TRUE;
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
  PingemSession *session = find_caller (self, invocation);
  g_autoptr (GError) error = NULL;

  pingem_session_add_targets (session, targets, &error);
  answer (invocation, error);

  return TRUE;
}

static gboolean
on_change_target (PingemService *self,
                  GDBusMethodInvocation *invocation,
                  GVariant *token,
                  GVariant *target)
{
  PingemSession *session = find_caller (self, invocation);
  g_autoptr (GError) error = NULL;

  pingem_session_change_target (session, target, &error);
  answer (invocation, error);

  return TRUE;
}

static gboolean
on_remove_target (PingemService *self, GDBusMethodInvocation *invocation, GVariant *token, guint id)
{
  PingemSession *session = find_caller (self, invocation);
  g_autoptr (GError) error = NULL;

  pingem_session_remove_target (session, id, &error);
  answer (invocation, error);

  return TRUE;
}

static gboolean
on_close (PingemService *self, GDBusMethodInvocation *invocation, GVariant *token)
{
  pingem_roster_end (pingem_admission_get_roster (self->admission),
                     g_dbus_method_invocation_get_sender (invocation), "closed");
  answer (invocation, NULL);

  return TRUE;
}

static gboolean
on_list_sessions (PingemService *self, GDBusMethodInvocation *invocation, gboolean others)
{
  guint32 uid = pingem_door_get_uid (invocation);
  g_autoptr (GPtrArray) sessions =
      pingem_roster_list_open (pingem_admission_get_roster (self->admission));
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(usuxuttt)"));
  for (guint i = 0; i < sessions->len; i++)
    if (others || pingem_session_get_uid (sessions->pdata[i]) == uid)
      g_variant_builder_add_value (&builder, pingem_session_describe (sessions->pdata[i]));
  pingem_dbus_helper1_complete_list_sessions (get_skeleton (self), invocation,
                                              g_variant_builder_end (&builder));

  return TRUE;
}

static void
pingem_service_finalize (GObject *object)
{
  PingemService *self = PINGEM_SERVICE (object);

  if (self->admission != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (get_skeleton (self)));
  g_clear_pointer (&self->admission, pingem_admission_free);

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
}

static void
connect_handlers (PingemService *self)
{
  static const struct {
    const char *name;
    GCallback callback;
  } handlers[] = {
    { "handle-open-session", G_CALLBACK (on_open_session) },
    { "handle-add-targets", G_CALLBACK (on_add_targets) },
    { "handle-change-target", G_CALLBACK (on_change_target) },
    { "handle-remove-target", G_CALLBACK (on_remove_target) },
    { "handle-list-sessions", G_CALLBACK (on_list_sessions) },
    { "handle-close", G_CALLBACK (on_close) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (get_skeleton (self), handlers[i].name, handlers[i].callback, self,
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
  self->admission = pingem_admission_new (G_OBJECT (self), connection, authority, engine, limits);
  connect_handlers (self);
  pingem_dbus_helper1_set_version (get_skeleton (self), PINGEM_VERSION);
  pingem_dbus_helper1_set_limits (get_skeleton (self), pingem_limits_to_variant (limits));

  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (get_skeleton (self)),
                                         connection, PINGEM_HELPER_PATH, error))
    return NULL;

  return g_steal_pointer (&self);
}

guint
pingem_service_count_sessions (PingemService *self)
{
  return pingem_admission_count (self->admission);
}
