/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/throughput-server.h"

#include <string.h>
#include <unistd.h>

#include "peer/iperf.h"
#include "peer/lease.h"

#define RESTART_S 2
#define MAX_TEST_S 120

struct PingemThroughputServer {
  GSocketAddress *listen; /* (owned) */
  PingemLoadFunc func;
  gpointer user_data;
  GSubprocess *program;      /* (owned) (nullable): while it runs */
  GDataInputStream *lines;   /* (owned) (nullable): what it says */
  GCancellable *cancellable; /* (owned) */
  int lease;                 /* -1: nobody measures */
  guint restart_id;
  guint limit_id;
  gboolean has_complained;
};

static void
end_test (PingemThroughputServer *self)
{
  g_clear_handle_id (&self->limit_id, g_source_remove);
  if (self->lease < 0)
    return;

  close (self->lease);
  self->lease = -1;
  self->func (FALSE, self->user_data);
}

static gboolean
on_limit (gpointer user_data)
{
  PingemThroughputServer *self = user_data;

  self->limit_id = 0;
  g_subprocess_force_exit (self->program);

  return G_SOURCE_REMOVE;
}

static void
begin_test (PingemThroughputServer *self)
{
  if (self->lease < 0)
    self->lease = pingem_lease_take ();
  if (self->lease < 0)
    {
      g_subprocess_force_exit (self->program);
      return;
    }

  if (self->limit_id == 0)
    self->limit_id = g_timeout_add_seconds (MAX_TEST_S, on_limit, self);
  self->func (TRUE, self->user_data);
}

static gboolean on_restart (gpointer user_data);

/* Once, until it has run again. @reason: (nullable) */
static void
restart_later (PingemThroughputServer *self, const char *reason)
{
  end_test (self);
  g_clear_object (&self->lines);
  g_clear_object (&self->program);
  if (reason != NULL && !self->has_complained)
    g_printerr ("pingem-monitor: no server for throughput, trying again: %s\n", reason);
  self->has_complained |= reason != NULL;
  self->restart_id = g_timeout_add_seconds (RESTART_S, on_restart, self);
}

static void read_line (PingemThroughputServer *self);

static void
on_line (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line =
      g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (stream), result, NULL, &error);
  PingemThroughputServer *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (line == NULL)
    {
      restart_later (self, NULL);
      return;
    }

  if (g_str_has_prefix (line, "Accepted connection"))
    begin_test (self);
  else if (g_str_has_prefix (line, "Server listening"))
    {
      end_test (self);
      self->has_complained = FALSE;
    }
  else if (strstr (line, "error") != NULL && !self->has_complained)
    {
      g_printerr ("pingem-monitor: throughput: %s\n", line);
      self->has_complained = TRUE;
    }

  read_line (self);
}

static void
read_line (PingemThroughputServer *self)
{
  g_data_input_stream_read_line_async (self->lines, G_PRIORITY_DEFAULT, self->cancellable, on_line,
                                       self);
}

static void
start (PingemThroughputServer *self)
{
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (self->listen);
  GInetAddress *address = g_inet_socket_address_get_address (inet);
  g_autofree char *host = g_inet_address_to_string (address);
  g_autofree char *port = g_strdup_printf ("%u", g_inet_socket_address_get_port (inet));
  gboolean is_any = g_inet_address_get_is_any (address);
  /* Without stdbuf, what it says of a connection comes a second later. */
  const char *const argv[] = {
    "stdbuf", "--output=L", "iperf3", "--server", "--port", port, is_any ? NULL : "--bind",
    host,     NULL
  };
  g_autoptr (GError) error = NULL;

  self->program = pingem_iperf_spawn (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, argv, &error);
  if (self->program == NULL)
    {
      restart_later (self, error->message);
      return;
    }

  self->lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->program));
  read_line (self);
}

static gboolean
on_restart (gpointer user_data)
{
  PingemThroughputServer *self = user_data;

  self->restart_id = 0;
  start (self);

  return G_SOURCE_REMOVE;
}

PingemThroughputServer *
pingem_throughput_server_new (GSocketAddress *listen, PingemLoadFunc func, gpointer user_data)
{
  PingemThroughputServer *self = g_new0 (PingemThroughputServer, 1);

  self->listen = g_object_ref (listen);
  self->func = func;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->lease = -1;
  start (self);

  return self;
}

void
pingem_throughput_server_free (PingemThroughputServer *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->restart_id, g_source_remove);
  if (self->program != NULL)
    g_subprocess_force_exit (self->program);
  end_test (self);
  g_clear_object (&self->lines);
  g_clear_object (&self->program);
  g_object_unref (self->cancellable);
  g_object_unref (self->listen);
  g_free (self);
}
