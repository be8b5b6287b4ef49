/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "chart/palette.h"
#include "ipc/event.h"

G_BEGIN_DECLS

/*
 * What happened from @from_ms to before @to_ms, at the lower edge of a strip: an outage as a bar as
 * long as it was, and at least 2 pixels; what has no length as a triangle. Gaps are drawn with the
 * columns. @events: of PingemEvent
 */
void pingem_marks_draw (cairo_t *cr,
                        const PingemPalette *palette,
                        const GPtrArray *events,
                        gint64 from_ms,
                        gint64 to_ms,
                        double width,
                        double height);

G_END_DECLS
