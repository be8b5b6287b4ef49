/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/service.h"

#include <gio/gunixfdlist.h>

#include "ipc/error.h"
#include "ipc/names.h"
#include "monitor-dbus.h"

#define MAX_STREAMS 16
/* What tells of a target each second costs more than measuring it: of many, all are told less
 * often. */
#define TARGETS_PER_S 100

/**
 * PingemService:
 *
 * Monitor1's methods and properties, one to one on PingemMonitor.
 */
struct _PingemService {
  GObject parent_instance;

  PingemMonitor *monitor;       /* (owned) */
  PingemDbusMonitor1 *skeleton; /* (owned) */
  GHashTable *streams; /* (owned): PingemProbeStream, and the (owned) call that it answers */
  gint64 targets_us;   /* g_get_monotonic_time(): when they were told last; 0: tell them */
};

enum {
  QUIT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemService, pingem_service, G_TYPE_OBJECT)

static gboolean
targets_are_due (PingemService *self)
{
  GVariant *told = pingem_dbus_monitor1_get_targets (self->skeleton);
  gint64 n = told != NULL ? (gint64) g_variant_n_children (told) : 0;

  return self->targets_us == 0 || n <= TARGETS_PER_S ||
         g_get_monotonic_time () - self->targets_us >= n * G_USEC_PER_SEC / TARGETS_PER_S;
}

/* The skeleton tells the bus only what differs. */
static void
update (PingemService *self)
{
  pingem_dbus_monitor1_set_status (self->skeleton, pingem_monitor_build_status (self->monitor));
  pingem_dbus_monitor1_set_settings (self->skeleton, pingem_monitor_build_settings (self->monitor));
  pingem_dbus_monitor1_set_source (self->skeleton, pingem_monitor_build_source (self->monitor));

  if (!targets_are_due (self))
    return;

  pingem_dbus_monitor1_set_targets (self->skeleton, pingem_monitor_build_targets (self->monitor));
  self->targets_us = g_get_monotonic_time ();
}

/* What somebody asks for shows when the method returns. */
static PingemMonitor *
get_monitor_to_change (PingemService *self)
{
  self->targets_us = 0;

  return self->monitor;
}

static gboolean
on_add_target (PingemService *self, GDBusMethodInvocation *invocation, GVariant *target)
{
  g_autoptr (GError) error = NULL;

  if (pingem_monitor_add_target (get_monitor_to_change (self), target, &error))
    pingem_dbus_monitor1_complete_add_target (self->skeleton, invocation);
  else
    g_dbus_method_invocation_return_gerror (invocation, error);

  return TRUE;
}

static gboolean
on_change_target (PingemService *self,
                  GDBusMethodInvocation *invocation,
                  const char *key,
                  GVariant *changes)
{
  g_autoptr (GError) error = NULL;

  if (pingem_monitor_change_target (get_monitor_to_change (self), key, changes, &error))
    pingem_dbus_monitor1_complete_change_target (self->skeleton, invocation);
  else
    g_dbus_method_invocation_return_gerror (invocation, error);

  return TRUE;
}

static gboolean
on_remove_target (PingemService *self, GDBusMethodInvocation *invocation, const char *key)
{
  g_autoptr (GError) error = NULL;

  if (pingem_monitor_remove_target (get_monitor_to_change (self), key, &error))
    pingem_dbus_monitor1_complete_remove_target (self->skeleton, invocation);
  else
    g_dbus_method_invocation_return_gerror (invocation, error);

  return TRUE;
}

static gboolean
on_set (PingemService *self, GDBusMethodInvocation *invocation, GVariant *changes)
{
  g_autoptr (GError) error = NULL;

  if (pingem_monitor_set (self->monitor, changes, &error))
    pingem_dbus_monitor1_complete_set (self->skeleton, invocation);
  else
    g_dbus_method_invocation_return_gerror (invocation, error);

  return TRUE;
}

typedef struct {
  PingemDbusMonitor1 *skeleton; /* (owned) */
  GDBusMethodInvocation *invocation;
} Measurement;

static void
on_measured (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Measurement *measurement = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) measured = g_task_propagate_pointer (G_TASK (result), &error);

  if (measured != NULL)
    pingem_dbus_monitor1_complete_measure_throughput (measurement->skeleton,
                                                      measurement->invocation, measured);
  else
    g_dbus_method_invocation_return_gerror (measurement->invocation, error);
  g_object_unref (measurement->skeleton);
}

static gboolean
on_measure_throughput (PingemService *self, GDBusMethodInvocation *invocation, const char *peer)
{
  Measurement *measurement = g_new (Measurement, 1);
  g_autoptr (GError) error = NULL;

  *measurement = (Measurement){ g_object_ref (self->skeleton), invocation };
  if (pingem_monitor_measure_throughput (self->monitor, peer, on_measured, measurement, &error))
    return TRUE;

  g_dbus_method_invocation_return_gerror (invocation, error);
  g_object_unref (measurement->skeleton);
  g_free (measurement);

  return TRUE;
}

static gboolean
on_pause (PingemService *self, GDBusMethodInvocation *invocation, guint seconds)
{
  pingem_monitor_pause (get_monitor_to_change (self), seconds);
  pingem_dbus_monitor1_complete_pause (self->skeleton, invocation);

  return TRUE;
}

static gboolean
on_resume (PingemService *self, GDBusMethodInvocation *invocation)
{
  pingem_monitor_resume (get_monitor_to_change (self));
  pingem_dbus_monitor1_complete_resume (self->skeleton, invocation);

  return TRUE;
}

static gboolean
on_quit (PingemService *self, GDBusMethodInvocation *invocation)
{
  pingem_dbus_monitor1_complete_quit (self->skeleton, invocation);
  g_signal_emit (self, signals[QUIT], 0);

  return TRUE;
}

static gboolean
on_columns (PingemService *self,
            GDBusMethodInvocation *invocation,
            const char *key,
            gint64 from_ms,
            gint64 to_ms,
            guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) columns =
      pingem_monitor_get_columns (self->monitor, key, from_ms, to_ms, n, &error);

  if (columns != NULL)
    pingem_dbus_monitor1_complete_columns (
        self->skeleton, invocation,
        pingem_columns_to_variant ((const PingemColumn *) columns->data, columns->len));
  else
    g_dbus_method_invocation_return_gerror (invocation, error);

  return TRUE;
}

static gboolean
on_summary (PingemService *self,
            GDBusMethodInvocation *invocation,
            const char *key,
            gint64 from_ms,
            gint64 to_ms)
{
  g_autoptr (GError) error = NULL;
  PingemSummary summary;

  if (pingem_monitor_summarize (self->monitor, key, from_ms, to_ms, &summary, &error))
    pingem_dbus_monitor1_complete_summary (self->skeleton, invocation,
                                           pingem_summary_to_variant (&summary));
  else
    g_dbus_method_invocation_return_gerror (invocation, error);

  return TRUE;
}

static void
on_all_probes (PingemProbeStream *stream, guint64 n_lines, const GError *error, gpointer user_data)
{
  PingemService *self = user_data;
  GDBusMethodInvocation *invocation = NULL;

  g_hash_table_steal_extended (self->streams, stream, NULL, (gpointer *) &invocation);
  pingem_probe_stream_free (stream);

  if (error == NULL)
    pingem_dbus_monitor1_complete_probes (self->skeleton, invocation, NULL, n_lines);
  else
    g_dbus_method_invocation_return_gerror (invocation, error);
}

/* -1 with @error */
static int
take_pipe (PingemService *self, GUnixFDList *fds, GVariant *pipe, GError **error)
{
  int handle = g_variant_get_handle (pipe);

  if (g_hash_table_size (self->streams) >= MAX_STREAMS)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY,
                 "The probes of %d callers are being written already: wait for them", MAX_STREAMS);
  else if (fds == NULL || handle < 0 || handle >= g_unix_fd_list_get_length (fds))
    g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                         "Probes are written to a pipe: hand over its writing end");
  else
    return g_unix_fd_list_get (fds, handle, error);

  return -1;
}

static gboolean
on_probes (PingemService *self,
           GDBusMethodInvocation *invocation,
           GUnixFDList *fds,
           const char *key,
           gint64 from_ms,
           gint64 to_ms,
           GVariant *pipe)
{
  g_autoptr (GError) error = NULL;
  int fd = take_pipe (self, fds, pipe, &error);
  PingemProbeStream *stream = fd >= 0
                                  ? pingem_monitor_write_probes (self->monitor, key, from_ms, to_ms,
                                                                 fd, on_all_probes, self, &error)
                                  : NULL;

  if (stream != NULL)
    g_hash_table_insert (self->streams, stream, invocation);
  else
    g_dbus_method_invocation_return_gerror (invocation, error);

  return TRUE;
}

static gboolean
end_stream (gpointer stream, gpointer invocation, gpointer user_data)
{
  pingem_probe_stream_free (stream);
  g_dbus_method_invocation_return_error_literal (invocation, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                                                 "The monitor ends");

  return TRUE;
}

static gboolean
on_events (
    PingemService *self, GDBusMethodInvocation *invocation, gint64 from_ms, gint64 to_ms, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events =
      pingem_monitor_get_events (self->monitor, from_ms, to_ms, n, &error);

  if (events != NULL)
    pingem_dbus_monitor1_complete_events (self->skeleton, invocation,
                                          pingem_events_to_variant (events));
  else
    g_dbus_method_invocation_return_gerror (invocation, error);

  return TRUE;
}

static gboolean
on_add_note (PingemService *self, GDBusMethodInvocation *invocation, gint64 at_ms, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (pingem_monitor_add_note (self->monitor, at_ms, text, &error))
    pingem_dbus_monitor1_complete_add_note (self->skeleton, invocation);
  else
    g_dbus_method_invocation_return_gerror (invocation, error);

  return TRUE;
}

static void
pingem_service_dispose (GObject *object)
{
  PingemService *self = PINGEM_SERVICE (object);

  if (self->skeleton != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);

  if (self->streams != NULL)
    g_hash_table_foreach_steal (self->streams, end_stream, NULL);

  g_clear_pointer (&self->streams, g_hash_table_unref);
  g_clear_object (&self->skeleton);
  g_clear_object (&self->monitor);

  G_OBJECT_CLASS (pingem_service_parent_class)->dispose (object);
}

static void
pingem_service_class_init (PingemServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pingem_service_dispose;

  signals[QUIT] = g_signal_new ("quit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
}

static void
pingem_service_init (PingemService *self)
{
  static const struct {
    const char *signal;
    GCallback handler;
  } handlers[] = {
    { "handle-add-target", G_CALLBACK (on_add_target) },
    { "handle-change-target", G_CALLBACK (on_change_target) },
    { "handle-remove-target", G_CALLBACK (on_remove_target) },
    { "handle-set", G_CALLBACK (on_set) },
    { "handle-measure-throughput", G_CALLBACK (on_measure_throughput) },
    { "handle-pause", G_CALLBACK (on_pause) },
    { "handle-resume", G_CALLBACK (on_resume) },
    { "handle-quit", G_CALLBACK (on_quit) },
    { "handle-columns", G_CALLBACK (on_columns) },
    { "handle-summary", G_CALLBACK (on_summary) },
    { "handle-probes", G_CALLBACK (on_probes) },
    { "handle-events", G_CALLBACK (on_events) },
    { "handle-add-note", G_CALLBACK (on_add_note) },
  };

  self->skeleton = pingem_dbus_monitor1_skeleton_new ();
  self->streams = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_swapped (self->skeleton, handlers[i].signal, handlers[i].handler, self);
}

PingemService *
pingem_service_new (PingemMonitor *monitor, GDBusConnection *connection, GError **error)
{
  g_autoptr (PingemService) self = g_object_new (PINGEM_TYPE_SERVICE, NULL);

  self->monitor = g_object_ref (monitor);
  g_signal_connect_swapped (monitor, "changed", G_CALLBACK (update), self);
  update (self);

  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection,
                                         PINGEM_MONITOR_PATH, error))
    return NULL;

  return g_steal_pointer (&self);
}
