/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "ipc/column.h"
#include "monitor/history.h"
#include "monitor/netwatch.h"
#include "monitor/probe-stream.h"
#include "monitor/settings.h"
#include "monitor/target.h"
#include "source/stamp-source.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_MONITOR (pingem_monitor_get_type ())

G_DECLARE_FINAL_TYPE (PingemMonitor, pingem_monitor, PINGEM, MONITOR, GObject)

/*
 * Targets, statistics, verdict and history in step. Emits `changed` at most
 * once a second by itself, only after something changed, and before a method that
 * changed something returns; and `record (PingemTarget *target, gpointer record, gboolean
 * is_loaded)` for each `const PingemRecord *` that counts, the last argument telling that it was
 * sent under load. Errors are PINGEM_ERROR_*.
 *
 * @settings, @history: (transfer full)
 * @netwatch: (transfer full) (nullable): goes on without
 */
PingemMonitor *pingem_monitor_new (PingemSettings *settings,
                                   PingemHistory *history,
                                   PingemNetwatch *netwatch,
                                   const char *source_kind);
void pingem_monitor_start (PingemMonitor *self);
/* Writes what is not yet on disk. */
void pingem_monitor_stop (PingemMonitor *self);

/*
 * What the desktop's services tell, of sleep and of the network, is heeded from now on, where there
 * are such services.
 * @bus: the system bus
 */
void pingem_monitor_follow_desktop (PingemMonitor *self, GDBusConnection *bus);

/*
 * What the configuration file says now holds from now on; a target that is as it was is probed on
 * as if nothing had happened. @settings: (transfer full)
 */
void pingem_monitor_reload (PingemMonitor *self, PingemSettings *settings);

/*
 * Another program fills the line on purpose, until told otherwise: what is sent meanwhile is kept
 * and counted, and stays out of the verdict.
 */
void pingem_monitor_set_loaded (PingemMonitor *self, gboolean is_loaded);

/* How throughput is measured: calls back with a GTask, whose pointer is an a{sv} (transfer full).
 */
typedef void (*PingemThroughputFunc) (const char *peer,
                                      GAsyncReadyCallback callback,
                                      gpointer callback_data,
                                      gpointer user_data);
/* @func: who measures when somebody asks for it */
void pingem_monitor_set_throughput_func (PingemMonitor *self,
                                         PingemThroughputFunc func,
                                         gpointer user_data);
/* Answers by @callback; FALSE with PINGEM_ERROR_FAILED where nobody measures. */
gboolean pingem_monitor_measure_throughput (PingemMonitor *self,
                                            const char *peer,
                                            GAsyncReadyCallback callback,
                                            gpointer callback_data,
                                            GError **error);

/* (transfer none) (element-type PingemTarget): those that are watched */
GPtrArray *pingem_monitor_get_targets (PingemMonitor *self);
/* As pingem_prober_get_path(). */
PingemPath pingem_monitor_get_path (PingemMonitor *self, PingemTarget *target);

/* Said in Status until the end; a sentence. */
void pingem_monitor_add_problem (PingemMonitor *self, const char *problem);

/* Monitor1's properties; floating. */
GVariant *pingem_monitor_build_status (PingemMonitor *self);
GVariant *pingem_monitor_build_targets (PingemMonitor *self);
GVariant *pingem_monitor_build_settings (PingemMonitor *self);
GVariant *pingem_monitor_build_source (PingemMonitor *self);

/* Monitor1's methods. */
gboolean pingem_monitor_add_target (PingemMonitor *self, GVariant *words, GError **error);
gboolean pingem_monitor_change_target (PingemMonitor *self,
                                       const char *key,
                                       GVariant *changes,
                                       GError **error);
gboolean pingem_monitor_remove_target (PingemMonitor *self, const char *key, GError **error);
/* As pingem_settings_set(). */
gboolean pingem_monitor_set (PingemMonitor *self, GVariant *changes, GError **error);
/* @seconds: 0: until resumed */
void pingem_monitor_pause (PingemMonitor *self, guint seconds);
void pingem_monitor_resume (PingemMonitor *self);
/* Returns: (transfer full) (element-type PingemColumn): @n of them, or %NULL with @error */
GArray *pingem_monitor_get_columns (
    PingemMonitor *self, const char *key, gint64 from_ms, gint64 to_ms, guint n, GError **error);
/* As pingem_history_summarize(). */
gboolean pingem_monitor_summarize (PingemMonitor *self,
                                   const char *key,
                                   gint64 from_ms,
                                   gint64 to_ms,
                                   PingemSummary *ret_summary,
                                   GError **error);
/* As pingem_probe_stream_new(). Returns: (transfer full): to be freed before the monitor */
PingemProbeStream *pingem_monitor_write_probes (PingemMonitor *self,
                                                const char *key,
                                                gint64 from_ms,
                                                gint64 to_ms,
                                                int fd,
                                                PingemProbeStreamFunc func,
                                                gpointer user_data,
                                                GError **error);
/* Returns: (transfer full) (element-type PingemEvent): or %NULL with @error */
GPtrArray *pingem_monitor_get_events (
    PingemMonitor *self, gint64 from_ms, gint64 to_ms, guint n, GError **error);
/* @at_ms: 0: now */
gboolean
pingem_monitor_add_note (PingemMonitor *self, gint64 at_ms, const char *text, GError **error);

G_END_DECLS
