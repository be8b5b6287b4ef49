/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "ipc/monitor-dbus.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_TARGET_DIALOG (pingem_target_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PingemTargetDialog, pingem_target_dialog, PINGEM, TARGET_DIALOG, AdwWindow)

/*
 * Adds a target, or changes @target (nullable), one of Monitor1's Targets.
 * Stays open with the monitor's reason and what was typed where that fails.
 */
PingemTargetDialog *
pingem_target_dialog_new (GtkWindow *parent, PingemDbusMonitor1 *monitor, GVariant *target);

G_END_DECLS
