/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/monitor-private.h"

static void
on_sleeping (PingemMonitor *self)
{
  PingemTime now = pingem_clock_kernel (NULL);

  pingem_monitor_begin_sleep (self, &now);
}

static void
on_woken (PingemMonitor *self)
{
  PingemTime now = pingem_clock_kernel (NULL);

  pingem_monitor_end_sleep (self, &now);
}

gboolean
pingem_monitor_is_behind_portal (PingemMonitor *self)
{
  return self->network_manager != NULL && pingem_network_manager_is_portal (self->network_manager);
}

const char *
pingem_monitor_find_wifi (PingemMonitor *self, const char *interface)
{
  if (self->network_manager == NULL ||
      g_strcmp0 (pingem_network_manager_get_interface (self->network_manager), interface) != 0)
    return NULL;

  return pingem_network_manager_get_wifi (self->network_manager);
}

static void
on_network_changed (PingemMonitor *self)
{
  PingemRoute route = { 0 };

  pingem_monitor_find_route (self, &route);
  pingem_monitor_note_route (self, &route, pingem_monitor_find_wifi (self, route.interface));
  pingem_monitor_queue_change (self);
}

void
pingem_monitor_follow_desktop (PingemMonitor *self, GDBusConnection *bus)
{
  g_return_if_fail (self->sleep_watch == NULL);

  self->sleep_watch = pingem_sleep_watch_new (bus);
  g_signal_connect_swapped (self->sleep_watch, "sleeping", G_CALLBACK (on_sleeping), self);
  g_signal_connect_swapped (self->sleep_watch, "woken", G_CALLBACK (on_woken), self);
  self->network_manager = pingem_network_manager_new (bus);
  g_signal_connect_swapped (self->network_manager, "changed", G_CALLBACK (on_network_changed),
                            self);
}

void
pingem_monitor_free_desktop (PingemMonitor *self)
{
  if (self->sleep_watch != NULL)
    g_signal_handlers_disconnect_by_data (self->sleep_watch, self);
  if (self->network_manager != NULL)
    g_signal_handlers_disconnect_by_data (self->network_manager, self);
  g_clear_object (&self->sleep_watch);
  g_clear_object (&self->network_manager);
}
