/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tray/notice.h"

#include <glib/gi18n-lib.h>

#include "ipc/names.h"

#define NOTIFICATIONS "org.freedesktop.Notifications"
/* Of NotificationClosed. */
#define REASON_DISMISSED 2
#define URGENCY_NORMAL 1
#define NOTIFICATIONS_PATH "/org/freedesktop/Notifications"

/**
 * PingemNotice:
 *
 * One desktop notification. GNotification would not do: GNOME drops those of
 * an application without a desktop file of its own.
 */
struct _PingemNotice {
  GObject parent_instance;

  GDBusConnection *connection; /* (owned) */
  GCancellable *cancellable;   /* (owned) */
  guint action_id;
  guint closed_id;
  guint shown_id; /* 0: none */
  gboolean is_asking;
  gboolean is_unwanted;  /* what was asked for is to be withdrawn */
  gboolean is_dismissed; /* by its reader */
};

static guint open_signal;

G_DEFINE_FINAL_TYPE (PingemNotice, pingem_notice, G_TYPE_OBJECT)

static void
on_action_invoked (GDBusConnection *connection,
                   const char *sender,
                   const char *path,
                   const char *interface,
                   const char *signal,
                   GVariant *arguments,
                   gpointer user_data)
{
  PingemNotice *self = user_data;
  guint id;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(us)")))
    return;

  g_variant_get (arguments, "(u&s)", &id, NULL);
  if (id == self->shown_id)
    g_signal_emit (self, open_signal, 0);
}

static void
on_closed (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *arguments,
           gpointer user_data)
{
  PingemNotice *self = user_data;
  guint id, reason;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(uu)")))
    return;

  g_variant_get (arguments, "(uu)", &id, &reason);
  if (id != self->shown_id)
    return;

  self->shown_id = 0;
  self->is_dismissed = reason == REASON_DISMISSED;
}

static void
close_shown (PingemNotice *self)
{
  g_dbus_connection_call (self->connection, NOTIFICATIONS, NOTIFICATIONS_PATH, NOTIFICATIONS,
                          "CloseNotification", g_variant_new ("(u)", self->shown_id), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
  self->shown_id = 0;
}

static void
on_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemNotice) self = user_data;
  g_autoptr (GVariant) reply = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  self->is_asking = FALSE;
  if (reply != NULL)
    g_variant_get (reply, "(u)", &self->shown_id);
  if (self->is_unwanted && self->shown_id != 0)
    close_shown (self);
}

static GVariant *
build_notification (PingemNotice *self,
                    PingemNoticeKind kind,
                    const char *summary,
                    const char *body)
{
  static const char *const categories[] = {
    [PINGEM_NOTICE_OUTAGE] = "network.error",
    [PINGEM_NOTICE_UPDATE] = "network.error",
    [PINGEM_NOTICE_RECOVERY] = "network.connected",
  };
  GVariantBuilder actions, hints;

  g_variant_builder_init (&actions, G_VARIANT_TYPE_STRING_ARRAY);
  g_variant_builder_add (&actions, "s", "default");
  g_variant_builder_add (&actions, "s", _ ("Open Pingem"));
  g_variant_builder_add (&actions, "s", "open");
  g_variant_builder_add (&actions, "s", _ ("Open Pingem"));

  g_variant_builder_init (&hints, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&hints, "{sv}", "desktop-entry", g_variant_new_string (PINGEM_APP_ID));
  g_variant_builder_add (&hints, "{sv}", "urgency", g_variant_new_byte (URGENCY_NORMAL));
  if (kind != PINGEM_NOTICE_ADVICE)
    g_variant_builder_add (&hints, "{sv}", "category", g_variant_new_string (categories[kind]));

  return g_variant_new ("(susssasa{sv}i)", "Pingem", self->shown_id, PINGEM_APP_ID, summary, body,
                        &actions, &hints, -1);
}

static void
pingem_notice_dispose (GObject *object)
{
  PingemNotice *self = PINGEM_NOTICE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->action_id != 0)
    {
      g_dbus_connection_signal_unsubscribe (self->connection, self->action_id);
      g_dbus_connection_signal_unsubscribe (self->connection, self->closed_id);
    }
  self->action_id = 0;
  g_clear_object (&self->cancellable);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (pingem_notice_parent_class)->dispose (object);
}

static void
pingem_notice_class_init (PingemNoticeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pingem_notice_dispose;

  open_signal = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 0);
}

static void
pingem_notice_init (PingemNotice *self)
{
  self->cancellable = g_cancellable_new ();
}

PingemNotice *
pingem_notice_new (GDBusConnection *connection)
{
  PingemNotice *self;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);

  self = g_object_new (PINGEM_TYPE_NOTICE, NULL);
  self->connection = g_object_ref (connection);

  return self;
}

static guint
subscribe (PingemNotice *self, const char *signal, GDBusSignalCallback callback)
{
  return g_dbus_connection_signal_subscribe (self->connection, NOTIFICATIONS, NOTIFICATIONS, signal,
                                             NOTIFICATIONS_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                             callback, self, NULL);
}

void
pingem_notice_show (PingemNotice *self,
                    PingemNoticeKind kind,
                    const char *summary,
                    const char *body)
{
  g_return_if_fail (PINGEM_IS_NOTICE (self));

  if (kind == PINGEM_NOTICE_UPDATE && self->is_dismissed)
    return;

  if (self->action_id == 0)
    {
      self->action_id = subscribe (self, "ActionInvoked", on_action_invoked);
      self->closed_id = subscribe (self, "NotificationClosed", on_closed);
    }

  self->is_asking = TRUE;
  self->is_unwanted = FALSE;
  self->is_dismissed = FALSE;

  g_dbus_connection_call (self->connection, NOTIFICATIONS, NOTIFICATIONS_PATH, NOTIFICATIONS,
                          "Notify", build_notification (self, kind, summary, body),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable,
                          on_shown, g_object_ref (self));
}

void
pingem_notice_withdraw (PingemNotice *self)
{
  g_return_if_fail (PINGEM_IS_NOTICE (self));

  if (self->is_asking)
    self->is_unwanted = TRUE;
  else if (self->shown_id != 0)
    close_shown (self);
}
