/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "window/link.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_RANGE_DIALOG (pingem_range_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PingemRangeDialog, pingem_range_dialog, PINGEM, RANGE_DIALOG, AdwWindow)

/*
 * The statistics of all targets from @from_ms to before @to_ms (Unix time), and what can be saved
 * of it. The monitor must be up.
 */
PingemRangeDialog *
pingem_range_dialog_new (GtkWindow *parent, PingemLink *link, gint64 from_ms, gint64 to_ms);

G_END_DECLS
