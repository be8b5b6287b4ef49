/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/strip-view.h"

#include <glib/gi18n-lib.h>

#include "chart/strip.h"
#include "window/describe.h"
#include "window/look.h"

#define HEIGHT 88

/**
 * PingemStripView:
 *
 * A feed's columns as a picture, with the cursor that all strips share. What
 * stands under the pointer is told exactly by its tooltip.
 */
struct _PingemStripView {
  GtkWidget parent_instance;

  PingemFeed *feed;         /* (owned) (nullable) */
  PingemTimeline *timeline; /* (owned) (nullable) */
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

static void
on_feed_changed (PingemStripView *self)
{
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));
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

  if (column != NULL)
    pingem_timeline_set_cursor (self->timeline, column->start_ms);
}

static void
on_leave (PingemStripView *self)
{
  if (self->timeline != NULL)
    pingem_timeline_set_cursor (self->timeline, -1);
}

static gboolean
pingem_strip_view_query_tooltip (
    GtkWidget *widget, int x, int y, gboolean is_keyboard, GtkTooltip *tooltip)
{
  PingemStripView *self = PINGEM_STRIP_VIEW (widget);
  const PingemColumn *column = self->feed != NULL && !is_keyboard ? find_column (self, x) : NULL;
  g_autoptr (GTimeZone) zone = NULL;
  g_autofree char *text = NULL;

  if (column == NULL)
    return FALSE;

  zone = g_time_zone_new_local ();
  text = pingem_describe_column (column, zone);
  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
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
  const PingemColumn *columns;
  guint n;
  cairo_t *cr;

  if (self->feed == NULL || width <= 0 || height <= 0)
    return;

  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  style.scale = pingem_timeline_get_scale (self->timeline);
  columns = pingem_feed_get_columns (self->feed, &n);
  pingem_strip_draw (cr, &style, columns, n, width, height);
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
}

static void
pingem_strip_view_dispose (GObject *object)
{
  PingemStripView *self = PINGEM_STRIP_VIEW (object);

  g_clear_object (&self->feed);
  g_clear_object (&self->timeline);

  G_OBJECT_CLASS (pingem_strip_view_parent_class)->dispose (object);
}

static void
pingem_strip_view_class_init (PingemStripViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pingem_strip_view_dispose;
  widget_class->measure = pingem_strip_view_measure;
  widget_class->query_tooltip = pingem_strip_view_query_tooltip;
  widget_class->size_allocate = pingem_strip_view_size_allocate;
  widget_class->snapshot = pingem_strip_view_snapshot;

  gtk_widget_class_set_css_name (widget_class, "strip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pingem_strip_view_init (PingemStripView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);

  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  pingem_look_follow (GTK_WIDGET (self));
}

void
pingem_strip_view_set_feed (PingemStripView *self, PingemFeed *feed, PingemTimeline *timeline)
{
  g_set_object (&self->feed, feed);
  g_set_object (&self->timeline, timeline);

  g_signal_connect_object (feed, "changed", G_CALLBACK (on_feed_changed), self, G_CONNECT_SWAPPED);
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
