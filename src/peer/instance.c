/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/instance.h"

#include <glib/gstdio.h>

#include "peer/echo-server.h"
#include "peer/exporter.h"
#include "peer/metrics.h"

struct PingemInstance {
  PingemMonitor *monitor; /* (owned) */
  char *state_path;
  PingemInstanceConfig config;  /* (owned) */
  GHashTable *meters;           /* (owned): of PingemMeterPair, by the target's key */
  PingemExporter *exporter;     /* (owned) (nullable): off */
  PingemReflector *reflector;   /* (owned) (nullable): off */
  PingemEchoServer *echo;       /* (owned) (nullable): off */
  PingemThroughput *throughput; /* (owned) */
  guint n_loads;                /* that are on the line now */
};

static void
on_record (PingemInstance *self, PingemTarget *target, gpointer record, gboolean is_loaded)
{
  const char *key = pingem_target_get_config (target)->address;
  PingemMeterPair *pair = g_hash_table_lookup (self->meters, key);

  if (pair == NULL)
    {
      pair = g_new0 (PingemMeterPair, 1);
      g_hash_table_insert (self->meters, g_strdup (key), pair);
    }

  pingem_meter_add (&pair->meters[is_loaded], record);
}

/* Of targets that are gone nothing is told any more. */
static gboolean
is_gone (gpointer key, gpointer value, gpointer user_data)
{
  GPtrArray *targets = user_data;

  for (guint i = 0; i < targets->len; i++)
    if (g_str_equal (pingem_target_get_config (targets->pdata[i])->address, key))
      return FALSE;

  return TRUE;
}

static GBytes *
render (gboolean is_open_metrics, gpointer user_data)
{
  PingemInstance *self = user_data;
  GPtrArray *targets = pingem_monitor_get_targets (self->monitor);
  const PingemMetricsInput input = { self->monitor, self->meters, self->throughput,
                                     self->reflector };

  if (g_hash_table_size (self->meters) > targets->len)
    g_hash_table_foreach_remove (self->meters, is_gone, targets);

  return pingem_metrics_render (&input, is_open_metrics);
}

static void
on_load (gboolean is_loaded, gpointer user_data)
{
  PingemInstance *self = user_data;

  self->n_loads += is_loaded ? 1 : -1;
  pingem_monitor_set_loaded (self->monitor, self->n_loads > 0);
}

static void
on_measure (const char *peer,
            GAsyncReadyCallback callback,
            gpointer callback_data,
            gpointer user_data)
{
  PingemInstance *self = user_data;

  pingem_throughput_measure_async (self->throughput, peer, callback, callback_data);
}

/* @error: (transfer full) (nullable) */
static void
complain (PingemInstance *self, const char *what, GSocketAddress *listen, GError *error)
{
  g_autofree char *endpoint = NULL;
  g_autofree char *sentence = NULL;

  if (error == NULL)
    return;

  endpoint = pingem_endpoint_format (listen);
  sentence = g_strdup_printf ("%s: nothing listens on %s: %s", what, endpoint, error->message);
  g_printerr ("pingem-monitor: %s\n", sentence);
  pingem_monitor_add_problem (self->monitor, sentence);
  g_error_free (error);
}

static void
apply_metrics (PingemInstance *self)
{
  GError *error = NULL;

  g_clear_pointer (&self->exporter, pingem_exporter_free);
  if (self->config.metrics != NULL)
    self->exporter = pingem_exporter_new (self->config.metrics, render, self, &error);
  complain (self, "[metrics]", self->config.metrics, error);
}

static void
apply_stamp (PingemInstance *self)
{
  GError *error = NULL;

  g_clear_pointer (&self->reflector, pingem_reflector_free);
  if (self->config.stamp.listen != NULL)
    self->reflector = pingem_reflector_new (&self->config.stamp, &error);
  complain (self, "[stamp]", self->config.stamp.listen, error);
}

static void
apply_echo (PingemInstance *self)
{
  GError *error = NULL;

  g_clear_pointer (&self->echo, pingem_echo_server_free);
  if (self->config.echo.listen != NULL)
    self->echo = pingem_echo_server_new (&self->config.echo, &error);
  complain (self, "[echo]", self->config.echo.listen, error);
}

static void
apply_throughput (PingemInstance *self)
{
  g_clear_pointer (&self->throughput, pingem_throughput_free);
  self->throughput =
      pingem_throughput_new (&self->config.throughput, self->state_path, on_load, self);
}

void
pingem_instance_apply (PingemInstance *self, PingemInstanceConfig *config)
{
  void (*const apply[PINGEM_N_PARTS]) (PingemInstance *) = { apply_metrics, apply_stamp, apply_echo,
                                                             apply_throughput };
  g_auto (PingemInstanceConfig) before = self->config;

  self->config = *config;
  *config = (PingemInstanceConfig){ 0 };

  for (guint i = 0; i < PINGEM_N_PARTS; i++)
    if (!pingem_instance_config_same_part (&before, &self->config, i))
      apply[i](self);
}

PingemInstance *
pingem_instance_new (PingemMonitor *monitor, const char *state_folder)
{
  PingemInstance *self = g_new0 (PingemInstance, 1);

  self->monitor = g_object_ref (monitor);
  self->state_path = g_build_filename (state_folder, "throughput.conf", NULL);
  self->meters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_mkdir_with_parents (state_folder, 0700);
  g_signal_connect_swapped (monitor, "record", G_CALLBACK (on_record), self);
  pingem_monitor_set_throughput_func (monitor, on_measure, self);

  return self;
}

void
pingem_instance_free (PingemInstance *self)
{
  if (self == NULL)
    return;

  pingem_monitor_set_throughput_func (self->monitor, NULL, NULL);
  g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_pointer (&self->exporter, pingem_exporter_free);
  g_clear_pointer (&self->reflector, pingem_reflector_free);
  g_clear_pointer (&self->echo, pingem_echo_server_free);
  g_clear_pointer (&self->throughput, pingem_throughput_free);
  g_hash_table_unref (self->meters);
  pingem_instance_config_clear (&self->config);
  g_object_unref (self->monitor);
  g_free (self->state_path);
  g_free (self);
}
