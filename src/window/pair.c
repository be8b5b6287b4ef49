/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/pair.h"

/* Of the first child, at the usual size of text and else. */
#define FIRST_WIDTH 216
#define FIRST_DIGITS 24
#define MIN_SECOND_WIDTH 332
#define SPACING 12
#define NARROW_SPACING 4

/**
 * PingemPair:
 *
 * Two children side by side, the first as wide in every pair, so that strips
 * and times stand below each other; one above the other where it is narrow.
 * libadwaita 1.2 has no breakpoints yet.
 */
struct _PingemPair {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (PingemPair, pingem_pair, GTK_TYPE_WIDGET)

static GtkSizeRequestMode
pingem_pair_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static int
get_first_width (GtkWidget *widget)
{
  PangoFontMetrics *metrics =
      pango_context_get_metrics (gtk_widget_get_pango_context (widget), NULL, NULL);
  int digit_width = pango_font_metrics_get_approximate_digit_width (metrics);

  pango_font_metrics_unref (metrics);

  return MAX (FIRST_WIDTH, PANGO_PIXELS (FIRST_DIGITS * digit_width));
}

static int
get_min_wide_width (GtkWidget *widget)
{
  return get_first_width (widget) + SPACING + MIN_SECOND_WIDTH;
}

static int
get_height (GtkWidget *child, int width)
{
  int height;

  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);

  return height;
}

static int
get_pair_height (GtkWidget *widget, int width)
{
  GtkWidget *first = gtk_widget_get_first_child (widget);
  GtkWidget *second = gtk_widget_get_last_child (widget);
  int first_width = get_first_width (widget);

  if (width >= get_min_wide_width (widget))
    return MAX (get_height (first, first_width),
                get_height (second, width - first_width - SPACING));

  return get_height (first, width) + NARROW_SPACING + get_height (second, width);
}

static void
pingem_pair_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *ret_minimum,
                     int *ret_natural,
                     int *ret_minimum_baseline,
                     int *ret_natural_baseline)
{
  GtkWidget *first = gtk_widget_get_first_child (widget);
  GtkWidget *second = gtk_widget_get_last_child (widget);
  int minimum, natural;

  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      /* Without a width: as high as the widest allows. */
      *ret_minimum = *ret_natural =
          get_pair_height (widget, for_size >= 0 ? for_size : get_min_wide_width (widget));
      return;
    }

  gtk_widget_measure (first, orientation, -1, ret_minimum, NULL, NULL, NULL);
  gtk_widget_measure (second, orientation, -1, &minimum, &natural, NULL, NULL);
  *ret_minimum = MAX (*ret_minimum, minimum);
  *ret_natural = MAX (*ret_minimum, get_first_width (widget) + SPACING + natural);
}

static void
pingem_pair_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *first = gtk_widget_get_first_child (widget);
  GtkWidget *second = gtk_widget_get_last_child (widget);
  int first_width = get_first_width (widget);
  GtkAllocation left = { 0, 0, first_width, height };
  GtkAllocation right = { first_width + SPACING, 0, width - first_width - SPACING, height };

  if (width < get_min_wide_width (widget))
    {
      int first_height = get_height (first, width);

      left = (GtkAllocation){ 0, 0, width, first_height };
      right = (GtkAllocation){ 0, first_height + NARROW_SPACING, width,
                               height - first_height - NARROW_SPACING };
    }
  else if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    {
      right.x = 0;
      left.x = width - first_width;
    }

  gtk_widget_size_allocate (first, &left, -1);
  gtk_widget_size_allocate (second, &right, -1);
}

static void
pingem_pair_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (pingem_pair_parent_class)->dispose (object);
}

static void
pingem_pair_class_init (PingemPairClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pingem_pair_dispose;
  widget_class->get_request_mode = pingem_pair_get_request_mode;
  widget_class->measure = pingem_pair_measure;
  widget_class->size_allocate = pingem_pair_size_allocate;
}

static void
pingem_pair_init (PingemPair *self)
{
}
