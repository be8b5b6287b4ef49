/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/link.h"

#include <glib/gi18n-lib.h>

#include "ipc/names.h"

/**
 * PingemLink:
 *
 * The monitor as the window sees it: starting, up or down. It asks the bus for
 * the monitor only when told to, so that what the user stopped stays stopped.
 */
struct _PingemLink {
  GObject parent_instance;

  PingemDbusMonitor1 *monitor; /* (owned) (nullable): until the bus answered */
  char *problem;               /* (owned) (nullable) */
  char *why_not;               /* (owned) (nullable): until its owner is known */
  PingemLinkState state;
  gboolean was_up;
};

enum {
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemLink, pingem_link, G_TYPE_OBJECT)

/* @problem: (transfer full) (nullable) */
static void
set_state (PingemLink *self, PingemLinkState state, char *problem)
{
  g_free (self->problem);
  self->problem = problem;
  self->state = state;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
fail (PingemLink *self, GError *error)
{
  g_dbus_error_strip_remote_error (error);
  set_state (self, PINGEM_LINK_DOWN, g_strdup (error->message));
}

/* @why_not: (nullable): why the bus could not start it */
static void
look_for_owner (PingemLink *self, const char *why_not)
{
  g_autofree char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (self->monitor));

  self->was_up |= owner != NULL;
  if (owner != NULL)
    set_state (self, PINGEM_LINK_UP, NULL);
  else
    set_state (self, PINGEM_LINK_DOWN, g_strdup (why_not ?: _ ("It has ended.")));
}

static void
on_owner (PingemLink *self)
{
  look_for_owner (self, NULL);
}

static void
on_properties (PingemLink *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_monitor (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemLink) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *why_not = g_steal_pointer (&self->why_not);

  if (self->monitor != NULL)
    return;

  self->monitor = pingem_dbus_monitor1_proxy_new_for_bus_finish (result, &error);
  if (self->monitor == NULL)
    {
      fail (self, error);
      return;
    }

  g_signal_connect_object (self->monitor, "notify::g-name-owner", G_CALLBACK (on_owner), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->monitor, "g-properties-changed", G_CALLBACK (on_properties), self,
                           G_CONNECT_SWAPPED);
  look_for_owner (self, why_not);
}

/* The bus refuses to start what it has no file for, also where it runs: so look all the same. */
static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemLink) self = user_data;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_clear_pointer (&self->why_not, g_free);
  if (reply == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      self->why_not = g_strdup (error->message);
    }

  if (self->monitor != NULL)
    look_for_owner (self, self->why_not);
  else
    pingem_dbus_monitor1_proxy_new_for_bus (
        G_BUS_TYPE_SESSION, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, PINGEM_MONITOR_NAME,
        PINGEM_MONITOR_PATH, NULL, on_monitor, g_object_ref (self));
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemLink) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);

  if (bus == NULL)
    fail (self, error);
  else
    g_dbus_connection_call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                            "org.freedesktop.DBus", "StartServiceByName",
                            g_variant_new ("(su)", PINGEM_MONITOR_NAME, 0), G_VARIANT_TYPE ("(u)"),
                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_started, g_object_ref (self));
}

static void
pingem_link_finalize (GObject *object)
{
  PingemLink *self = PINGEM_LINK (object);

  g_clear_object (&self->monitor);
  g_free (self->problem);
  g_free (self->why_not);

  G_OBJECT_CLASS (pingem_link_parent_class)->finalize (object);
}

static void
pingem_link_class_init (PingemLinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = pingem_link_finalize;

  signals[CHANGED] = g_signal_new ("changed", PINGEM_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
pingem_link_init (PingemLink *self)
{
  self->state = PINGEM_LINK_STARTING;
}

PingemLink *
pingem_link_new (void)
{
  return g_object_new (PINGEM_TYPE_LINK, NULL);
}

void
pingem_link_start (PingemLink *self)
{
  set_state (self, PINGEM_LINK_STARTING, NULL);
  g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus, g_object_ref (self));
}

PingemLinkState
pingem_link_get_state (PingemLink *self)
{
  return self->state;
}

const char *
pingem_link_get_problem (PingemLink *self)
{
  return self->problem;
}

PingemDbusMonitor1 *
pingem_link_get_monitor (PingemLink *self)
{
  return self->was_up ? self->monitor : NULL;
}

char *
pingem_link_explain (const GError *error)
{
  g_autoptr (GError) copy = g_error_copy (error);

  /* What GIO and the bus say of a monitor that is gone is nothing for people. */
  if (!g_dbus_error_strip_remote_error (copy) || copy->domain == G_DBUS_ERROR)
    return g_strdup (_ ("The monitor does not answer: it may have ended."));

  return g_steal_pointer (&copy->message);
}
