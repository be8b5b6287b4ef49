/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "window/timeline.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_AXIS_VIEW (pingem_axis_view_get_type ())
G_DECLARE_FINAL_TYPE (PingemAxisView, pingem_axis_view, PINGEM, AXIS_VIEW, GtkWidget)

void pingem_axis_view_set_timeline (PingemAxisView *self, PingemTimeline *timeline);

G_END_DECLS
