/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/timeline.h"

/* How far back one may go. */
#define OLDEST_MS (400 * G_GINT64_CONSTANT (24 * 60 * 60 * 1000))

/**
 * PingemTimeline:
 *
 * What all strips of a window share: which time they show, how high an RTT
 * stands, where the cursor is. It is still while nobody looks.
 */
struct _PingemTimeline {
  GObject parent_instance;

  PingemGrid grid;
  gint64 range_ms;
  gint64 end_ms; /* 0: now */
  int width;     /* 0: not known yet, and the grid without columns */
  int rtt_us;
  gboolean is_log;
  gint64 cursor_ms;
  gint64 selected_from_ms;
  gint64 selected_to_ms; /* the same: nothing is selected */
  guint tick_id;         /* 0: not running */
};

enum {
  PROP_0,
  PROP_RANGE_S,
  PROP_LOG,
  PROP_FOLLOWING,
  N_PROPS
};

enum {
  TICKED,
  CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemTimeline, pingem_timeline, G_TYPE_OBJECT)

static gint64
get_now (void)
{
  return g_get_real_time () / 1000;
}

static gint64
get_end (PingemTimeline *self)
{
  return self->end_ms != 0 ? self->end_ms : get_now ();
}

static void
tick (PingemTimeline *self)
{
  if (self->width > 0)
    self->grid = pingem_grid_fit (get_end (self), self->range_ms, self->width);
  g_signal_emit (self, signals[TICKED], 0);
}

static gboolean
on_tick (gpointer user_data)
{
  tick (user_data);

  return G_SOURCE_CONTINUE;
}

static void
set_view (PingemTimeline *self, gint64 range_ms, gint64 end_ms)
{
  gint64 now_ms = get_now ();
  gboolean was_following = pingem_timeline_get_following (self);
  gint64 old_range_ms = self->range_ms;

  self->range_ms = CLAMP (range_ms, PINGEM_TIMELINE_MIN_S * G_GINT64_CONSTANT (1000),
                          PINGEM_TIMELINE_MAX_S * G_GINT64_CONSTANT (1000));
  self->end_ms = end_ms >= now_ms ? 0 : MAX (end_ms, now_ms - OLDEST_MS);

  if (old_range_ms != self->range_ms)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RANGE_S]);
  if (was_following != pingem_timeline_get_following (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOWING]);

  tick (self);
}

static void
set_range (PingemTimeline *self, int range_s)
{
  self->cursor_ms = -1;
  set_view (self, range_s * G_GINT64_CONSTANT (1000), get_end (self));
}

static void
set_log (PingemTimeline *self, gboolean is_log)
{
  self->is_log = is_log;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
pingem_timeline_finalize (GObject *object)
{
  PingemTimeline *self = PINGEM_TIMELINE (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);

  G_OBJECT_CLASS (pingem_timeline_parent_class)->finalize (object);
}

static void
pingem_timeline_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  PingemTimeline *self = PINGEM_TIMELINE (object);

  switch (prop_id)
    {
    case PROP_RANGE_S:
      g_value_set_int (value, self->range_ms / 1000);
      break;

    case PROP_LOG:
      g_value_set_boolean (value, self->is_log);
      break;

    case PROP_FOLLOWING:
      g_value_set_boolean (value, pingem_timeline_get_following (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pingem_timeline_set_property (GObject *object,
                              guint prop_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_RANGE_S:
      set_range (PINGEM_TIMELINE (object), g_value_get_int (value));
      break;

    case PROP_LOG:
      set_log (PINGEM_TIMELINE (object), g_value_get_boolean (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pingem_timeline_class_init (PingemTimelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = pingem_timeline_finalize;
  object_class->get_property = pingem_timeline_get_property;
  object_class->set_property = pingem_timeline_set_property;

  properties[PROP_RANGE_S] =
      g_param_spec_int ("range-s", NULL, NULL, PINGEM_TIMELINE_MIN_S, PINGEM_TIMELINE_MAX_S,
                        60 * 60, G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  properties[PROP_LOG] =
      g_param_spec_boolean ("log", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_FOLLOWING] = g_param_spec_boolean ("following", NULL, NULL, TRUE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[TICKED] = g_signal_new ("ticked", PINGEM_TYPE_TIMELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  signals[CHANGED] = g_signal_new ("changed", PINGEM_TYPE_TIMELINE, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
pingem_timeline_init (PingemTimeline *self)
{
  self->rtt_us = -1;
  self->cursor_ms = -1;
}

PingemTimeline *
pingem_timeline_new (void)
{
  return g_object_new (PINGEM_TYPE_TIMELINE, NULL);
}

void
pingem_timeline_set_running (PingemTimeline *self, gboolean is_running)
{
  if (is_running == (self->tick_id != 0))
    return;

  if (is_running)
    {
      self->tick_id = g_timeout_add_seconds (1, on_tick, self);
      tick (self);
    }
  else
    g_clear_handle_id (&self->tick_id, g_source_remove);
}

void
pingem_timeline_set_width (PingemTimeline *self, int width)
{
  if (self->width == width)
    return;

  self->width = width;
  tick (self);
}

const PingemGrid *
pingem_timeline_get_grid (PingemTimeline *self)
{
  return &self->grid;
}

gboolean
pingem_timeline_get_following (PingemTimeline *self)
{
  return self->end_ms == 0;
}

void
pingem_timeline_zoom (PingemTimeline *self, double factor, gint64 at_ms)
{
  gint64 range_ms = CLAMP (self->range_ms * factor, PINGEM_TIMELINE_MIN_S * 1000.0,
                           PINGEM_TIMELINE_MAX_S * 1000.0);
  gint64 end_ms = get_end (self);

  set_view (self, range_ms, at_ms + (double) (end_ms - at_ms) * range_ms / self->range_ms);
}

void
pingem_timeline_pan (PingemTimeline *self, gint64 by_ms)
{
  set_view (self, self->range_ms, get_end (self) + by_ms);
}

void
pingem_timeline_show (PingemTimeline *self, gint64 from_ms, gint64 to_ms)
{
  gint64 range_ms = CLAMP (to_ms - from_ms, PINGEM_TIMELINE_MIN_S * G_GINT64_CONSTANT (1000),
                           PINGEM_TIMELINE_MAX_S * G_GINT64_CONSTANT (1000));

  set_view (self, range_ms, from_ms + (to_ms - from_ms + range_ms) / 2);
}

void
pingem_timeline_follow (PingemTimeline *self)
{
  set_view (self, self->range_ms, G_MAXINT64);
}

void
pingem_timeline_set_rtt (PingemTimeline *self, int rtt_us)
{
  PingemScale before = pingem_timeline_get_scale (self);

  self->rtt_us = rtt_us;
  if (pingem_timeline_get_scale (self).top_us != before.top_us)
    g_signal_emit (self, signals[CHANGED], 0);
}

PingemScale
pingem_timeline_get_scale (PingemTimeline *self)
{
  return pingem_scale_fit (self->rtt_us, self->is_log);
}

gint64
pingem_timeline_find_time (PingemTimeline *self, double x)
{
  return self->grid.from_ms +
         x / MAX (self->width, 1) * (pingem_grid_get_end (&self->grid) - self->grid.from_ms);
}

static void
set_selection (PingemTimeline *self, gint64 from_ms, gint64 to_ms)
{
  if (self->selected_from_ms == from_ms && self->selected_to_ms == to_ms)
    return;

  self->selected_from_ms = from_ms;
  self->selected_to_ms = to_ms;
  g_signal_emit (self, signals[CHANGED], 0);
}

void
pingem_timeline_select (PingemTimeline *self, gint64 a_ms, gint64 b_ms)
{
  const PingemGrid *grid = &self->grid;
  gint64 last_ms = pingem_grid_get_end (grid) - 1;
  gint64 from_ms = CLAMP (MIN (a_ms, b_ms), grid->from_ms, last_ms);
  gint64 to_ms = CLAMP (MAX (a_ms, b_ms), grid->from_ms, last_ms);

  if (grid->n_columns > 0)
    set_selection (self, from_ms / grid->span_ms * grid->span_ms,
                   (to_ms / grid->span_ms + 1) * grid->span_ms);
}

void
pingem_timeline_clear_selection (PingemTimeline *self)
{
  set_selection (self, 0, 0);
}

gboolean
pingem_timeline_get_selection (PingemTimeline *self, gint64 *ret_from_ms, gint64 *ret_to_ms)
{
  *ret_from_ms = self->selected_from_ms;
  *ret_to_ms = self->selected_to_ms;

  return self->selected_from_ms < self->selected_to_ms;
}

void
pingem_timeline_set_cursor (PingemTimeline *self, gint64 cursor_ms)
{
  if (self->cursor_ms == cursor_ms)
    return;

  self->cursor_ms = cursor_ms;
  g_signal_emit (self, signals[CHANGED], 0);
}

gint64
pingem_timeline_get_cursor (PingemTimeline *self)
{
  return self->cursor_ms;
}
