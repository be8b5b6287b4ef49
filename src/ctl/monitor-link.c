/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/monitor-link.h"

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ipc/error.h"
#include "ipc/names.h"

static gboolean
has_owner (PingemDbusMonitor1 *monitor)
{
  g_autofree char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (monitor));

  return owner != NULL;
}

gboolean
pingem_monitor_is_there (PingemDbusMonitor1 *monitor)
{
  return pingem_dbus_monitor1_get_status (monitor) != NULL &&
         pingem_dbus_monitor1_get_targets (monitor) != NULL &&
         pingem_dbus_monitor1_get_source (monitor) != NULL;
}

/* NULL without an error: there is the bus, but no monitor on it. */
static PingemDbusMonitor1 *
connect_to_bus (GBusType bus, GError **error)
{
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (bus, NULL, error);
  g_autoptr (PingemDbusMonitor1) monitor = NULL;

  if (connection == NULL)
    return NULL;

  g_dbus_connection_set_exit_on_close (connection, FALSE);
  monitor =
      pingem_dbus_monitor1_proxy_new_sync (connection, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START,
                                           PINGEM_MONITOR_NAME, PINGEM_MONITOR_PATH, NULL, error);
  if (monitor == NULL || !has_owner (monitor))
    return NULL;

  return g_steal_pointer (&monitor);
}

static PingemDbusMonitor1 *
connect_to_system (GError **error)
{
  g_autoptr (GError) no_bus = NULL;
  PingemDbusMonitor1 *monitor = connect_to_bus (G_BUS_TYPE_SYSTEM, &no_bus);

  if (monitor == NULL && no_bus != NULL)
    g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                         _ ("There is no system bus to find a monitor on: leave out --system."));
  else if (monitor == NULL)
    g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                         _ ("No monitor runs on the system bus: start its system unit, or leave "
                            "out --system."));

  return monitor;
}

static PingemDbusMonitor1 *
check_answer (PingemDbusMonitor1 *monitor, GError **error)
{
  if (monitor == NULL || pingem_monitor_is_there (monitor))
    return monitor;

  g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                       _ ("The monitor is running, but does not answer: restart Pingem."));
  g_object_unref (monitor);

  return NULL;
}

PingemDbusMonitor1 *
pingem_monitor_connect (gboolean only_system, GError **error)
{
  g_autoptr (GError) no_bus = NULL;
  PingemDbusMonitor1 *monitor;

  /* Registers the names of the errors, before one can arrive. */
  (void) PINGEM_ERROR;

  if (only_system)
    return check_answer (connect_to_system (error), error);

  monitor = connect_to_bus (G_BUS_TYPE_SESSION, &no_bus);
  if (monitor == NULL)
    monitor = connect_to_bus (G_BUS_TYPE_SYSTEM, NULL);
  if (monitor == NULL && no_bus != NULL)
    g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                         _ ("There is no session bus to find the monitor on: run this inside your "
                            "desktop session, or under dbus-run-session."));
  else if (monitor == NULL)
    g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                         _ ("The monitor is not running: start Pingem, or run pingem-monitor."));

  return check_answer (monitor, error);
}

PingemDbusMonitor1 *
pingem_monitor_find_own (void)
{
  /* As above. */
  (void) PINGEM_ERROR;

  return check_answer (connect_to_bus (G_BUS_TYPE_SESSION, NULL), NULL);
}

static gboolean
is_bad_input (const GError *error)
{
  return g_error_matches (error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS) ||
         g_error_matches (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE) ||
         g_error_matches (error, PINGEM_ERROR, PINGEM_ERROR_NOT_FOUND) ||
         g_error_matches (error, PINGEM_ERROR, PINGEM_ERROR_EXISTS) ||
         g_error_matches (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY);
}

int
pingem_monitor_complain (GError *error)
{
  g_dbus_error_strip_remote_error (error);

  if (error->domain == PINGEM_ERROR)
    pingem_complain ("%s", error->message);
  else
    pingem_complain (_ ("The monitor cannot do this: %s"), error->message);

  return is_bad_input (error) ? PINGEM_EXIT_BAD_INPUT : PINGEM_EXIT_CANNOT;
}
