/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the colours and patterns of a strip mean. Returns: (transfer floating) */
GtkWidget *pingem_legend_new (void);

G_END_DECLS
