/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/monitor-private.h"

#include "ipc/error.h"

#define MAX_TARGETS 1000
#define MAX_COLUMNS 4000
#define MAX_EVENTS 10000

static guint
count_targets (PingemMonitor *self)
{
  return self->targets->len + self->dormant->len;
}

/* Also of those that are not watched on this network. */
static PingemTarget *
get_target (PingemMonitor *self, guint i)
{
  return i < self->targets->len ? self->targets->pdata[i]
                                : self->dormant->pdata[i - self->targets->len];
}

/* What one target is added as may be the numeric address of another, as of the router. */
static PingemTarget *
find_target (PingemMonitor *self, const char *name, GError **error)
{
  for (guint i = 0; i < count_targets (self); i++)
    if (g_str_equal (pingem_target_get_config (get_target (self, i))->address, name))
      return get_target (self, i);

  for (guint i = 0; i < count_targets (self); i++)
    {
      PingemTarget *target = get_target (self, i);

      if (*name != '\0' && pingem_target_is_called (target, name))
        return target;
    }

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_NOT_FOUND,
               "There is no target “%s”: “pingemctl target list” shows those there are", name);

  return NULL;
}

/* @left_out: (nullable) */
static gboolean
save_targets (PingemMonitor *self, PingemTarget *left_out, GError **error)
{
  g_autoptr (GPtrArray) configs = g_ptr_array_new ();

  for (guint i = 0; i < count_targets (self); i++)
    if (get_target (self, i) != left_out)
      g_ptr_array_add (configs, (gpointer) pingem_target_get_config (get_target (self, i)));

  return pingem_settings_save_targets (self->settings, configs, error);
}

static gboolean
check_new (PingemMonitor *self, const char *address, GError **error)
{
  for (guint i = 0; i < count_targets (self); i++)
    if (g_str_equal (pingem_target_get_config (get_target (self, i))->address, address))
      {
        g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_EXISTS, "%s is watched already", address);
        return FALSE;
      }

  if (count_targets (self) > MAX_TARGETS)
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
  g_autofree char *address = NULL;
  const char *text = "";
  PingemTarget *target;

  g_variant_lookup (words, "address", "&s", &text);
  address = pingem_target_config_check_address (text, error);

  if (address == NULL || !check_new (self, address, error))
    return FALSE;

  config = pingem_target_config_new (address);
  if (!pingem_target_config_apply (config, words, error))
    return FALSE;

  target = pingem_monitor_insert_target (self, config);

  if (!save_targets (self, NULL, error))
    {
      pingem_monitor_drop_target (self, target);
      return FALSE;
    }

  pingem_monitor_change_now (self);

  return TRUE;
}

static gboolean
check_free (PingemTarget *target, GError **error)
{
  const PingemTargetConfig *config = pingem_target_get_config (target);

  if (!pingem_target_config_is_fixed (config))
    return TRUE;

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
               "The target “%s” follows the routes: it cannot be changed or removed",
               config->address);

  return FALSE;
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

  if (!check_free (target, error))
    return FALSE;

  before = pingem_target_config_copy (pingem_target_get_config (target));
  after = pingem_target_config_copy (before);

  if (!pingem_target_config_apply (after, changes, error))
    return FALSE;

  pingem_target_set_config (target, after);

  if (!save_targets (self, NULL, error))
    {
      pingem_target_set_config (target, before);
      return FALSE;
    }

  pingem_monitor_name_target (self, target);
  pingem_prober_change (self->prober, target);
  pingem_monitor_follow_anchor (self);
  pingem_monitor_change_now (self);

  return TRUE;
}

gboolean
pingem_monitor_remove_target (PingemMonitor *self, const char *key, GError **error)
{
  PingemTarget *target = find_target (self, key, error);

  if (target == NULL)
    return FALSE;

  if (!check_free (target, error))
    return FALSE;

  if (!save_targets (self, target, error))
    return FALSE;

  pingem_monitor_drop_target (self, target);
  pingem_monitor_change_now (self);

  return TRUE;
}

gboolean
pingem_monitor_set (PingemMonitor *self, GVariant *changes, GError **error)
{
  if (!pingem_settings_set (self->settings, changes, error))
    return FALSE;

  pingem_history_set_days (self->history,
                           pingem_settings_get_preferences (self->settings)->keep_days);
  pingem_monitor_change_now (self);

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

  self->is_paused = TRUE;
  pingem_monitor_update_gap (self);
  pingem_prober_set_paused (self->prober, TRUE);
  pingem_monitor_forget_recent (self);
  pingem_monitor_change_now (self);
}

void
pingem_monitor_resume (PingemMonitor *self)
{
  g_clear_handle_id (&self->pause_id, g_source_remove);

  if (!self->is_paused)
    return;

  self->is_paused = FALSE;
  pingem_monitor_update_gap (self);

  pingem_prober_set_paused (self->prober, FALSE);
  pingem_monitor_change_now (self);
}

/* What the history calls it: @name may also be that of a removed target. */
static const char *
find_key (PingemMonitor *self, const char *name)
{
  PingemTarget *target = find_target (self, name, NULL);

  return target != NULL ? pingem_target_get_config (target)->address : name;
}

GArray *
pingem_monitor_get_columns (
    PingemMonitor *self, const char *key, gint64 from_ms, gint64 to_ms, guint n, GError **error)
{
  g_autoptr (GArray) columns = g_array_sized_new (FALSE, TRUE, sizeof (PingemColumn), n);

  if (n == 0 || n > MAX_COLUMNS || from_ms < 0 || to_ms <= from_ms || to_ms - from_ms < n)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                 "Columns are 1 to %d, each of at least 1 ms, and begin before they end",
                 MAX_COLUMNS);
  else
    {
      g_array_set_size (columns, n);
      if (pingem_history_columns (self->history, find_key (self, key), from_ms, to_ms, n,
                                  (PingemColumn *) columns->data, error))
        return g_steal_pointer (&columns);
    }

  return NULL;
}

gboolean
pingem_monitor_summarize (PingemMonitor *self,
                          const char *key,
                          gint64 from_ms,
                          gint64 to_ms,
                          PingemSummary *ret_summary,
                          GError **error)
{
  return pingem_history_summarize (self->history, find_key (self, key), from_ms, to_ms, ret_summary,
                                   error);
}

PingemProbeStream *
pingem_monitor_write_probes (PingemMonitor *self,
                             const char *key,
                             gint64 from_ms,
                             gint64 to_ms,
                             int fd,
                             PingemProbeStreamFunc func,
                             gpointer user_data,
                             GError **error)
{
  return pingem_probe_stream_new (self->history, find_key (self, key), from_ms, to_ms, fd, func,
                                  user_data, error);
}

GPtrArray *
pingem_monitor_get_events (
    PingemMonitor *self, gint64 from_ms, gint64 to_ms, guint n, GError **error)
{
  if (n > 0 && n <= MAX_EVENTS && from_ms >= 0 && to_ms > from_ms)
    return pingem_history_read_events (self->history, from_ms, to_ms, n, error);

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
               "Events are 1 to %d, of a time that begins before it ends, and not before 1970",
               MAX_EVENTS);

  return NULL;
}

static gboolean
check_note (const char *text, GError **error)
{
  gboolean is_good = g_utf8_validate (text, -1, NULL) && *text != '\0' &&
                     g_utf8_strlen (text, -1) <= PINGEM_EVENT_MAX_NOTE;

  for (const char *c = text; is_good && *c != '\0'; c = g_utf8_next_char (c))
    is_good = !g_unichar_iscntrl (g_utf8_get_char (c));

  if (!is_good)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                 "A note has 1 to %d characters, all on one line and none of them a control "
                 "character",
                 PINGEM_EVENT_MAX_NOTE);

  return is_good;
}

gboolean
pingem_monitor_add_note (PingemMonitor *self, gint64 at_ms, const char *text, GError **error)
{
  gint64 now_ms = g_get_real_time () / 1000;

  if (!check_note (text, error))
    return FALSE;

  if (at_ms < 0 || at_ms > now_ms)
    {
      g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                           "A note is about a time since 1970 that is not in the future");
      return FALSE;
    }

  pingem_history_add_event (self->history, PINGEM_EVENT_NOTE, "", text, at_ms > 0 ? at_ms : now_ms);
  pingem_monitor_flush (self);

  return TRUE;
}
