/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/probe-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <gio/gunixfdlist.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>

#include "ipc/error.h"

#define BLOCK_SIZE 65536

/* Lines on their way from the monitor. */
typedef struct {
  PingemProbeReaderFunc func;
  gpointer func_data;
  GInputStream *stream; /* (owned) */
  GString *text;        /* (owned): what came, and was not told */
  guint64 n_read;
  guint64 n_sent;  /* as the monitor says */
  guint n_pending; /* of reading and the call */
  GError *error;   /* (owned) (nullable): the first one */
} Reading;

static void
reading_free (Reading *reading)
{
  g_clear_object (&reading->stream);
  g_string_free (reading->text, TRUE);
  g_clear_error (&reading->error);
  g_free (reading);
}

/* @error: (transfer full) (nullable) */
static void
end_part (GTask *task, GError *error)
{
  Reading *reading = g_task_get_task_data (task);

  /* The monitor's says more than that of its pipe. */
  if (reading->error == NULL)
    reading->error = error;
  else
    g_clear_error (&error);
  if (--reading->n_pending > 0)
    return;

  if (reading->error != NULL)
    g_task_return_error (task, g_steal_pointer (&reading->error));
  else if (reading->n_read != reading->n_sent)
    g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                             _ ("Not all probes came from the monitor: repeat it"));
  else
    g_task_return_boolean (task, TRUE);
}

static void
tell_lines (Reading *reading)
{
  char *line = reading->text->str;
  const char *last = line + reading->text->len;

  for (char *end; (end = memchr (line, '\n', last - line)) != NULL; line = end + 1)
    {
      *end = '\0';
      reading->n_read++;
      reading->func (line, reading->func_data);
    }

  g_string_erase (reading->text, 0, line - reading->text->str);
}

static void
on_block (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) block =
      g_input_stream_read_bytes_finish (G_INPUT_STREAM (stream), result, &error);

  if (block == NULL || g_bytes_get_size (block) == 0)
    {
      end_part (task, error);
      return;
    }

  g_string_append_len (reading->text, g_bytes_get_data (block, NULL), g_bytes_get_size (block));
  tell_lines (reading);
  g_input_stream_read_bytes_async (reading->stream, BLOCK_SIZE, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_block, g_object_ref (task));
}

static void
on_answer (GObject *monitor, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_proxy_call_with_unix_fd_list_finish (G_DBUS_PROXY (monitor), NULL, result, &error);

  if (reply != NULL)
    g_variant_get (reply, "(t)", &reading->n_sent);
  end_part (task, error);
}

void
pingem_probe_reader_read_async (PingemDbusMonitor1 *monitor,
                                const char *key,
                                gint64 from_ms,
                                gint64 to_ms,
                                PingemProbeReaderFunc func,
                                gpointer func_data,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (monitor, cancellable, callback, user_data);
  g_autoptr (GUnixFDList) fds = NULL;
  Reading *reading;
  int ends[2];

  if (pipe2 (ends, O_CLOEXEC) != 0)
    {
      g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                               _ ("There is no pipe to be had: %s"), g_strerror (errno));
      return;
    }

  reading = g_new0 (Reading, 1);
  reading->func = func;
  reading->func_data = func_data;
  reading->stream = g_unix_input_stream_new (ends[0], TRUE);
  reading->text = g_string_new (NULL);
  reading->n_pending = 2;
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);

  /* The monitor alone has the writing end then: when that is closed, all has come. */
  fds = g_unix_fd_list_new_from_array (&ends[1], 1);
  g_dbus_proxy_call_with_unix_fd_list (
      G_DBUS_PROXY (monitor), "Probes", g_variant_new ("(sxxh)", key, from_ms, to_ms, 0),
      G_DBUS_CALL_FLAGS_NONE, G_MAXINT, fds, cancellable, on_answer, g_object_ref (task));
  g_input_stream_read_bytes_async (reading->stream, BLOCK_SIZE, G_PRIORITY_DEFAULT, cancellable,
                                   on_block, g_object_ref (task));
}

gboolean
pingem_probe_reader_read_finish (GAsyncResult *result, guint64 *ret_n, GError **error)
{
  const Reading *reading = g_task_get_task_data (G_TASK (result));

  if (ret_n != NULL)
    *ret_n = reading != NULL ? reading->n_read : 0;

  return g_task_propagate_boolean (G_TASK (result), error);
}
