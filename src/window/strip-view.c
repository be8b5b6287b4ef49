/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "chart/marks.h"
#include "chart/strip.h"
#include "window/describe.h"
#include "window/look.h"
#include "window/strip-view-private.h"

#define HEIGHT 88
/* Columns that hold single packets. */
#define PACKETS_MS 1000
#define TOLD_CHARS 60

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

void
pingem_strip_view_point (PingemStripView *self, gint64 time_ms)
{
  self->is_pointed = TRUE;
  pingem_timeline_set_cursor (self->timeline, time_ms);
  update (self);
}

void
pingem_strip_view_forget_cursor (PingemStripView *self)
{
  self->is_pointed = FALSE;
  if (self->timeline != NULL)
    pingem_timeline_set_cursor (self->timeline, -1);
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

static void
pingem_strip_view_class_init (PingemStripViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pingem_strip_view_dispose;
  widget_class->measure = pingem_strip_view_measure;
  widget_class->size_allocate = pingem_strip_view_size_allocate;
  widget_class->snapshot = pingem_strip_view_snapshot;

  pingem_strip_control_bind_keys (widget_class);
  gtk_widget_class_set_css_name (widget_class, "strip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pingem_strip_view_init (PingemStripView *self)
{
  self->told = g_object_new (GTK_TYPE_LABEL, "wrap", TRUE, "max-width-chars", TOLD_CHARS, NULL);
  self->popover = gtk_popover_new ();
  gtk_popover_set_autohide (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self->popover), GTK_POS_TOP);
  gtk_popover_set_child (GTK_POPOVER (self->popover), self->told);
  gtk_widget_set_can_target (self->popover, FALSE);
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self));

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  pingem_strip_control_add (self);
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
