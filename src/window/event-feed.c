/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/event-feed.h"

#include "ipc/event.h"

#define MAX_EVENTS 1000
#define PAUSE_MS 5000

struct _PingemEventFeed {
  GObject parent_instance;

  PingemLink *link;  /* (owned) */
  GVariant *answer;  /* (owned) (nullable): that the events are from */
  GPtrArray *events; /* (owned): of PingemEvent */
  gint64 from_ms;
  gint64 to_ms;
  gint64 asked_ms; /* when, on the monotonic clock */
  gboolean is_asking;
};

enum {
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemEventFeed, pingem_event_feed, G_TYPE_OBJECT)

static void
take (PingemEventFeed *self, GVariant *answer)
{
  if (self->answer != NULL && g_variant_equal (self->answer, answer))
    return;

  g_clear_pointer (&self->answer, g_variant_unref);
  g_ptr_array_unref (self->events);
  self->answer = g_variant_ref (answer);
  self->events = pingem_events_from_variant (answer);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Why it failed is told by the link's state. */
static void
on_events (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemEventFeed) self = user_data;
  g_autoptr (GVariant) answer = NULL;

  self->is_asking = FALSE;
  if (pingem_dbus_monitor1_call_events_finish (PINGEM_DBUS_MONITOR1 (source), &answer, result,
                                               NULL))
    take (self, answer);
}

static void
pingem_event_feed_finalize (GObject *object)
{
  PingemEventFeed *self = PINGEM_EVENT_FEED (object);

  g_object_unref (self->link);
  g_ptr_array_unref (self->events);
  g_clear_pointer (&self->answer, g_variant_unref);

  G_OBJECT_CLASS (pingem_event_feed_parent_class)->finalize (object);
}

static void
pingem_event_feed_class_init (PingemEventFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pingem_event_feed_finalize;

  signals[CHANGED] = g_signal_new ("changed", PINGEM_TYPE_EVENT_FEED, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
pingem_event_feed_init (PingemEventFeed *self)
{
  self->events = g_ptr_array_new ();
}

PingemEventFeed *
pingem_event_feed_new (PingemLink *link)
{
  PingemEventFeed *self = g_object_new (PINGEM_TYPE_EVENT_FEED, NULL);

  self->link = g_object_ref (link);

  return self;
}

void
pingem_event_feed_ask (PingemEventFeed *self, gint64 from_ms, gint64 to_ms)
{
  gint64 now_ms = g_get_monotonic_time () / 1000;
  gboolean is_known = from_ms == self->from_ms && to_ms == self->to_ms;

  if (self->is_asking || pingem_link_get_state (self->link) != PINGEM_LINK_UP ||
      (is_known && now_ms - self->asked_ms < PAUSE_MS))
    return;

  self->is_asking = TRUE;
  self->from_ms = from_ms;
  self->to_ms = to_ms;
  self->asked_ms = now_ms;
  pingem_dbus_monitor1_call_events (pingem_link_get_monitor (self->link), from_ms, to_ms,
                                    MAX_EVENTS, NULL, on_events, g_object_ref (self));
}

void
pingem_event_feed_forget (PingemEventFeed *self)
{
  self->to_ms = self->from_ms;
}

const GPtrArray *
pingem_event_feed_get (PingemEventFeed *self)
{
  return self->events;
}
