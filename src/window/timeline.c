/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/timeline.h"

/**
 * PingemTimeline:
 *
 * What all strips of a window share: which time they show, how high an RTT
 * stands, where the cursor is. It is still while nobody looks.
 */
struct _PingemTimeline {
  GObject parent_instance;

  PingemGrid grid;
  int range_s;
  int width; /* 0: not known yet, and the grid without columns */
  int rtt_us;
  gboolean is_log;
  gint64 cursor_ms;
  guint tick_id; /* 0: not running */
};

enum {
  PROP_0,
  PROP_RANGE_S,
  PROP_LOG,
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

static void
tick (PingemTimeline *self)
{
  if (self->width > 0)
    self->grid = pingem_grid_fit (g_get_real_time () / 1000,
                                  self->range_s * G_GINT64_CONSTANT (1000), self->width);
  g_signal_emit (self, signals[TICKED], 0);
}

static gboolean
on_tick (gpointer user_data)
{
  tick (user_data);

  return G_SOURCE_CONTINUE;
}

static void
set_range (PingemTimeline *self, int range_s)
{
  self->range_s = range_s;
  self->cursor_ms = -1;
  tick (self);
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
      g_value_set_int (value, self->range_s);
      break;

    case PROP_LOG:
      g_value_set_boolean (value, self->is_log);
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
      g_param_spec_int ("range-s", NULL, NULL, 60, 24 * 60 * 60, 60 * 60,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  properties[PROP_LOG] =
      g_param_spec_boolean ("log", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
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

void
pingem_timeline_set_rtt (PingemTimeline *self, int rtt_us)
{
  if (self->rtt_us == rtt_us)
    return;

  self->rtt_us = rtt_us;
  g_signal_emit (self, signals[CHANGED], 0);
}

PingemScale
pingem_timeline_get_scale (PingemTimeline *self)
{
  return pingem_scale_fit (self->rtt_us, self->is_log);
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
