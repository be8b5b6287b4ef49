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

void
pingem_monitor_follow_desktop (PingemMonitor *self, GDBusConnection *bus)
{
  g_return_if_fail (self->sleep_watch == NULL);

  self->sleep_watch = pingem_sleep_watch_new (bus);
  g_signal_connect_swapped (self->sleep_watch, "sleeping", G_CALLBACK (on_sleeping), self);
  g_signal_connect_swapped (self->sleep_watch, "woken", G_CALLBACK (on_woken), self);
}

void
pingem_monitor_free_desktop (PingemMonitor *self)
{
  if (self->sleep_watch != NULL)
    g_signal_handlers_disconnect_by_data (self->sleep_watch, self);
  g_clear_object (&self->sleep_watch);
}
