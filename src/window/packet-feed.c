/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/packet-feed.h"

#include "ipc/probe-line.h"
#include "ipc/probe-reader.h"

#define PAUSE_MS 1000

struct _PingemPacketFeed {
  GObject parent_instance;

  PingemLink *link;          /* (owned) */
  char *key;                 /* (owned) */
  GArray *records;           /* (owned): of PingemRecord */
  GCancellable *cancellable; /* (owned) (nullable): of what is being asked for */
  gint64 from_ms;
  gint64 to_ms;
  gint64 asked_ms; /* when, on the monotonic clock */
};

enum {
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemPacketFeed, pingem_packet_feed, G_TYPE_OBJECT)

typedef struct {
  PingemPacketFeed *feed; /* (owned) */
  GArray *records;        /* (owned): of PingemRecord */
} Request;

static void
on_line (char *line, gpointer user_data)
{
  PingemRecord record;

  if (pingem_probe_line_parse (line, &record))
    g_array_append_val (((Request *) user_data)->records, record);
}

/* Why it failed is told by the link's state; who asked for others does not want these. */
static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;
  PingemPacketFeed *self = request->feed;
  g_autoptr (GError) error = NULL;

  if (pingem_probe_reader_read_finish (result, NULL, &error))
    {
      g_clear_object (&self->cancellable);
      g_array_unref (self->records);
      self->records = g_array_ref (request->records);
      g_signal_emit (self, signals[CHANGED], 0);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_clear_object (&self->cancellable);

  g_array_unref (request->records);
  g_object_unref (request->feed);
  g_free (request);
}

static void
pingem_packet_feed_finalize (GObject *object)
{
  PingemPacketFeed *self = PINGEM_PACKET_FEED (object);

  g_object_unref (self->link);
  g_free (self->key);
  g_array_unref (self->records);

  G_OBJECT_CLASS (pingem_packet_feed_parent_class)->finalize (object);
}

static void
pingem_packet_feed_class_init (PingemPacketFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pingem_packet_feed_finalize;

  signals[CHANGED] = g_signal_new ("changed", PINGEM_TYPE_PACKET_FEED, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
pingem_packet_feed_init (PingemPacketFeed *self)
{
  self->records = g_array_new (FALSE, FALSE, sizeof (PingemRecord));
}

PingemPacketFeed *
pingem_packet_feed_new (PingemLink *link, const char *key)
{
  PingemPacketFeed *self = g_object_new (PINGEM_TYPE_PACKET_FEED, NULL);

  self->link = g_object_ref (link);
  self->key = g_strdup (key);

  return self;
}

const char *
pingem_packet_feed_get_key (PingemPacketFeed *self)
{
  return self->key;
}

void
pingem_packet_feed_ask (PingemPacketFeed *self, gint64 from_ms, gint64 to_ms)
{
  gint64 now_ms = g_get_monotonic_time () / 1000;
  gboolean is_same = from_ms == self->from_ms && to_ms == self->to_ms;
  Request *request;

  if (pingem_link_get_state (self->link) != PINGEM_LINK_UP ||
      (is_same && (self->cancellable != NULL || now_ms - self->asked_ms < PAUSE_MS)))
    return;

  if (!is_same)
    g_array_set_size (self->records, 0);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);

  self->from_ms = from_ms;
  self->to_ms = to_ms;
  self->asked_ms = now_ms;
  self->cancellable = g_cancellable_new ();
  request = g_new0 (Request, 1);
  request->feed = g_object_ref (self);
  request->records = g_array_new (FALSE, FALSE, sizeof (PingemRecord));
  pingem_probe_reader_read_async (pingem_link_get_monitor (self->link), self->key, from_ms, to_ms,
                                  on_line, request, self->cancellable, on_read, request);
}

const GArray *
pingem_packet_feed_get (PingemPacketFeed *self)
{
  return self->records;
}
