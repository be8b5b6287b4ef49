/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/exporter.h"

#include <libsoup/soup.h>
#include <string.h>

#include "peer/listener.h"
#include "peer/notice.h"

#define MAX_CONNECTIONS 64
#define IDLE_S 30
#define FRESH_US G_USEC_PER_SEC
#define TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define OPEN_METRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define PAGE                                                                                       \
  "<!DOCTYPE html><title>Pingem</title><p>This is an instance of Pingem: "                         \
  "<a href=\"/metrics\">its metrics</a>.\n"

struct PingemExporter {
  GSocketService *service; /* (owned) */
  SoupServer *server;      /* (owned) */
  PingemExporterFunc func;
  gpointer user_data;
  GPtrArray *streams; /* (owned): of GSocketConnection (unowned) that are open */
  PingemNotice notice;
  GBytes *bodies[2]; /* (owned) (nullable): text, OpenMetrics */
  gint64 made_us[2]; /* g_get_monotonic_time() */
};

static GBytes *
get_body (PingemExporter *self, gboolean is_open_metrics)
{
  gint64 now_us = g_get_monotonic_time ();
  GBytes **body = &self->bodies[is_open_metrics];

  if (*body == NULL || now_us - self->made_us[is_open_metrics] >= FRESH_US)
    {
      g_clear_pointer (body, g_bytes_unref);
      *body = self->func (is_open_metrics, self->user_data);
      self->made_us[is_open_metrics] = now_us;
    }

  return *body;
}

static gboolean
wants_open_metrics (SoupServerMessage *message)
{
  const char *accept =
      soup_message_headers_get_list (soup_server_message_get_request_headers (message), "Accept");
  GSList *types = accept != NULL ? soup_header_parse_quality_list (accept, NULL) : NULL;
  gboolean wants = FALSE;

  /* What it likes best is first. */
  for (GSList *l = types; l != NULL && !wants; l = l->next)
    if (g_str_has_prefix (l->data, "application/openmetrics-text"))
      wants = TRUE;
    else if (g_str_has_prefix (l->data, "text/plain"))
      break;

  soup_header_free_list (types);

  return wants;
}

static gboolean
is_allowed (SoupServerMessage *message)
{
  const char *method = soup_server_message_get_method (message);

  if (g_str_equal (method, "GET") || g_str_equal (method, "HEAD"))
    return TRUE;

  soup_message_headers_append (soup_server_message_get_response_headers (message), "Allow",
                               "GET, HEAD");
  soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);

  return FALSE;
}

static void
on_metrics (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  gboolean is_open_metrics = wants_open_metrics (message);

  if (!g_str_equal (path, "/metrics"))
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  else if (is_allowed (message))
    {
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      soup_message_headers_set_content_type (soup_server_message_get_response_headers (message),
                                             is_open_metrics ? OPEN_METRICS_TYPE : TEXT_TYPE, NULL);
      soup_message_body_append_bytes (soup_server_message_get_response_body (message),
                                      get_body (user_data, is_open_metrics));
    }
}

static void
on_page (SoupServer *server,
         SoupServerMessage *message,
         const char *path,
         GHashTable *query,
         gpointer user_data)
{
  if (!g_str_equal (path, "/"))
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  else if (is_allowed (message))
    {
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      soup_server_message_set_response (message, "text/html; charset=utf-8", SOUP_MEMORY_STATIC,
                                        PAGE, strlen (PAGE));
    }
}

static void
on_ended (gpointer data, GObject *stream)
{
  PingemExporter *self = data;

  g_ptr_array_remove_fast (self->streams, stream);
}

static gboolean
on_incoming (PingemExporter *self, GSocketConnection *stream)
{
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (stream, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (stream, NULL);

  if (local == NULL || remote == NULL)
    return TRUE;
  if (self->streams->len >= MAX_CONNECTIONS)
    {
      pingem_notice_say (&self->notice, "[metrics]", NULL, "hung up on: too many connections");
      return TRUE;
    }

  g_socket_set_timeout (g_socket_connection_get_socket (stream), IDLE_S);
  if (soup_server_accept_iostream (self->server, G_IO_STREAM (stream), local, remote, NULL))
    {
      g_ptr_array_add (self->streams, stream);
      g_object_weak_ref (G_OBJECT (stream), on_ended, self);
    }

  return TRUE;
}

PingemExporter *
pingem_exporter_new (GSocketAddress *listen,
                     PingemExporterFunc func,
                     gpointer user_data,
                     GError **error)
{
  g_autoptr (PingemExporter) self = g_new0 (PingemExporter, 1);

  self->func = func;
  self->user_data = user_data;
  self->streams = g_ptr_array_new ();
  self->server = soup_server_new ("server-header", "pingem-monitor/" PINGEM_VERSION, NULL);
  soup_server_add_handler (self->server, "/metrics", on_metrics, self, NULL);
  soup_server_add_handler (self->server, "/", on_page, self, NULL);
  self->service = pingem_listener_open (listen, G_CALLBACK (on_incoming), self, error);

  return self->service != NULL ? g_steal_pointer (&self) : NULL;
}

void
pingem_exporter_free (PingemExporter *self)
{
  if (self == NULL)
    return;

  pingem_listener_close (self->service, self);
  for (guint i = 0; i < self->streams->len; i++)
    g_object_weak_unref (self->streams->pdata[i], on_ended, self);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_ptr_array_unref (self->streams);
  g_clear_pointer (&self->bodies[FALSE], g_bytes_unref);
  g_clear_pointer (&self->bodies[TRUE], g_bytes_unref);
  g_free (self);
}
