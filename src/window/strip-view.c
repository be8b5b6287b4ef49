/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/strip-view.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "chart/marks.h"
#include "chart/strip.h"
#include "window/describe.h"
#include "window/look.h"

#define HEIGHT 88
/* Of one step of the wheel. */
#define SCROLL_PIXELS 40
#define SCROLL_ZOOM 1.25
#define KEY_ZOOM 2
/* Columns that hold single packets. */
#define PACKETS_MS 1000
#define TOLD_CHARS 60

/**
 * PingemStripView:
 *
 * A feed's columns as a picture, with the cursor that all strips share. What stands there is told
 * exactly, in a popover. Wheel, drag and keys move the timeline.
 */
struct _PingemStripView {
  GtkWidget parent_instance;

  PingemFeed *feed;          /* (owned) (nullable) */
  PingemTimeline *timeline;  /* (owned) (nullable) */
  PingemEventFeed *events;   /* (owned) (nullable) */
  PingemPacketFeed *packets; /* (owned) (nullable) */
  GtkWidget *popover;
  GtkWidget *told;     /* in it */
  gboolean is_pointed; /* the cursor is moved here */
  double pointer_x;
  double dragged;      /* pixels of the drag that goes on */
  gint64 drag_from_ms; /* what it selects from; -1: it moves the timeline */
};

G_DEFINE_FINAL_TYPE (PingemStripView, pingem_strip_view, GTK_TYPE_WIDGET)

static void
update_description (PingemStripView *self)
{
  guint n;
  const PingemColumn *columns = pingem_feed_get_columns (self->feed, &n);
  g_autofree char *description = pingem_describe_strip (columns, n);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
}

static const PingemColumn *
find_pointed (PingemStripView *self)
{
  gint64 cursor_ms = pingem_timeline_get_cursor (self->timeline);
  guint n;
  const PingemColumn *columns = pingem_feed_get_columns (self->feed, &n);

  for (guint i = 0; i < n; i++)
    if (cursor_ms >= columns[i].start_ms && cursor_ms < columns[i].start_ms + columns[i].span_ms)
      return &columns[i];

  return NULL;
}

/* An outage is drawn where it was, and only there. */
static gboolean
concerns (PingemStripView *self, const PingemEvent *event)
{
  return *event->target == '\0' ||
         g_strcmp0 (event->target, pingem_packet_feed_get_key (self->packets)) == 0;
}

/* Of PingemEvent, which the feed owns. */
static GPtrArray *
list_events (PingemStripView *self)
{
  const GPtrArray *all = pingem_event_feed_get (self->events);
  GPtrArray *events = g_ptr_array_new ();

  for (guint i = 0; i < all->len; i++)
    if (concerns (self, all->pdata[i]))
      g_ptr_array_add (events, all->pdata[i]);

  return events;
}

/* What may be said of the packets of a column. (transfer full) */
static char *
describe_packets (PingemStripView *self, const PingemColumn *column, GTimeZone *zone)
{
  if (column->span_ms > PACKETS_MS ||
      pingem_column_due (column) + column->in_flight + column->held == 0)
    return g_strdup ("");

  pingem_packet_feed_ask (self->packets, column->start_ms, column->start_ms + column->span_ms);

  return pingem_describe_packets (pingem_packet_feed_get (self->packets), zone);
}

static void
point_at (PingemStripView *self, const PingemColumn *column)
{
  const PingemGrid *grid = pingem_timeline_get_grid (self->timeline);
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  double i = (double) (column->start_ms - grid->from_ms) / grid->span_ms;
  GdkRectangle place = { CLAMP ((i + 0.5) * width / grid->n_columns, 0, width - 1), 0, 1, 1 };
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GPtrArray) events = list_events (self);
  g_autofree char *text = pingem_describe_column (column, zone);
  g_autofree char *happened = pingem_describe_events (events, column);
  g_autofree char *packets = describe_packets (self, column, zone);
  g_autofree char *all = g_strconcat (text, packets, happened, NULL);

  gtk_label_set_text (GTK_LABEL (self->told), all);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover), &place);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static void
update (PingemStripView *self)
{
  const PingemColumn *column = self->is_pointed ? find_pointed (self) : NULL;

  if (column != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    point_at (self, column);
  else
    gtk_popover_popdown (GTK_POPOVER (self->popover));

  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_feed_changed (PingemStripView *self)
{
  update_description (self);
  update (self);
}

static const PingemColumn *
find_column (PingemStripView *self, double x)
{
  guint n;
  const PingemColumn *columns = pingem_feed_get_columns (self->feed, &n);

  if (n == 0)
    return NULL;

  return columns + pingem_strip_find_column (n, gtk_widget_get_width (GTK_WIDGET (self)), x);
}

static void
on_motion (PingemStripView *self, double x, double y)
{
  const PingemColumn *column = self->feed != NULL ? find_column (self, x) : NULL;

  if (column == NULL)
    return;

  self->is_pointed = TRUE;
  self->pointer_x = x;
  pingem_timeline_set_cursor (self->timeline, column->start_ms);
  update (self);
}

static void
forget_cursor (PingemStripView *self)
{
  self->is_pointed = FALSE;
  if (self->timeline != NULL)
    pingem_timeline_set_cursor (self->timeline, -1);
}

static void
pan_pixels (PingemStripView *self, double pixels)
{
  pingem_timeline_pan (self->timeline, pingem_timeline_find_time (self->timeline, pixels) -
                                           pingem_timeline_find_time (self->timeline, 0));
}

static gboolean
on_scroll (PingemStripView *self, double dx, double dy, GtkEventControllerScroll *scroll)
{
  GdkModifierType modifiers =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));

  if (dx != 0 || (modifiers & GDK_SHIFT_MASK) != 0)
    pan_pixels (self, (dx + dy) * SCROLL_PIXELS);
  else
    pingem_timeline_zoom (self->timeline, pow (SCROLL_ZOOM, dy),
                          pingem_timeline_find_time (self->timeline, self->pointer_x));

  return GDK_EVENT_STOP;
}

static void
on_drag_begin (PingemStripView *self, double x, double y, GtkEventController *drag)
{
  gboolean selects = (gtk_event_controller_get_current_event_state (drag) & GDK_SHIFT_MASK) != 0;

  self->dragged = 0;
  self->drag_from_ms = selects ? pingem_timeline_find_time (self->timeline, x) : -1;
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
on_drag (PingemStripView *self, double x, double y)
{
  if (self->drag_from_ms >= 0)
    pingem_timeline_select (self->timeline, self->drag_from_ms,
                            self->drag_from_ms + pingem_timeline_find_time (self->timeline, x) -
                                pingem_timeline_find_time (self->timeline, 0));
  else
    pan_pixels (self, self->dragged - x);

  self->dragged = x;
}

/* By @arguments: how many columns. */
static gboolean
on_step (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  PingemStripView *self = PINGEM_STRIP_VIEW (widget);
  const PingemGrid *grid = pingem_timeline_get_grid (self->timeline);
  gint64 by_ms = g_variant_get_int32 (arguments) * grid->span_ms;
  gint64 last_ms = pingem_grid_get_end (grid) - grid->span_ms;
  gint64 cursor_ms = pingem_timeline_get_cursor (self->timeline);

  if (grid->n_columns == 0)
    return GDK_EVENT_PROPAGATE;

  cursor_ms = cursor_ms >= 0 ? cursor_ms + by_ms : last_ms;
  if (cursor_ms < grid->from_ms || cursor_ms > last_ms)
    pingem_timeline_pan (self->timeline, by_ms);

  grid = pingem_timeline_get_grid (self->timeline);
  self->is_pointed = TRUE;
  pingem_timeline_set_cursor (
      self->timeline, CLAMP (cursor_ms, grid->from_ms, pingem_grid_get_end (grid) - grid->span_ms));
  update (self);

  return GDK_EVENT_STOP;
}

/* As on_step(), and selects what is passed: from where the cursor is not. */
static gboolean
on_extend (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  PingemStripView *self = PINGEM_STRIP_VIEW (widget);
  gint64 cursor_ms = pingem_timeline_get_cursor (self->timeline);
  gint64 fixed_ms = cursor_ms;
  gint64 from_ms, to_ms;

  if (cursor_ms >= 0 && pingem_timeline_get_selection (self->timeline, &from_ms, &to_ms))
    fixed_ms = cursor_ms == from_ms ? to_ms - 1 : from_ms;

  if (!on_step (widget, arguments, data))
    return GDK_EVENT_PROPAGATE;

  cursor_ms = pingem_timeline_get_cursor (self->timeline);
  pingem_timeline_select (self->timeline, fixed_ms >= 0 ? fixed_ms : cursor_ms, cursor_ms);

  return GDK_EVENT_STOP;
}

static gboolean
on_select_all (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  pingem_timeline_select (PINGEM_STRIP_VIEW (widget)->timeline, 0, G_MAXINT64);

  return GDK_EVENT_STOP;
}

/* By @arguments: how many halves of what is shown. */
static gboolean
on_page (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  PingemStripView *self = PINGEM_STRIP_VIEW (widget);

  pan_pixels (self, g_variant_get_int32 (arguments) * gtk_widget_get_width (widget) / 2);

  return GDK_EVENT_STOP;
}

/* At the cursor, else at the newest edge. By @arguments: how many steps further away. */
static gboolean
on_zoom (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  PingemStripView *self = PINGEM_STRIP_VIEW (widget);
  gint64 cursor_ms = pingem_timeline_get_cursor (self->timeline);

  if (cursor_ms < 0)
    cursor_ms = pingem_timeline_find_time (self->timeline, gtk_widget_get_width (widget));
  pingem_timeline_zoom (self->timeline, pow (KEY_ZOOM, g_variant_get_int32 (arguments)), cursor_ms);

  return GDK_EVENT_STOP;
}

static gboolean
on_now (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  pingem_timeline_follow (PINGEM_STRIP_VIEW (widget)->timeline);
  forget_cursor (PINGEM_STRIP_VIEW (widget));

  return GDK_EVENT_STOP;
}

static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  pingem_timeline_clear_selection (PINGEM_STRIP_VIEW (widget)->timeline);
  forget_cursor (PINGEM_STRIP_VIEW (widget));

  return GDK_EVENT_STOP;
}

static void
draw_selection (
    PingemStripView *self, cairo_t *cr, const PingemPalette *palette, int width, int height)
{
  const PingemGrid *grid = pingem_timeline_get_grid (self->timeline);
  double scale = (double) width / MAX (pingem_grid_get_end (grid) - grid->from_ms, 1);
  gint64 from_ms, to_ms;

  if (pingem_timeline_get_selection (self->timeline, &from_ms, &to_ms))
    pingem_strip_draw_selection (cr, palette, (from_ms - grid->from_ms) * scale,
                                 (to_ms - grid->from_ms) * scale, height);
}

/* With an edge on both sides, to be seen on bars too. */
static void
draw_cursor (
    PingemStripView *self, cairo_t *cr, const PingemPalette *palette, int width, int height)
{
  const PingemGrid *grid = pingem_timeline_get_grid (self->timeline);
  double i = (double) (pingem_timeline_get_cursor (self->timeline) - grid->from_ms) / grid->span_ms;
  int x;

  if (i < 0 || i >= grid->n_columns)
    return;

  x = (i + 0.5) * width / grid->n_columns;
  pingem_color_set_source (&palette->background, cr);
  cairo_rectangle (cr, x - 1, 0, 3, height);
  cairo_fill (cr);

  pingem_color_set_source (&palette->text, cr);
  cairo_rectangle (cr, x, 0, 1, height);
  cairo_fill (cr);
}

static void
pingem_strip_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PingemStripView *self = PINGEM_STRIP_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  g_autofree char *font = pingem_look_dup_font (widget);
  PingemStripStyle style = { .palette = pingem_look_get_palette (), .font = font };
  g_autoptr (GPtrArray) events = NULL;
  const PingemColumn *columns;
  guint n;
  cairo_t *cr;

  if (self->feed == NULL || width <= 0 || height <= 0)
    return;

  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  style.scale = pingem_timeline_get_scale (self->timeline);
  columns = pingem_feed_get_columns (self->feed, &n);
  events = list_events (self);
  pingem_strip_draw (cr, &style, columns, n, width, height);
  if (n > 0)
    pingem_marks_draw (cr, style.palette, events, columns[0].start_ms,
                       columns[n - 1].start_ms + columns[n - 1].span_ms, width, height);
  draw_selection (self, cr, style.palette, width, height);
  draw_cursor (self, cr, style.palette, width, height);
  cairo_destroy (cr);
}

static void
pingem_strip_view_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *ret_minimum,
                           int *ret_natural,
                           int *ret_minimum_baseline,
                           int *ret_natural_baseline)
{
  *ret_minimum = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 100;
  *ret_natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 720;
}

static void
pingem_strip_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PingemStripView *self = PINGEM_STRIP_VIEW (widget);

  if (self->timeline != NULL)
    pingem_timeline_set_width (self->timeline, width);
  gtk_popover_present (GTK_POPOVER (self->popover));
}

static void
pingem_strip_view_dispose (GObject *object)
{
  PingemStripView *self = PINGEM_STRIP_VIEW (object);

  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_object (&self->feed);
  g_clear_object (&self->timeline);
  g_clear_object (&self->events);
  g_clear_object (&self->packets);

  G_OBJECT_CLASS (pingem_strip_view_parent_class)->dispose (object);
}

static const struct {
  guint key;
  GdkModifierType modifiers;
  GtkShortcutFunc callback;
  int argument;
} keys[] = {
  { GDK_KEY_Left, 0, on_step, -1 },
  { GDK_KEY_Right, 0, on_step, 1 },
  { GDK_KEY_Left, GDK_CONTROL_MASK, on_step, -10 },
  { GDK_KEY_Right, GDK_CONTROL_MASK, on_step, 10 },
  { GDK_KEY_Left, GDK_SHIFT_MASK, on_extend, -1 },
  { GDK_KEY_Right, GDK_SHIFT_MASK, on_extend, 1 },
  { GDK_KEY_Left, GDK_SHIFT_MASK | GDK_CONTROL_MASK, on_extend, -10 },
  { GDK_KEY_Right, GDK_SHIFT_MASK | GDK_CONTROL_MASK, on_extend, 10 },
  { GDK_KEY_a, GDK_CONTROL_MASK, on_select_all, 0 },
  { GDK_KEY_Page_Up, 0, on_page, -1 },
  { GDK_KEY_Page_Down, 0, on_page, 1 },
  { GDK_KEY_plus, 0, on_zoom, -1 },
  { GDK_KEY_equal, 0, on_zoom, -1 },
  { GDK_KEY_KP_Add, 0, on_zoom, -1 },
  { GDK_KEY_minus, 0, on_zoom, 1 },
  { GDK_KEY_KP_Subtract, 0, on_zoom, 1 },
  { GDK_KEY_End, 0, on_now, 0 },
  { GDK_KEY_Escape, 0, on_escape, 0 },
};

static void
pingem_strip_view_class_init (PingemStripViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pingem_strip_view_dispose;
  widget_class->measure = pingem_strip_view_measure;
  widget_class->size_allocate = pingem_strip_view_size_allocate;
  widget_class->snapshot = pingem_strip_view_snapshot;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (widget_class, keys[i].key, keys[i].modifiers, keys[i].callback,
                                  "i", keys[i].argument);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, 0, "win.statistics", NULL);
  gtk_widget_class_set_css_name (widget_class, "strip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pingem_strip_view_init (PingemStripView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (forget_cursor), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);

  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));

  self->told = g_object_new (GTK_TYPE_LABEL, "wrap", TRUE, "max-width-chars", TOLD_CHARS, NULL);
  self->popover = gtk_popover_new ();
  gtk_popover_set_autohide (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self->popover), GTK_POS_TOP);
  gtk_popover_set_child (GTK_POPOVER (self->popover), self->told);
  gtk_widget_set_can_target (self->popover, FALSE);
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self));

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  pingem_look_follow (GTK_WIDGET (self));
}

void
pingem_strip_view_set_source (PingemStripView *self,
                              PingemTimeline *timeline,
                              PingemFeed *feed,
                              PingemEventFeed *events,
                              PingemPacketFeed *packets)
{
  g_set_object (&self->feed, feed);
  g_set_object (&self->timeline, timeline);
  g_set_object (&self->events, events);
  g_set_object (&self->packets, packets);

  g_signal_connect_object (feed, "changed", G_CALLBACK (on_feed_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (events, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (packets, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (timeline, "changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

void
pingem_strip_view_set_name (PingemStripView *self, const char *name)
{
  /* Translators: a target's name */
  g_autofree char *label = g_strdup_printf (_ ("History of %s"), name);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}
