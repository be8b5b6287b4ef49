/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "window/link.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_WINDOW (pingem_window_get_type ())
G_DECLARE_FINAL_TYPE (PingemWindow, pingem_window, PINGEM, WINDOW, AdwApplicationWindow)

PingemWindow *pingem_window_new (GtkApplication *app, PingemLink *link);
/* A sentence over the content, for a few seconds. */
void pingem_window_show_problem (PingemWindow *self, const char *sentence);

G_END_DECLS
