/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "tray/menu.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_INDICATOR (pingem_indicator_get_type ())
G_DECLARE_FINAL_TYPE (PingemIndicator, pingem_indicator, PINGEM, INDICATOR, GObject)

/**
 * pingem_indicator_new:
 * @icon_dir: where the hicolor theme with our icons is
 *
 * The icon in the tray, with its menu. Signals what the user chose: "open",
 * "start", "pause", "resume", "quit", without arguments.
 */
PingemIndicator *pingem_indicator_new (const char *icon_dir);

void pingem_indicator_show (PingemIndicator *self, const PingemMenu *menu);
/* As Monitor1's Settings have it: no colour while the level is good; the loss beside the icon. */
void pingem_indicator_set_look (PingemIndicator *self, gboolean is_monochrome, gboolean has_label);

/* The folder with the hicolor theme that has our icons, uninstalled too. (transfer full) */
char *pingem_indicator_find_icon_dir (void);

G_END_DECLS
