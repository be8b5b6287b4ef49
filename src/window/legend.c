/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/legend.h"

#include <glib/gi18n-lib.h>

#include "chart/strip.h"
#include "window/look.h"

#define SAMPLE_SIZE 14

static void
draw_sample (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  pingem_strip_draw_sample (cr, pingem_look_get_palette (), GPOINTER_TO_INT (user_data), width,
                            height);
}

static GtkWidget *
build_entry (PingemPart part)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *sample = g_object_new (
      GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, "valign",
      GTK_ALIGN_CENTER, "content-width", SAMPLE_SIZE, "content-height", SAMPLE_SIZE, NULL);
  GtkWidget *label = gtk_label_new (pingem_part_label (part));

  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (sample), draw_sample, GINT_TO_POINTER (part),
                                  NULL);
  pingem_look_follow (sample);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");

  gtk_box_append (GTK_BOX (box), sample);
  gtk_box_append (GTK_BOX (box), label);

  return box;
}

GtkWidget *
pingem_legend_new (void)
{
  GtkWidget *legend = g_object_new (GTK_TYPE_FLOW_BOX, "selection-mode", GTK_SELECTION_NONE,
                                    "max-children-per-line", PINGEM_N_PARTS, "column-spacing", 6,
                                    "row-spacing", 0, "can-focus", FALSE, NULL);

  for (int part = 0; part < PINGEM_N_PARTS; part++)
    {
      gtk_flow_box_append (GTK_FLOW_BOX (legend), build_entry (part));
      gtk_widget_set_focusable (gtk_widget_get_last_child (legend), FALSE);
    }

  return legend;
}
