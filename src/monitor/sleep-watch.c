/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/sleep-watch.h"

#include <unistd.h>

#include <gio/gunixfdlist.h>

#define LOGIND_NAME "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"

/**
 * PingemSleepWatch:
 *
 * logind waits for who holds a delay inhibitor, and no longer than its InhibitDelayMaxSec: we hold
 * one while the machine is awake. Where it is refused, sleep just does not wait.
 */
struct _PingemSleepWatch {
  GObject parent_instance;

  GDBusConnection *bus;      /* (owned) */
  GCancellable *cancellable; /* (owned): of the question for an inhibitor */
  int inhibitor;             /* (owned): a descriptor; -1: none */
  guint name_id;
  guint signal_id;
  gboolean is_sleeping;
};

enum {
  SLEEPING,
  WOKEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemSleepWatch, pingem_sleep_watch, G_TYPE_OBJECT)

static void
release_inhibitor (PingemSleepWatch *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);

  if (self->inhibitor >= 0)
    close (self->inhibitor);
  self->inhibitor = -1;
}

static void
on_inhibited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), &fds, result, NULL);
  PingemSleepWatch *self = user_data;
  gint32 handle;

  /* Where it was cancelled, self may be gone. */
  if (reply == NULL || fds == NULL)
    return;

  g_variant_get (reply, "(h)", &handle);
  self->inhibitor = g_unix_fd_list_get (fds, handle, NULL);
}

static void
take_inhibitor (PingemSleepWatch *self)
{
  release_inhibitor (self);
  self->cancellable = g_cancellable_new ();
  g_dbus_connection_call_with_unix_fd_list (
      self->bus, LOGIND_NAME, LOGIND_PATH, LOGIND_INTERFACE, "Inhibit",
      g_variant_new ("(ssss)", "sleep", "Pingem", "Writes the history", "delay"),
      G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, self->cancellable,
      on_inhibited, self);
}

static void
set_sleeping (PingemSleepWatch *self, gboolean is_sleeping)
{
  if (self->is_sleeping == is_sleeping)
    return;

  self->is_sleeping = is_sleeping;
  g_signal_emit (self, signals[is_sleeping ? SLEEPING : WOKEN], 0);
}

static void
on_prepare (GDBusConnection *bus,
            const char *sender,
            const char *path,
            const char *interface,
            const char *name,
            GVariant *args,
            gpointer user_data)
{
  PingemSleepWatch *self = user_data;
  gboolean is_sleeping;

  if (!g_variant_is_of_type (args, G_VARIANT_TYPE ("(b)")))
    return;

  g_variant_get (args, "(b)", &is_sleeping);
  set_sleeping (self, is_sleeping);

  if (is_sleeping)
    release_inhibitor (self);
  else
    take_inhibitor (self);
}

static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  take_inhibitor (user_data);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  PingemSleepWatch *self = user_data;

  release_inhibitor (self);
  set_sleeping (self, FALSE);
}

static void
pingem_sleep_watch_dispose (GObject *object)
{
  PingemSleepWatch *self = PINGEM_SLEEP_WATCH (object);

  g_clear_handle_id (&self->name_id, g_bus_unwatch_name);
  if (self->signal_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->signal_id);
  self->signal_id = 0;
  release_inhibitor (self);
  g_clear_object (&self->bus);

  G_OBJECT_CLASS (pingem_sleep_watch_parent_class)->dispose (object);
}

static void
pingem_sleep_watch_class_init (PingemSleepWatchClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pingem_sleep_watch_dispose;

  signals[SLEEPING] =
      g_signal_new ("sleeping", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[WOKEN] =
      g_signal_new ("woken", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pingem_sleep_watch_init (PingemSleepWatch *self)
{
  self->inhibitor = -1;
}

PingemSleepWatch *
pingem_sleep_watch_new (GDBusConnection *bus)
{
  PingemSleepWatch *self = g_object_new (PINGEM_TYPE_SLEEP_WATCH, NULL);

  self->bus = g_object_ref (bus);
  self->signal_id = g_dbus_connection_signal_subscribe (
      bus, LOGIND_NAME, LOGIND_INTERFACE, "PrepareForSleep", LOGIND_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_prepare, self, NULL);
  self->name_id = g_bus_watch_name_on_connection (bus, LOGIND_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                  on_appeared, on_vanished, self, NULL);

  return self;
}
