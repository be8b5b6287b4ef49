/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/monitor.h"

#include <string.h>

#include "ipc/error.h"
#include "monitor/prober.h"

#define WINDOW_S 30
#define FLUSH_S 10
#define MAX_TARGETS 200
#define MAX_COLUMNS 4000
#define SUSPEND_NS (G_GINT64_CONSTANT (1000000000))

/**
 * PingemMonitor:
 *
 * Brings the parts together: what the prober tells goes into the targets'
 * windows and into the history; what people ask goes to targets and settings.
 */
struct _PingemMonitor {
  GObject parent_instance;

  PingemSettings *settings; /* (owned) */
  PingemHistory *history;   /* (owned) (nullable) */
  PingemNetwatch *netwatch; /* (owned) (nullable) */
  PingemProber *prober;     /* (owned) */
  GPtrArray *targets;       /* (owned): of PingemTarget, the router first */
  GPtrArray *problems;      /* (owned): of char * */
  char *history_problem;    /* (owned) (nullable): while writing fails */
  PingemTime last_tick;
  gint64 paused_until_s;
  guint pause_id;
  guint flush_id;
  guint change_id;
  gboolean is_paused;
};

enum {
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemMonitor, pingem_monitor, G_TYPE_OBJECT)

static gint64
read_wall_ms (void)
{
  return g_get_real_time () / 1000;
}

static gboolean
on_change_due (gpointer user_data)
{
  PingemMonitor *self = user_data;
  PingemTime now = pingem_clock_kernel (NULL);

  self->change_id = 0;

  for (guint i = 0; i < self->targets->len; i++)
    pingem_recent_expire (pingem_target_get_recent (g_ptr_array_index (self->targets, i)),
                          now.boot_ns);

  g_signal_emit (self, signals[CHANGED], 0);

  return G_SOURCE_REMOVE;
}

/* Records come in bursts, one a second: the first of a burst waits for the rest. */
static void
queue_change (PingemMonitor *self, guint delay_ms)
{
  if (self->change_id == 0)
    self->change_id = g_timeout_add (delay_ms, on_change_due, self);
}

static void
flush (PingemMonitor *self)
{
  g_autoptr (GError) error = NULL;

  if (self->history == NULL)
    return;

  pingem_history_flush (self->history, read_wall_ms (), &error);
  g_free (self->history_problem);
  self->history_problem = error != NULL ? g_strdup (error->message) : NULL;
}

static gboolean
on_flush_due (gpointer user_data)
{
  PingemMonitor *self = user_data;

  self->flush_id = 0;
  flush (self);

  return G_SOURCE_REMOVE;
}

static void
begin_gap (PingemMonitor *self, PingemGap gap)
{
  if (self->history != NULL)
    pingem_history_begin_gap (self->history, gap, read_wall_ms ());
}

static void
end_gap (PingemMonitor *self)
{
  if (self->history != NULL)
    pingem_history_end_gap (self->history, read_wall_ms ());
}

/* CLOCK_BOOTTIME runs on in suspend, CLOCK_MONOTONIC does not. */
static void
note_suspend (PingemMonitor *self)
{
  PingemTime now = pingem_clock_kernel (NULL);
  PingemTime last = self->last_tick;
  gint64 asleep_ns = (now.boot_ns - last.boot_ns) - (now.mono_ns - last.mono_ns);

  self->last_tick = now;

  if (last.boot_ns == 0 || asleep_ns < SUSPEND_NS || self->history == NULL)
    return;

  pingem_history_begin_gap (self->history, PINGEM_GAP_SUSPENDED,
                            (now.real_ns - (now.boot_ns - last.boot_ns)) / 1000000);
  pingem_history_end_gap (self->history, now.real_ns / 1000000);
}

static void
on_record (PingemMonitor *self, PingemTarget *target, const PingemRecord *record)
{
  pingem_recent_record (pingem_target_get_recent (target), record);
  note_suspend (self);

  if (self->history != NULL)
    {
      pingem_history_record (self->history, pingem_target_get_config (target)->address, record);
      if (self->flush_id == 0)
        self->flush_id = g_timeout_add_seconds (FLUSH_S, on_flush_due, self);
    }

  queue_change (self, 1000);
}

static void
on_dropped (PingemMonitor *self, guint64 n)
{
  begin_gap (self, PINGEM_GAP_DROPPED);
  end_gap (self);
}

static void
on_source_changed (PingemMonitor *self)
{
  if (g_str_equal (pingem_prober_get_kind (self->prober), "none"))
    begin_gap (self, PINGEM_GAP_NO_SOURCE);
  else if (!self->is_paused)
    end_gap (self);

  queue_change (self, 0);
}

static void
on_address_changed (PingemMonitor *self)
{
  queue_change (self, 0);
}

static void
name_target (PingemMonitor *self, PingemTarget *target)
{
  const PingemTargetConfig *config = pingem_target_get_config (target);

  if (self->history != NULL)
    pingem_history_name_target (self->history, config->address, pingem_target_get_label (target),
                                config->leg);
}

static PingemTarget *
insert_target (PingemMonitor *self, const PingemTargetConfig *config)
{
  PingemTarget *target = pingem_target_new (config, WINDOW_S * G_GINT64_CONSTANT (1000000000));

  g_ptr_array_add (self->targets, target);
  g_signal_connect_swapped (target, "address-changed", G_CALLBACK (on_address_changed), self);
  name_target (self, target);
  pingem_prober_add (self->prober, target);

  if (!pingem_target_config_is_router (config))
    pingem_target_start_lookup (target);

  return target;
}

static PingemTarget *
find_target (PingemMonitor *self, const char *name, GError **error)
{
  for (guint i = 0; i < self->targets->len; i++)
    {
      PingemTarget *target = g_ptr_array_index (self->targets, i);

      if (*name != '\0' && pingem_target_is_called (target, name))
        return target;
    }

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_NOT_FOUND,
               "There is no target “%s”: “pingemctl target list” shows those there are", name);

  return NULL;
}

/* The IPv4 default route, else the IPv6 one. */
static gboolean
find_route (PingemMonitor *self, PingemRoute *ret_route)
{
  return self->netwatch != NULL &&
         (pingem_netwatch_get_route (self->netwatch, AF_INET, ret_route) ||
          pingem_netwatch_get_route (self->netwatch, AF_INET6, ret_route));
}

static void
update_router (PingemMonitor *self)
{
  PingemTarget *router = g_ptr_array_index (self->targets, 0);
  PingemRoute route = { 0 };
  const char *problem = NULL;

  if (!find_route (self, &route))
    problem = "There is no default route";
  else if (route.gateway.family == 0)
    problem = "The default route has no gateway";

  pingem_target_set_problem (router, problem);
  pingem_target_set_address (router, &route.gateway);
  queue_change (self, 0);
}

static gboolean
save_targets (PingemMonitor *self, GError **error)
{
  g_autoptr (GPtrArray) configs = g_ptr_array_new ();

  for (guint i = 0; i < self->targets->len; i++)
    g_ptr_array_add (configs, (gpointer) pingem_target_get_config (self->targets->pdata[i]));

  return pingem_settings_save_targets (self->settings, configs, error);
}

static void
pingem_monitor_dispose (GObject *object)
{
  PingemMonitor *self = PINGEM_MONITOR (object);

  g_clear_handle_id (&self->pause_id, g_source_remove);
  g_clear_handle_id (&self->flush_id, g_source_remove);
  g_clear_handle_id (&self->change_id, g_source_remove);

  if (self->netwatch != NULL)
    g_signal_handlers_disconnect_by_data (self->netwatch, self);
  if (self->prober != NULL)
    g_signal_handlers_disconnect_by_data (self->prober, self);
  for (guint i = 0; self->targets != NULL && i < self->targets->len; i++)
    g_signal_handlers_disconnect_by_data (self->targets->pdata[i], self);

  g_clear_object (&self->netwatch);
  g_clear_object (&self->prober);
  g_clear_pointer (&self->targets, g_ptr_array_unref);

  G_OBJECT_CLASS (pingem_monitor_parent_class)->dispose (object);
}

static void
pingem_monitor_finalize (GObject *object)
{
  PingemMonitor *self = PINGEM_MONITOR (object);

  g_clear_pointer (&self->history, pingem_history_free);
  g_clear_pointer (&self->settings, pingem_settings_free);
  g_clear_pointer (&self->problems, g_ptr_array_unref);
  g_free (self->history_problem);

  G_OBJECT_CLASS (pingem_monitor_parent_class)->finalize (object);
}

static void
pingem_monitor_class_init (PingemMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = pingem_monitor_dispose;
  object_class->finalize = pingem_monitor_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
pingem_monitor_init (PingemMonitor *self)
{
  self->targets = g_ptr_array_new_with_free_func (g_object_unref);
  self->problems = g_ptr_array_new_with_free_func (g_free);
}

PingemMonitor *
pingem_monitor_new (PingemSettings *settings,
                    PingemHistory *history,
                    PingemNetwatch *netwatch,
                    const char *source_kind)
{
  PingemMonitor *self = g_object_new (PINGEM_TYPE_MONITOR, NULL);

  self->settings = settings;
  self->history = history;
  self->netwatch = netwatch;
  self->prober = pingem_prober_new (source_kind);
  g_signal_connect_swapped (self->prober, "record", G_CALLBACK (on_record), self);
  g_signal_connect_swapped (self->prober, "dropped", G_CALLBACK (on_dropped), self);
  g_signal_connect_swapped (self->prober, "source-changed", G_CALLBACK (on_source_changed), self);

  return self;
}

void
pingem_monitor_start (PingemMonitor *self)
{
  g_autoptr (PingemTargetConfig) router = pingem_target_config_new (PINGEM_ROUTER_KEY);
  g_autoptr (GPtrArray) configs = pingem_settings_get_targets (self->settings);

  insert_target (self, router);
  for (guint i = 0; i < configs->len; i++)
    insert_target (self, g_ptr_array_index (configs, i));

  if (self->netwatch != NULL)
    {
      g_signal_connect_swapped (self->netwatch, "changed", G_CALLBACK (update_router), self);
      update_router (self);
    }

  pingem_prober_start (self->prober);
}

void
pingem_monitor_stop (PingemMonitor *self)
{
  flush (self);
}

void
pingem_monitor_add_problem (PingemMonitor *self, const char *problem)
{
  g_ptr_array_add (self->problems, g_strdup (problem));
}

static PingemReport
build_report (PingemMonitor *self, GPtrArray *problems)
{
  PingemReport report = {
    .targets = self->targets,
    .problems = problems,
    .window_s = WINDOW_S,
    .is_paused = self->is_paused,
    .has_source = !g_str_equal (pingem_prober_get_kind (self->prober), "none"),
    .paused_until_s = self->paused_until_s,
  };

  report.has_route = find_route (self, &report.route);

  return report;
}

/* Those of the start, and those that come and go. (transfer container) */
static GPtrArray *
list_problems (PingemMonitor *self)
{
  GPtrArray *problems = g_ptr_array_copy (self->problems, NULL, NULL);

  g_ptr_array_set_free_func (problems, NULL);
  if (self->history_problem != NULL)
    g_ptr_array_add (problems, self->history_problem);
  if (g_str_equal (pingem_prober_get_kind (self->prober), "none"))
    g_ptr_array_add (problems, (gpointer) pingem_prober_get_why (self->prober));

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

  g_variant_dict_insert (&dict, "window-s", "u", WINDOW_S);
  g_variant_dict_insert (&dict, "config", "s", pingem_settings_get_path (self->settings));
  if (self->history != NULL)
    g_variant_dict_insert (&dict, "database", "s", pingem_history_get_path (self->history));

  return g_variant_dict_end (&dict);
}

GVariant *
pingem_monitor_build_source (PingemMonitor *self)
{
  return g_variant_new ("(ss)", pingem_prober_get_kind (self->prober),
                        pingem_prober_get_why (self->prober));
}

static gboolean
check_new (PingemMonitor *self, const char *address, GError **error)
{
  if (!pingem_target_config_check_address (address, error))
    return FALSE;

  for (guint i = 0; i < self->targets->len; i++)
    if (g_str_equal (pingem_target_get_config (self->targets->pdata[i])->address, address))
      {
        g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_EXISTS, "%s is watched already", address);
        return FALSE;
      }

  if (self->targets->len > MAX_TARGETS)
    {
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY,
                   "There are %u targets already: remove one first", MAX_TARGETS);
      return FALSE;
    }

  return TRUE;
}

gboolean
pingem_monitor_add_target (PingemMonitor *self, GVariant *words, GError **error)
{
  g_autoptr (PingemTargetConfig) config = NULL;
  const char *address = "";
  PingemTarget *target;

  g_variant_lookup (words, "address", "&s", &address);

  if (!check_new (self, address, error))
    return FALSE;

  config = pingem_target_config_new (address);
  if (!pingem_target_config_apply (config, words, error))
    return FALSE;

  target = insert_target (self, config);

  if (!save_targets (self, error))
    {
      pingem_prober_remove (self->prober, target);
      g_ptr_array_remove (self->targets, target);
      return FALSE;
    }

  queue_change (self, 0);

  return TRUE;
}

gboolean
pingem_monitor_change_target (PingemMonitor *self,
                              const char *key,
                              GVariant *changes,
                              GError **error)
{
  PingemTarget *target = find_target (self, key, error);
  g_autoptr (PingemTargetConfig) before = NULL;
  g_autoptr (PingemTargetConfig) after = NULL;

  if (target == NULL)
    return FALSE;

  before = pingem_target_config_copy (pingem_target_get_config (target));
  after = pingem_target_config_copy (before);

  if (!pingem_target_config_apply (after, changes, error))
    return FALSE;

  pingem_target_set_config (target, after);

  if (!save_targets (self, error))
    {
      pingem_target_set_config (target, before);
      return FALSE;
    }

  name_target (self, target);
  pingem_prober_change (self->prober, target);
  queue_change (self, 0);

  return TRUE;
}

gboolean
pingem_monitor_remove_target (PingemMonitor *self, const char *key, GError **error)
{
  g_autoptr (PingemTarget) target = find_target (self, key, error);

  if (target == NULL)
    return FALSE;

  g_object_ref (target);

  if (pingem_target_config_is_router (pingem_target_get_config (target)))
    {
      g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                           "The router cannot be removed: it follows the default route");
      return FALSE;
    }

  g_ptr_array_remove (self->targets, target);

  if (!save_targets (self, error))
    {
      g_ptr_array_add (self->targets, g_object_ref (target));
      return FALSE;
    }

  g_signal_handlers_disconnect_by_data (target, self);
  pingem_prober_remove (self->prober, target);
  queue_change (self, 0);

  return TRUE;
}

static gboolean
on_pause_over (gpointer user_data)
{
  PingemMonitor *self = user_data;

  self->pause_id = 0;
  pingem_monitor_resume (self);

  return G_SOURCE_REMOVE;
}

void
pingem_monitor_pause (PingemMonitor *self, guint seconds)
{
  g_clear_handle_id (&self->pause_id, g_source_remove);
  self->paused_until_s = seconds > 0 ? g_get_real_time () / G_USEC_PER_SEC + seconds : 0;

  if (seconds > 0)
    self->pause_id = g_timeout_add_seconds (seconds, on_pause_over, self);

  if (!self->is_paused)
    begin_gap (self, PINGEM_GAP_PAUSED);

  self->is_paused = TRUE;
  pingem_prober_set_paused (self->prober, TRUE);
  queue_change (self, 0);
}

void
pingem_monitor_resume (PingemMonitor *self)
{
  g_clear_handle_id (&self->pause_id, g_source_remove);

  if (!self->is_paused)
    return;

  self->is_paused = FALSE;
  end_gap (self);

  for (guint i = 0; i < self->targets->len; i++)
    pingem_recent_clear (pingem_target_get_recent (self->targets->pdata[i]));

  pingem_prober_set_paused (self->prober, FALSE);
  queue_change (self, 0);
}

GArray *
pingem_monitor_get_columns (
    PingemMonitor *self, const char *key, gint64 from_ms, gint64 to_ms, guint n, GError **error)
{
  g_autoptr (GArray) columns = g_array_sized_new (FALSE, TRUE, sizeof (PingemColumn), n);
  PingemTarget *target = find_target (self, key, NULL);

  if (n == 0 || n > MAX_COLUMNS || from_ms < 0 || to_ms <= from_ms || to_ms - from_ms < n)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                 "Columns are 1 to %d, each of at least 1 ms, and begin before they end",
                 MAX_COLUMNS);
  else if (self->history == NULL)
    g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                         "There is no history: “pingemctl status” says why");
  else
    {
      g_array_set_size (columns, n);
      if (pingem_history_columns (self->history,
                                  target != NULL ? pingem_target_get_config (target)->address : key,
                                  from_ms, to_ms, n, (PingemColumn *) columns->data, error))
        return g_steal_pointer (&columns);
    }

  return NULL;
}
