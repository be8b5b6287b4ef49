/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "window/link.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_PREFERENCES_WINDOW (pingem_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (PingemPreferencesWindow,
                      pingem_preferences_window,
                      PINGEM,
                      PREFERENCES_WINDOW,
                      AdwPreferencesWindow)

PingemPreferencesWindow *pingem_preferences_window_new (GtkWindow *parent, PingemLink *link);

G_END_DECLS
