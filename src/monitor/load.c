/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/monitor-private.h"

#include "ipc/error.h"

#define NS_PER_US 1000

void
pingem_monitor_set_loaded (PingemMonitor *self, gboolean is_loaded)
{
  gint64 now_ns = g_get_real_time () * NS_PER_US;

  if (self->is_loaded == is_loaded)
    return;

  self->is_loaded = is_loaded;
  if (is_loaded)
    self->loaded_from_ns = now_ns;
  else
    self->loaded_to_ns = now_ns;
}

gboolean
pingem_monitor_is_loaded (PingemMonitor *self, const PingemRecord *record)
{
  return self->loaded_from_ns != 0 && record->sent_ns >= self->loaded_from_ns &&
         (self->is_loaded || record->sent_ns < self->loaded_to_ns);
}

void
pingem_monitor_set_throughput_func (PingemMonitor *self,
                                    PingemThroughputFunc func,
                                    gpointer user_data)
{
  self->throughput_func = func;
  self->throughput_data = user_data;
}

gboolean
pingem_monitor_measure_throughput (PingemMonitor *self,
                                   const char *peer,
                                   GAsyncReadyCallback callback,
                                   gpointer callback_data,
                                   GError **error)
{
  if (self->throughput_func == NULL)
    {
      g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                           "This monitor measures no throughput");
      return FALSE;
    }

  self->throughput_func (peer, callback, callback_data, self->throughput_data);

  return TRUE;
}
