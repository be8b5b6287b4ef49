/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/csv-export.h"

#include <string.h>

#include "ipc/probe-line.h"
#include "ipc/probe-reader.h"

#define BUFFER_SIZE 65536
#define END "\r\n"

typedef struct {
  char **keys; /* (owned) */
  guint at;    /* whose packets come now */
  gint64 from_ms;
  gint64 to_ms;
  GFile *file;           /* (owned) */
  GOutputStream *stream; /* (owned) (nullable): until it is open */
  gboolean is_new;
  GCancellable *stop; /* (owned): of the reading */
  guint64 n;
  GError *error; /* (owned) (nullable): of writing */
} Export;

static void
export_free (Export *export)
{
  g_strfreev (export->keys);
  g_clear_object (&export->file);
  g_clear_object (&export->stream);
  g_clear_object (&export->stop);
  g_clear_error (&export->error);
  g_free (export);
}

/* Nothing more is read for a disk that is full. */
static void
put (Export *export, const char *text)
{
  if (export->error == NULL &&
      !g_output_stream_write_all (export->stream, text, strlen (text), NULL, NULL, &export->error))
    g_cancellable_cancel (export->stop);
}

/* "2026-03-29T14:52:10.250Z" of the second value of the line. */
static char *
format_time (const char *line)
{
  const char *comma = strchr (line, ',');
  gint64 ms = comma != NULL ? g_ascii_strtoll (comma + 1, NULL, 10) / 1000000 : 0;
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (ms / 1000);
  g_autofree char *time = g_date_time_format (utc, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%03dZ", time, (int) (ms % 1000));
}

/* A name may hold what ends a value. */
static char *
quote (const char *value)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *doubled = NULL;

  if (strpbrk (value, ",\"\r\n") == NULL)
    return g_strdup (value);

  parts = g_strsplit (value, "\"", -1);
  doubled = g_strjoinv ("\"\"", parts);

  return g_strdup_printf ("\"%s\"", doubled);
}

static void
on_line (char *line, gpointer user_data)
{
  Export *export = user_data;
  g_autofree char *key = quote (export->keys[export->at]);
  g_autofree char *time = format_time (line);
  g_autofree char *text = g_strdup_printf ("%s,%s,%s" END, key, time, line);

  export->n++;
  put (export, text);
}

/* A stream whose closing is cancelled leaves an older file as it was. @error: (transfer full) */
static void
fail (GTask *task, GError *error)
{
  Export *export = g_task_get_task_data (task);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  g_cancellable_cancel (cancelled);
  g_output_stream_close (export->stream, cancelled, NULL);
  if (export->is_new)
    g_file_delete (export->file, NULL, NULL);
  g_dbus_error_strip_remote_error (error);
  g_task_return_error (task, error);
}

static void on_read (GObject *source, GAsyncResult *result, gpointer user_data);

/* @task: (transfer full) */
static void
read_next (GTask *task)
{
  Export *export = g_task_get_task_data (task);
  GError *error = NULL;

  if (export->keys[export->at] != NULL)
    pingem_probe_reader_read_async (g_task_get_source_object (task), export->keys[export->at],
                                    export->from_ms, export->to_ms, on_line, export, export->stop,
                                    on_read, task);
  else
    {
      if (g_output_stream_close (export->stream, NULL, &error))
        g_task_return_boolean (task, TRUE);
      else
        fail (task, error);
      g_object_unref (task);
    }
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *export = g_task_get_task_data (task);
  GError *error = NULL;

  if (!pingem_probe_reader_read_finish (result, NULL, &error) || export->error != NULL)
    {
      if (export->error != NULL)
        {
          g_clear_error (&error);
          error = g_steal_pointer (&export->error);
        }
      fail (task, error);
      return;
    }

  export->at++;
  read_next (g_steal_pointer (&task));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *export = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GFileOutputStream) stream = g_file_replace_finish (G_FILE (source), result, &error);

  if (stream == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  export->stream = g_buffered_output_stream_new_sized (G_OUTPUT_STREAM (stream), BUFFER_SIZE);
  put (export, "target,time," PINGEM_PROBE_LINE_HEADER END);
  read_next (g_steal_pointer (&task));
}

void
pingem_csv_export_async (PingemDbusMonitor1 *monitor,
                         const char *const *keys,
                         gint64 from_ms,
                         gint64 to_ms,
                         GFile *file,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (monitor, NULL, callback, user_data);
  Export *export = g_new0 (Export, 1);

  export->keys = g_strdupv ((char **) keys);
  export->from_ms = from_ms;
  export->to_ms = to_ms;
  export->file = g_object_ref (file);
  export->stop = g_cancellable_new ();
  g_task_set_task_data (task, export, (GDestroyNotify) export_free);

  export->is_new = !g_file_query_exists (file, NULL);
  g_file_replace_async (file, NULL, FALSE, G_FILE_CREATE_NONE, G_PRIORITY_DEFAULT, NULL, on_opened,
                        task);
}

gboolean
pingem_csv_export_finish (GAsyncResult *result, guint64 *ret_n, GError **error)
{
  const Export *export = g_task_get_task_data (G_TASK (result));

  *ret_n = export->n;

  return g_task_propagate_boolean (G_TASK (result), error);
}
