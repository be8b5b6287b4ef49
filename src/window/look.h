/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "chart/palette.h"

G_BEGIN_DECLS

/* The palette of the desktop's style: dark or light, high contrast. */
const PingemPalette *pingem_look_get_palette (void);
/* A little smaller than the widget's own. Returns: (transfer full): a Pango font description */
char *pingem_look_dup_font (GtkWidget *widget);
/* One line, as charts write it on @widget. Returns: (transfer full) */
PangoLayout *pingem_look_new_text (GtkWidget *widget, const char *text);
/* Draws @widget again whenever the style changes. */
void pingem_look_follow (GtkWidget *widget);

G_END_DECLS
