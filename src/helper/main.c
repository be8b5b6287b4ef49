/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>

#include <gio/gio.h>
#include <glib-unix.h>
#include <polkit/polkit.h>

#include "helper/notify.h"
#include "helper/privilege.h"
#include "helper/rawsock.h"
#include "helper/sandbox.h"
#include "helper/service.h"
#include "ipc/names.h"

#define USER "pingem"

typedef struct {
  GMainLoop *loop;             /* (owned) */
  GDBusConnection *connection; /* (owned) */
  PingemService *service;      /* (owned) */
  PingemNotify *notify;        /* (owned) */
  guint name_id;
  int status;
} Helper;

static void
quit (Helper *self, int status)
{
  self->status = status;
  g_main_loop_quit (self->loop);
}

static void
on_closed (GDBusConnection *connection, gboolean by_peer, GError *error, gpointer user_data)
{
  g_printerr ("pingem-helper: the system bus went away, and with it everybody to send for\n");
  quit (user_data, EXIT_FAILURE);
}

static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer user_data)
{
  /* Then on_closed() says so. */
  if (connection == NULL || g_dbus_connection_is_closed (connection))
    return;

  g_printerr ("pingem-helper: the name %s cannot be owned: another helper runs, or the bus policy "
              "(io.github.pingem.Helper.conf) is not installed\n",
              name);
  quit (user_data, EXIT_FAILURE);
}

static void
on_name_acquired (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Helper *self = user_data;

  pingem_notify_tell (self->notify, "READY=1");
}

static void
own_name (Helper *self)
{
  self->name_id = g_bus_own_name_on_connection (self->connection, PINGEM_HELPER_NAME,
                                                G_BUS_NAME_OWNER_FLAGS_NONE, on_name_acquired,
                                                on_name_lost, self, NULL);
}

/*
 * A call that was on its way when the name was released still comes here, and
 * must be answered; later ones start a new helper.
 */
static void
on_idle (PingemService *service, gpointer user_data)
{
  Helper *self = user_data;

  pingem_notify_tell (self->notify, "STOPPING=1");
  g_bus_unown_name (self->name_id);
  self->name_id = 0;
  while (g_main_context_iteration (NULL, FALSE))
    ;

  if (pingem_service_count_sessions (service) == 0)
    quit (self, EXIT_SUCCESS);
  else
    own_name (self);
}

static gboolean
on_terminate (gpointer user_data)
{
  quit (user_data, EXIT_SUCCESS);

  return G_SOURCE_REMOVE;
}

static gboolean
connect_to_bus (Helper *self, GError **error)
{
  g_autoptr (GError) bus_error = NULL;

  self->connection = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &bus_error);

  if (self->connection == NULL)
    {
      g_set_error (error, bus_error->domain, bus_error->code,
                   "there is no system bus to serve (%s): start dbus", bus_error->message);
      return FALSE;
    }

  g_dbus_connection_set_exit_on_close (self->connection, FALSE);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_closed), self);

  return TRUE;
}

/* What writes the log opens its socket, and reads the time zone, with the first line. */
static gboolean
confine (Helper *self, GError **error)
{
  self->notify = pingem_notify_new ();
  g_log_structured ("pingem-helper", G_LOG_LEVEL_MESSAGE, "MESSAGE", "version %s starts",
                    PINGEM_VERSION);

  return pingem_sandbox_enter (error);
}

static gboolean
serve (Helper *self, PingemSharedEngine *engine, GError **error)
{
  g_autoptr (PolkitAuthority) authority = NULL;

  if (!connect_to_bus (self, error))
    return FALSE;

  authority = polkit_authority_get_sync (NULL, error);
  if (authority == NULL)
    {
      g_prefix_error (error, "polkit cannot be asked, install or start it: ");
      return FALSE;
    }

  self->service =
      pingem_service_new (self->connection, authority, engine, &pingem_default_limits, error);
  if (self->service == NULL || !confine (self, error))
    return FALSE;

  g_signal_connect (self->service, "idle", G_CALLBACK (on_idle), self);
  g_unix_signal_add (SIGTERM, on_terminate, self);
  g_unix_signal_add (SIGINT, on_terminate, self);
  own_name (self);
  g_main_loop_run (self->loop);

  return TRUE;
}

static void
helper_clear (Helper *self)
{
  if (self->name_id != 0 && !g_dbus_connection_is_closed (self->connection))
    g_bus_unown_name (self->name_id);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->service);
  if (self->connection != NULL)
    g_dbus_connection_flush_sync (self->connection, NULL, NULL);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->notify, pingem_notify_free);
  g_main_loop_unref (self->loop);
}

/* Where the service manager has an opener this process may not; elsewhere it is root so far. */
static PingemSharedEngine *
open_engine (GError **error)
{
  PingemRawSockets sockets;
  PingemSharedEngine *engine;
  int r = pingem_rawsock_request (PINGEM_RAWSOCK_PATH, &sockets);

  if (r == -ENOENT || r == -ECONNREFUSED)
    r = pingem_raw_sockets_open (&sockets);
  if (r < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (-r), g_strerror (-r));
      return NULL;
    }

  engine = pingem_shared_engine_new (&sockets, pingem_default_limits.rates, error);
  pingem_raw_sockets_close (&sockets);

  return engine;
}

int
main (int argc, char *argv[])
{
  Helper helper = { .status = EXIT_SUCCESS };
  g_autoptr (GError) error = NULL;
  PingemSharedEngine *engine;

  setlocale (LC_ALL, "");
  engine = open_engine (&error);

  if (engine == NULL)
    {
      g_printerr ("pingem-helper: raw sockets cannot be opened (%s): the system bus starts this "
                  "program with the right to, it is not started by hand\n",
                  error->message);
      return EXIT_FAILURE;
    }

  helper.loop = g_main_loop_new (NULL, FALSE);
  if (!pingem_privilege_drop (USER, &error) || !serve (&helper, engine, &error))
    {
      g_printerr ("pingem-helper: %s\n", error->message);
      helper.status = EXIT_FAILURE;
    }

  helper_clear (&helper);
  pingem_shared_engine_free (engine);

  return helper.status;
}
