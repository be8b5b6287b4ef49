/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/monitor-private.h"

#include "monitor/report.h"

static PingemReport
build_report (PingemMonitor *self, GPtrArray *problems)
{
  PingemReport report = {
    .targets = self->targets,
    .prober = self->prober,
    .problems = problems,
    .window_s = PINGEM_MONITOR_WINDOW_S,
    .is_paused = self->is_paused,
    .verdict = &self->verdict.shown,
    .thresholds = &pingem_settings_get_preferences (self->settings)->thresholds,
    .paused_until_s = self->paused_until_s,
    .signal = -1,
  };

  report.has_route = pingem_monitor_find_route (self, &report.route);

  report.wifi = pingem_monitor_find_wifi (self, report.route.interface);
  if (report.wifi != NULL)
    report.signal = pingem_network_manager_get_signal (self->network_manager);

  return report;
}

/* Those of the start, and those that come and go. */
static GPtrArray *
list_problems (PingemMonitor *self)
{
  GPtrArray *problems = g_ptr_array_new_with_free_func (g_free);
  guint n_damaged = pingem_history_get_n_damaged (self->history);

  for (guint i = 0; i < self->problems->len; i++)
    g_ptr_array_add (problems, g_strdup (self->problems->pdata[i]));
  if (self->history_problem != NULL)
    g_ptr_array_add (problems, g_strdup (self->history_problem));
  if (n_damaged > 0)
    g_ptr_array_add (
        problems,
        g_strdup_printf ("%u minutes of the history are damaged and shown in part", n_damaged));
  if (!pingem_monitor_has_source (self))
    g_ptr_array_add (problems, g_strdup (pingem_prober_get_why (self->prober)));

  return problems;
}

GVariant *
pingem_monitor_build_status (PingemMonitor *self)
{
  g_autoptr (GPtrArray) problems = list_problems (self);
  PingemReport report = build_report (self, problems);

  return pingem_report_build_status (&report);
}

GVariant *
pingem_monitor_build_targets (PingemMonitor *self)
{
  PingemReport report = build_report (self, self->problems);

  return pingem_report_build_targets (&report);
}

GVariant *
pingem_monitor_build_settings (PingemMonitor *self)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "window-s", "u", PINGEM_MONITOR_WINDOW_S);
  pingem_preferences_tell (pingem_settings_get_preferences (self->settings), &dict);
  g_variant_dict_insert (&dict, "config", "s", pingem_settings_get_path (self->settings));

  return g_variant_dict_end (&dict);
}

GVariant *
pingem_monitor_build_source (PingemMonitor *self)
{
  return g_variant_new ("(ss)", pingem_prober_get_kind (self->prober),
                        pingem_prober_get_why (self->prober));
}
