/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/feed.h"

#include <string.h>

/* A late reply may correct its slot for this long. */
#define HOLD_MS 65000
#define MIN_PAUSE_MS 1000
#define MAX_PAUSE_MS 30000

/**
 * PingemFeed:
 *
 * One target's columns. After the first fetch only the newest columns are
 * asked for, those that can still change.
 */
struct _PingemFeed {
  GObject parent_instance;

  PingemLink *link;         /* (owned) */
  PingemTimeline *timeline; /* (owned) */
  char *key;                /* (owned) */

  GArray *columns; /* (owned): of PingemColumn */
  PingemGrid grid; /* of columns */
  PingemGrid asked;
  gint64 asked_ms; /* when, on the monotonic clock */
  gboolean is_asking;
};

enum {
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemFeed, pingem_feed, G_TYPE_OBJECT)

/* What is older than the answer stays, where it fits the grid. */
static GArray *
join_columns (PingemFeed *self, GArray *newer)
{
  GArray *joined = g_array_new (FALSE, FALSE, sizeof (PingemColumn));
  gint64 newer_ms = pingem_grid_get_end (&self->asked) - newer->len * self->asked.span_ms;

  if (self->grid.span_ms == self->asked.span_ms)
    for (guint i = 0; i < self->columns->len; i++)
      {
        const PingemColumn *c = &g_array_index (self->columns, PingemColumn, i);

        if (c->start_ms >= self->asked.from_ms && c->start_ms < newer_ms)
          g_array_append_val (joined, *c);
      }

  g_array_append_vals (joined, newer->data, newer->len);

  return joined;
}

/* Bytes that fill the structure could tell too much, never too little. */
static gboolean
columns_equal (GArray *a, GArray *b)
{
  return a->len == b->len && memcmp (a->data, b->data, a->len * sizeof (PingemColumn)) == 0;
}

static void
take_columns (PingemFeed *self, GVariant *answer)
{
  g_autoptr (GArray) newer = pingem_columns_from_variant (answer);
  g_autoptr (GArray) joined = join_columns (self, newer);

  /* A monitor that answers less or more than it was asked is asked for all again. */
  if (joined->len != self->asked.n_columns)
    {
      g_array_set_size (self->columns, 0);
      return;
    }

  self->grid = self->asked;
  if (columns_equal (joined, self->columns))
    return;

  g_array_unref (self->columns);
  self->columns = g_steal_pointer (&joined);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void ask (PingemFeed *self);

static void
on_columns (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemFeed) self = user_data;
  g_autoptr (GVariant) answer = NULL;

  self->is_asking = FALSE;

  /* Why it failed is told by the link's state or the row's problem; the strip stays as it is. */
  if (pingem_dbus_monitor1_call_columns_finish (PINGEM_DBUS_MONITOR1 (source), &answer, result,
                                                NULL))
    {
      take_columns (self, answer);
      ask (self);
    }
}

static guint
count_stale (PingemFeed *self, const PingemGrid *grid)
{
  gint64 moved_ms = grid->from_ms - self->grid.from_ms;
  gint64 stale = (moved_ms + HOLD_MS) / grid->span_ms + 2;
  gboolean is_same =
      self->columns->len == grid->n_columns && self->grid.span_ms == grid->span_ms && moved_ms >= 0;

  return is_same ? MIN (stale, grid->n_columns) : grid->n_columns;
}

static gboolean
is_due (PingemFeed *self, const PingemGrid *grid, gint64 now_ms)
{
  if (self->is_asking || grid->n_columns == 0)
    return FALSE;

  if (!pingem_grid_equal (grid, &self->asked))
    return TRUE;

  if (pingem_grid_equal (grid, &self->grid) && self->columns->len == grid->n_columns &&
      pingem_grid_get_end (grid) < g_get_real_time () / 1000 - HOLD_MS)
    return FALSE;

  return now_ms - self->asked_ms >= CLAMP (grid->span_ms / 8, MIN_PAUSE_MS, MAX_PAUSE_MS);
}

static void
ask (PingemFeed *self)
{
  const PingemGrid *grid = pingem_timeline_get_grid (self->timeline);
  gint64 now_ms = g_get_monotonic_time () / 1000;
  gint64 end_ms = pingem_grid_get_end (grid);
  guint n_stale;

  if (pingem_link_get_state (self->link) != PINGEM_LINK_UP || !is_due (self, grid, now_ms))
    return;

  n_stale = count_stale (self, grid);
  self->is_asking = TRUE;
  self->asked = *grid;
  self->asked_ms = now_ms;
  pingem_dbus_monitor1_call_columns (pingem_link_get_monitor (self->link), self->key,
                                     end_ms - n_stale * grid->span_ms, end_ms, n_stale, NULL,
                                     on_columns, g_object_ref (self));
}

static void
pingem_feed_finalize (GObject *object)
{
  PingemFeed *self = PINGEM_FEED (object);

  g_object_unref (self->link);
  g_object_unref (self->timeline);
  g_array_unref (self->columns);
  g_free (self->key);

  G_OBJECT_CLASS (pingem_feed_parent_class)->finalize (object);
}

static void
pingem_feed_class_init (PingemFeedClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = pingem_feed_finalize;

  signals[CHANGED] = g_signal_new ("changed", PINGEM_TYPE_FEED, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
pingem_feed_init (PingemFeed *self)
{
  self->columns = g_array_new (FALSE, FALSE, sizeof (PingemColumn));
}

PingemFeed *
pingem_feed_new (PingemLink *link, PingemTimeline *timeline, const char *key)
{
  PingemFeed *self = g_object_new (PINGEM_TYPE_FEED, NULL);

  self->link = g_object_ref (link);
  self->timeline = g_object_ref (timeline);
  self->key = g_strdup (key);
  g_signal_connect_object (timeline, "ticked", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  ask (self);

  return self;
}

const PingemColumn *
pingem_feed_get_columns (PingemFeed *self, guint *ret_n)
{
  *ret_n = self->columns->len;

  return (const PingemColumn *) self->columns->data;
}
