/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <cairo.h>

#include "ipc/report-view.h"

G_BEGIN_DECLS

/* How many columns a strip of the page has. */
#define PINGEM_PAGE_COLUMNS 400

/*
 * A report as one page of @width and @height points, in the reader's language: figures, strips,
 * outages, the loss by hour of the week where the time is a day or more, and the method. Of many
 * targets the worst are shown, and how many there are more.
 */
void
pingem_report_page_draw (cairo_t *cr, const PingemReportView *view, double width, double height);

G_END_DECLS
