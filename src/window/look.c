/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/look.h"

#include <adwaita.h>

#define SMALLER 0.85

const PingemPalette *
pingem_look_get_palette (void)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  return pingem_palette_get (adw_style_manager_get_dark (style),
                             adw_style_manager_get_high_contrast (style));
}

char *
pingem_look_dup_font (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  PangoFontDescription *description =
      pango_font_description_copy (pango_context_get_font_description (context));
  int size = pango_font_description_get_size (description) * SMALLER;
  char *font;

  if (pango_font_description_get_size_is_absolute (description))
    pango_font_description_set_absolute_size (description, size);
  else
    pango_font_description_set_size (description, size);

  font = pango_font_description_to_string (description);
  pango_font_description_free (description);

  return font;
}

PangoLayout *
pingem_look_new_text (GtkWidget *widget, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  g_autofree char *font = pingem_look_dup_font (widget);
  PangoFontDescription *description = pango_font_description_from_string (font);

  pango_layout_set_font_description (layout, description);
  pango_font_description_free (description);

  return layout;
}

void
pingem_look_follow (GtkWidget *widget)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  g_signal_connect_object (style, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), widget,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::high-contrast", G_CALLBACK (gtk_widget_queue_draw),
                           widget, G_CONNECT_SWAPPED);
}
