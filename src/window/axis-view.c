/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/axis-view.h"

#include <glib/gi18n-lib.h>

#include "chart/axis.h"
#include "window/look.h"

#define MIN_HEIGHT 24
#define TICK_SPACING 24

/**
 * PingemAxisView:
 *
 * The times below the strips.
 */
struct _PingemAxisView {
  GtkWidget parent_instance;

  PingemTimeline *timeline; /* (owned) (nullable) */
  PingemGrid shown;
  gint64 drag_from_ms;
};

G_DEFINE_FINAL_TYPE (PingemAxisView, pingem_axis_view, GTK_TYPE_WIDGET)

/* Of the longest time; a day's name may be longer, and then some are left out. */
static void
measure_label (GtkWidget *widget, int *ret_width, int *ret_height)
{
  g_autoptr (PangoLayout) layout = pingem_look_new_text (widget, "00:00:00");

  pango_layout_get_pixel_size (layout, ret_width, ret_height);
}

static void
on_ticked (PingemAxisView *self)
{
  const PingemGrid *grid = pingem_timeline_get_grid (self->timeline);

  if (pingem_grid_equal (grid, &self->shown))
    return;

  self->shown = *grid;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_drag_begin (PingemAxisView *self, double x)
{
  self->drag_from_ms = pingem_timeline_find_time (self->timeline, x);
}

static void
on_drag (PingemAxisView *self, double x)
{
  gint64 by_ms =
      pingem_timeline_find_time (self->timeline, x) - pingem_timeline_find_time (self->timeline, 0);

  pingem_timeline_select (self->timeline, self->drag_from_ms, self->drag_from_ms + by_ms);
}

static void
pingem_axis_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PingemAxisView *self = PINGEM_AXIS_VIEW (widget);
  const PingemGrid *grid =
      self->timeline != NULL ? pingem_timeline_get_grid (self->timeline) : NULL;
  int width = gtk_widget_get_width (widget);
  int label_width;
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GArray) ticks = NULL;
  g_autofree char *font = NULL;
  gint64 end_ms;
  cairo_t *cr;

  if (grid == NULL || grid->n_columns == 0 || width <= 0)
    return;

  font = pingem_look_dup_font (widget);
  end_ms = pingem_grid_get_end (grid);
  measure_label (widget, &label_width, NULL);
  ticks = pingem_axis_find_ticks (grid->from_ms, end_ms, width, label_width + TICK_SPACING, zone);
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, width, gtk_widget_get_height (widget)));
  pingem_axis_draw (cr, pingem_look_get_palette (), font, ticks, grid->from_ms, end_ms, width);
  cairo_destroy (cr);
}

static void
pingem_axis_view_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *ret_minimum,
                          int *ret_natural,
                          int *ret_minimum_baseline,
                          int *ret_natural_baseline)
{
  int height;

  *ret_minimum = *ret_natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;

  measure_label (widget, NULL, &height);
  *ret_minimum = *ret_natural = MAX (MIN_HEIGHT, PINGEM_AXIS_LABEL_Y + height);
}

static void
pingem_axis_view_dispose (GObject *object)
{
  g_clear_object (&PINGEM_AXIS_VIEW (object)->timeline);

  G_OBJECT_CLASS (pingem_axis_view_parent_class)->dispose (object);
}

static void
pingem_axis_view_class_init (PingemAxisViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pingem_axis_view_dispose;
  widget_class->measure = pingem_axis_view_measure;
  widget_class->snapshot = pingem_axis_view_snapshot;

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
pingem_axis_view_init (PingemAxisView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "col-resize");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), _ ("Drag here to select a time"));
  pingem_look_follow (GTK_WIDGET (self));
}

void
pingem_axis_view_set_timeline (PingemAxisView *self, PingemTimeline *timeline)
{
  g_set_object (&self->timeline, timeline);
  g_signal_connect_object (timeline, "ticked", G_CALLBACK (on_ticked), self, G_CONNECT_SWAPPED);
}
