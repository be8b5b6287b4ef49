/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/echo-server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "peer/listener.h"
#include "peer/notice.h"

#define MAX_CONNECTIONS 64
#define MAX_CONNECTIONS_PER_HOST 8
#define IDLE_S 60
#define CHUNK 4096
#define CHUNKS_PER_S 25

struct PingemEchoServer {
  GSocketService *service;  /* (owned) */
  PingemNetworks *networks; /* (owned) */
  GPtrArray *connections;   /* (owned): of Connection */
  PingemNotice notice;
};

typedef struct {
  PingemEchoServer *server;
  GSocketConnection *stream; /* (owned) */
  GInetAddress *host;        /* (owned) */
  GCancellable *cancellable; /* (owned) */
  guint pace_id;
  guint8 chunk[CHUNK];
} Connection;

static void
connection_free (gpointer data)
{
  Connection *connection = data;

  g_cancellable_cancel (connection->cancellable);
  g_clear_handle_id (&connection->pace_id, g_source_remove);
  g_io_stream_close (G_IO_STREAM (connection->stream), NULL, NULL);
  g_object_unref (connection->stream);
  g_object_unref (connection->host);
  g_object_unref (connection->cancellable);
  g_free (connection);
}

/* Whether it goes on: not where it was freed meanwhile. */
static gboolean
end_if_failed (Connection *connection, gboolean is_fine, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  if (!is_fine)
    g_ptr_array_remove_fast (connection->server->connections, connection);

  return is_fine;
}

static void read_chunk (Connection *connection);

static gboolean
on_paced (gpointer user_data)
{
  Connection *connection = user_data;

  connection->pace_id = 0;
  read_chunk (connection);

  return G_SOURCE_REMOVE;
}

static void
on_written (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gsize n;
  gboolean is_fine =
      g_output_stream_write_all_finish (G_OUTPUT_STREAM (stream), result, &n, &error);
  Connection *connection = user_data;

  if (!end_if_failed (connection, is_fine, error))
    return;

  /* What fills a chunk waits for its share of a second. */
  if (n == CHUNK)
    connection->pace_id = g_timeout_add (1000 / CHUNKS_PER_S, on_paced, connection);
  else
    read_chunk (connection);
}

static void
on_read (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, &error);
  Connection *connection = user_data;

  if (end_if_failed (connection, n > 0, error))
    g_output_stream_write_all_async (
        g_io_stream_get_output_stream (G_IO_STREAM (connection->stream)), connection->chunk,
        (gsize) n, G_PRIORITY_HIGH, connection->cancellable, on_written, connection);
}

static void
read_chunk (Connection *connection)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (connection->stream)),
                             connection->chunk, CHUNK, G_PRIORITY_HIGH, connection->cancellable,
                             on_read, connection);
}

static gboolean
has_room (const PingemEchoServer *self, GInetAddress *host)
{
  guint n = 0;

  for (guint i = 0; i < self->connections->len; i++)
    n += g_inet_address_equal (((Connection *) self->connections->pdata[i])->host, host);

  return self->connections->len < MAX_CONNECTIONS && n < MAX_CONNECTIONS_PER_HOST;
}

static void
refuse (PingemEchoServer *self, GInetAddress *host)
{
  g_autofree char *text = g_inet_address_to_string (host);

  pingem_notice_say (&self->notice, "[echo]", text,
                     "hung up on: not of its networks, or too many connections");
}

/* Whom it does not take gets no word: the stream ends with its last reference. */
static gboolean
on_incoming (PingemEchoServer *self, GSocketConnection *stream)
{
  g_autoptr (GSocketAddress) address = g_socket_connection_get_remote_address (stream, NULL);
  Connection *connection;
  GInetAddress *host;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return TRUE;

  host = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  if (!pingem_networks_contain (self->networks, host) || !has_room (self, host))
    {
      refuse (self, host);
      return TRUE;
    }

  g_socket_set_timeout (g_socket_connection_get_socket (stream), IDLE_S);
  g_socket_set_option (g_socket_connection_get_socket (stream), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  connection = g_new0 (Connection, 1);
  connection->server = self;
  connection->stream = g_object_ref (stream);
  connection->host = g_object_ref (host);
  connection->cancellable = g_cancellable_new ();
  g_ptr_array_add (self->connections, connection);
  read_chunk (connection);

  return TRUE;
}

PingemEchoServer *
pingem_echo_server_new (const PingemResponderConfig *config, GError **error)
{
  g_autoptr (PingemEchoServer) self = g_new0 (PingemEchoServer, 1);

  self->networks = pingem_networks_copy (config->networks);
  self->connections = g_ptr_array_new_with_free_func (connection_free);
  self->service = pingem_listener_open (config->listen, G_CALLBACK (on_incoming), self, error);

  return self->service != NULL ? g_steal_pointer (&self) : NULL;
}

void
pingem_echo_server_free (PingemEchoServer *self)
{
  if (self == NULL)
    return;

  pingem_listener_close (self->service, self);
  g_ptr_array_unref (self->connections);
  pingem_networks_free (self->networks);
  g_free (self);
}
