/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/monitor-private.h"

#include "monitor/report.h"

#define FLUSH_S 10
/* Records come in bursts, one a second: the first of a burst waits for the rest. */
#define SETTLE_MS 50
#define MIN_CHANGE_MS 1000
/* Asked at once, with any number of silent targets. */
#define MAX_WITNESSES 8

enum {
  CHANGED,
  RECORD,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemMonitor, pingem_monitor, G_TYPE_OBJECT)

static gint64
read_wall_ms (void)
{
  return g_get_real_time () / 1000;
}

static PingemVerdict
find_verdict (PingemMonitor *self, gint64 now_ns)
{
  PingemVerdict verdict;

  if (self->is_paused)
    return (PingemVerdict){
      .verdict = "paused", .level = PINGEM_LEVEL_PAUSED, .bad = -1, .judged = -1
    };
  if (!pingem_monitor_has_source (self))
    return (PingemVerdict){
      .verdict = "unknown", .level = PINGEM_LEVEL_UNKNOWN, .bad = -1, .judged = -1
    };

  verdict = pingem_report_judge (&pingem_settings_get_preferences (self->settings)->thresholds,
                                 self->targets, now_ns);

  return pingem_monitor_is_behind_portal (self) ? pingem_verdict_behind_portal (&verdict) : verdict;
}

static void
seek_witnesses (PingemMonitor *self, gint64 now_ns)
{
  guint n = 0;

  for (guint i = 0; i < self->targets->len && n < MAX_WITNESSES; i++)
    {
      PingemTarget *target = self->targets->pdata[i];
      const char *leg = pingem_target_get_config (target)->leg;

      if (g_str_equal (leg, "internet") || g_str_equal (leg, "call"))
        n += pingem_target_seek_witness (target, now_ns);
    }
}

void
pingem_monitor_change_now (PingemMonitor *self)
{
  PingemTime now = pingem_clock_kernel (NULL);
  PingemVerdict verdict;

  g_clear_handle_id (&self->change_id, g_source_remove);
  self->last_change_us = g_get_monotonic_time ();

  for (guint i = 0; i < self->targets->len; i++)
    pingem_recent_expire (pingem_target_get_recent (self->targets->pdata[i]), now.boot_ns);

  pingem_monitor_retry_legs (self, now.boot_ns);
  seek_witnesses (self, now.boot_ns);
  verdict = find_verdict (self, now.boot_ns);
  pingem_monitor_follow_suspicion (self, &verdict, now.boot_ns);
  pingem_verdict_hold (&self->verdict, &verdict, now.boot_ns);
  pingem_monitor_note_verdict (self);

  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
on_change_due (gpointer user_data)
{
  PingemMonitor *self = user_data;

  self->change_id = 0;
  pingem_monitor_change_now (self);

  return G_SOURCE_REMOVE;
}

void
pingem_monitor_queue_change (PingemMonitor *self)
{
  gint64 since_ms = (g_get_monotonic_time () - self->last_change_us) / 1000;

  if (self->change_id == 0)
    self->change_id =
        g_timeout_add (MAX (MIN_CHANGE_MS - since_ms, SETTLE_MS), on_change_due, self);
}

gboolean
pingem_monitor_has_source (PingemMonitor *self)
{
  return !g_str_equal (pingem_prober_get_kind (self->prober), "none");
}

static gboolean
on_flush_due (gpointer user_data)
{
  PingemMonitor *self = user_data;

  self->flush_id = 0;
  pingem_monitor_flush (self);

  return G_SOURCE_REMOVE;
}

static void
queue_flush (PingemMonitor *self)
{
  if (self->flush_id == 0)
    self->flush_id = g_timeout_add_seconds (FLUSH_S, on_flush_due, self);
}

/* What could not be written is tried again, whether anything new comes or not. */
void
pingem_monitor_flush (PingemMonitor *self)
{
  g_autoptr (GError) error = NULL;
  gboolean had_problem = self->history_problem != NULL;

  pingem_history_flush (self->history, read_wall_ms (), &error);
  g_free (self->history_problem);
  self->history_problem = error != NULL ? g_strdup (error->message) : NULL;

  if (error != NULL)
    queue_flush (self);
  if (had_problem != (error != NULL))
    pingem_monitor_queue_change (self);
}

void
pingem_monitor_update_gap (PingemMonitor *self)
{
  gint64 now_ms = read_wall_ms ();

  if (self->is_paused)
    pingem_history_begin_gap (self->history, PINGEM_GAP_PAUSED, now_ms);
  else if (!pingem_monitor_has_source (self))
    pingem_history_begin_gap (self->history, PINGEM_GAP_NO_SOURCE, now_ms);
  else
    pingem_history_end_gap (self->history, now_ms);

  pingem_monitor_flush (self);
}

static void
on_record (PingemMonitor *self, PingemTarget *target, const PingemRecord *record)
{
  PingemTime now = pingem_clock_kernel (NULL);
  gboolean is_loaded;

  pingem_monitor_note_time (self, &now);
  if (pingem_monitor_is_excused (self, record) || !pingem_monitor_take_hop (self, target, record))
    return;

  is_loaded = pingem_monitor_is_loaded (self, record);
  if (!is_loaded)
    pingem_recent_record (pingem_target_get_recent (target), record);
  g_signal_emit (self, signals[RECORD], 0, target, record, is_loaded);

  pingem_history_record (self->history, pingem_target_get_config (target)->address, record);
  queue_flush (self);
  pingem_monitor_queue_change (self);
}

/* What was lost on the way came after the newest record that was not. */
static void
on_dropped (PingemMonitor *self, guint64 n)
{
  pingem_monitor_add_gap (self, PINGEM_GAP_DROPPED, self->last_tick.real_ns / 1000000,
                          read_wall_ms ());
}

void
pingem_monitor_forget_recent (PingemMonitor *self)
{
  for (guint i = 0; i < self->targets->len; i++)
    pingem_recent_clear (pingem_target_get_recent (self->targets->pdata[i]));
}

static void
on_source_changed (PingemMonitor *self)
{
  if (!pingem_monitor_has_source (self))
    pingem_monitor_forget_recent (self);

  pingem_monitor_update_gap (self);
  pingem_monitor_queue_change (self);
}

static void
on_address_changed (PingemMonitor *self, PingemTarget *target)
{
  pingem_monitor_note_address (self, target);
  pingem_monitor_follow_anchor (self);
  pingem_monitor_queue_change (self);
}

void
pingem_monitor_name_target (PingemMonitor *self, PingemTarget *target)
{
  const PingemTargetConfig *config = pingem_target_get_config (target);

  pingem_history_name_target (self->history, config->address, pingem_target_get_label (target),
                              config->leg);
}

PingemTarget *
pingem_monitor_insert_target (PingemMonitor *self, const PingemTargetConfig *config)
{
  PingemTarget *target = pingem_target_new (config, PINGEM_MONITOR_WINDOW_NS);

  self->verdict = (PingemVerdictHold){ 0 };
  g_ptr_array_add (self->targets, target);
  g_signal_connect_swapped (target, "address-changed", G_CALLBACK (on_address_changed), self);
  pingem_monitor_name_target (self, target);
  pingem_prober_add (self->prober, target);

  if (!pingem_target_config_is_fixed (config))
    pingem_target_start_lookup (target);

  return target;
}

void
pingem_monitor_drop_target (PingemMonitor *self, PingemTarget *target)
{
  g_signal_handlers_disconnect_by_data (target, self);
  pingem_prober_remove (self->prober, target);
  g_hash_table_remove (self->addresses, pingem_target_get_config (target)->address);
  if (!g_ptr_array_remove (self->targets, target))
    g_ptr_array_remove (self->dormant, target);
  self->verdict = (PingemVerdictHold){ 0 };
  pingem_monitor_follow_anchor (self);
}

/* @targets: (nullable) */
static void
forget_targets (PingemMonitor *self, GPtrArray *targets)
{
  for (guint i = 0; targets != NULL && i < targets->len; i++)
    g_signal_handlers_disconnect_by_data (targets->pdata[i], self);
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
  forget_targets (self, self->targets);
  forget_targets (self, self->dormant);

  pingem_monitor_free_legs (self);
  pingem_monitor_free_desktop (self);
  g_clear_object (&self->netwatch);
  g_clear_object (&self->prober);
  g_clear_pointer (&self->targets, g_ptr_array_unref);
  g_clear_pointer (&self->dormant, g_ptr_array_unref);

  G_OBJECT_CLASS (pingem_monitor_parent_class)->dispose (object);
}

static void
pingem_monitor_finalize (GObject *object)
{
  PingemMonitor *self = PINGEM_MONITOR (object);

  g_clear_pointer (&self->history, pingem_history_free);
  g_clear_pointer (&self->settings, pingem_settings_free);
  g_clear_pointer (&self->problems, g_ptr_array_unref);
  g_clear_pointer (&self->addresses, g_hash_table_unref);
  g_free (self->history_problem);
  g_free (self->network);
  g_free (self->vpn);

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
  signals[RECORD] =
      g_signal_new ("record", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, PINGEM_TYPE_TARGET, G_TYPE_POINTER, G_TYPE_BOOLEAN);
}

static void
pingem_monitor_init (PingemMonitor *self)
{
  self->targets = g_ptr_array_new_with_free_func (g_object_unref);
  self->dormant = g_ptr_array_new_with_free_func (g_object_unref);
  self->problems = g_ptr_array_new_with_free_func (g_free);
  self->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
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
  GPtrArray *configs = pingem_settings_get_targets (self->settings);

  pingem_monitor_insert_target (self, router);
  for (guint i = 0; i < configs->len; i++)
    pingem_monitor_insert_target (self, g_ptr_array_index (configs, i));

  pingem_monitor_start_legs (self);
  pingem_prober_start (self->prober);
  pingem_monitor_flush (self);
  pingem_monitor_change_now (self);
}

void
pingem_monitor_stop (PingemMonitor *self)
{
  pingem_monitor_flush (self);
}

void
pingem_monitor_add_problem (PingemMonitor *self, const char *problem)
{
  g_ptr_array_add (self->problems, g_strdup (problem));
}

GPtrArray *
pingem_monitor_get_targets (PingemMonitor *self)
{
  return self->targets;
}

PingemPath
pingem_monitor_get_path (PingemMonitor *self, PingemTarget *target)
{
  return pingem_prober_get_path (self->prober, target);
}
