/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/presence.h"

#include "ipc/names.h"
#include "monitor/service.h"

#define RETRY_S 1

struct PingemPresence {
  PingemMonitor *monitor;      /* (owned) */
  GDBusConnection *connection; /* (owned) (nullable): while there is a bus */
  PingemService *service;      /* (owned) (nullable): as connection */
  GCancellable *cancellable;   /* (owned) */
  PingemPresenceEnded ended;
  gpointer user_data;
  GBusType bus;
  guint patience_s;
  guint name_id;
  guint retry_id;
  gint64 gone_us; /* g_get_monotonic_time(): when the bus ended */
};

static void
on_quit (PingemPresence *self)
{
  self->ended (FALSE, self->user_data);
}

/* The end of the bus is told by the connection. */
static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer user_data)
{
  PingemPresence *self = user_data;

  if (connection != NULL && !g_dbus_connection_is_closed (connection))
    self->ended (TRUE, self->user_data);
}

static void
leave (PingemPresence *self)
{
  g_clear_handle_id (&self->name_id, g_bus_unown_name);

  if (self->service != NULL)
    g_signal_handlers_disconnect_by_data (self->service, self);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);

  g_clear_object (&self->service);
  g_clear_object (&self->connection);
}

static gboolean on_retry (gpointer user_data);

static void
retry_or_give_up (PingemPresence *self)
{
  gint64 away_us = g_get_monotonic_time () - self->gone_us;

  if (away_us < self->patience_s * (gint64) G_USEC_PER_SEC)
    self->retry_id = g_timeout_add_seconds (RETRY_S, on_retry, self);
  else
    self->ended (TRUE, self->user_data);
}

static void
on_closed (PingemPresence *self)
{
  self->gone_us = g_get_monotonic_time ();
  leave (self);
  pingem_monitor_stop (self->monitor);
  retry_or_give_up (self);
}

static gboolean
enter (PingemPresence *self, GDBusConnection *connection, GError **error)
{
  PingemService *service = pingem_service_new (self->monitor, connection, error);

  if (service == NULL)
    return FALSE;

  self->service = service;
  self->connection = g_object_ref (connection);
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  g_signal_connect_swapped (service, "quit", G_CALLBACK (on_quit), self);
  g_signal_connect_swapped (connection, "closed", G_CALLBACK (on_closed), self);
  self->name_id = g_bus_own_name_on_connection (connection, PINGEM_MONITOR_NAME,
                                                G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, NULL,
                                                on_name_lost, self, NULL);

  return TRUE;
}

static void
on_connected (GObject *object, GAsyncResult *result, gpointer user_data)
{
  PingemPresence *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection =
      g_dbus_connection_new_for_address_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (connection == NULL || !enter (self, connection, NULL))
    retry_or_give_up (self);
}

static gboolean
on_retry (gpointer user_data)
{
  PingemPresence *self = user_data;
  g_autofree char *address = g_dbus_address_get_for_bus_sync (self->bus, NULL, NULL);

  self->retry_id = 0;

  if (address == NULL)
    retry_or_give_up (self);
  else
    g_dbus_connection_new_for_address (address,
                                       G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                           G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                       NULL, self->cancellable, on_connected, self);

  return G_SOURCE_REMOVE;
}

PingemPresence *
pingem_presence_new (PingemMonitor *monitor,
                     GBusType bus,
                     GDBusConnection *connection,
                     guint patience_s,
                     PingemPresenceEnded ended,
                     gpointer user_data,
                     GError **error)
{
  g_autoptr (PingemPresence) self = g_new0 (PingemPresence, 1);

  self->monitor = g_object_ref (monitor);
  self->cancellable = g_cancellable_new ();
  self->bus = bus;
  self->patience_s = patience_s;
  self->ended = ended;
  self->user_data = user_data;

  return enter (self, connection, error) ? g_steal_pointer (&self) : NULL;
}

void
pingem_presence_free (PingemPresence *self)
{
  if (self == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry_id, g_source_remove);

  if (self->connection != NULL)
    g_dbus_connection_flush_sync (self->connection, NULL, NULL);

  leave (self);
  g_object_unref (self->cancellable);
  g_object_unref (self->monitor);
  g_free (self);
}
