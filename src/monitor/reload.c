/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/monitor-private.h"

static PingemTarget *
find_in (GPtrArray *targets, const char *address)
{
  for (guint i = 0; i < targets->len; i++)
    if (g_str_equal (pingem_target_get_config (targets->pdata[i])->address, address))
      return targets->pdata[i];

  return NULL;
}

static PingemTarget *
find_target (PingemMonitor *self, const char *address)
{
  PingemTarget *target = find_in (self->targets, address);

  return target != NULL ? target : find_in (self->dormant, address);
}

static gboolean
is_wanted (GPtrArray *configs, PingemTarget *target)
{
  const PingemTargetConfig *config = pingem_target_get_config (target);

  for (guint i = 0; i < configs->len; i++)
    if (g_str_equal (((PingemTargetConfig *) configs->pdata[i])->address, config->address))
      return TRUE;

  return pingem_target_config_is_fixed (config);
}

static void
drop_unwanted (PingemMonitor *self, GPtrArray *targets, GPtrArray *configs)
{
  for (guint i = targets->len; i-- > 0;)
    if (!is_wanted (configs, targets->pdata[i]))
      pingem_monitor_drop_target (self, targets->pdata[i]);
}

/* Another key makes it another session. */
static gboolean
needs_restart (const PingemTargetConfig *before, const PingemTargetConfig *after)
{
  return g_strcmp0 (before->key_file, after->key_file) != 0;
}

static void
follow_config (PingemMonitor *self, PingemTarget *target, const PingemTargetConfig *config)
{
  const PingemTargetConfig *before = pingem_target_get_config (target);

  if (pingem_target_config_equal (before, config))
    return;

  if (needs_restart (before, config))
    {
      pingem_monitor_drop_target (self, target);
      pingem_monitor_insert_target (self, config);
      return;
    }

  pingem_target_set_config (target, config);
  pingem_monitor_name_target (self, target);
  pingem_prober_change (self->prober, target);
}

void
pingem_monitor_reload (PingemMonitor *self, PingemSettings *settings)
{
  GPtrArray *configs = pingem_settings_get_targets (settings);

  drop_unwanted (self, self->targets, configs);
  drop_unwanted (self, self->dormant, configs);

  for (guint i = 0; i < configs->len; i++)
    {
      const PingemTargetConfig *config = configs->pdata[i];
      PingemTarget *target = find_target (self, config->address);

      if (target != NULL)
        follow_config (self, target, config);
      else
        pingem_monitor_insert_target (self, config);
    }

  pingem_settings_free (self->settings);
  self->settings = settings;
  pingem_history_set_days (self->history, pingem_settings_get_preferences (settings)->keep_days);
  g_ptr_array_set_size (self->problems, 0);
  pingem_monitor_follow_anchor (self);
  pingem_monitor_change_now (self);
}
