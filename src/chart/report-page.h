/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <cairo.h>

#include "ipc/report-view.h"

G_BEGIN_DECLS

/* In points. */
#define PINGEM_PAGE_A4_WIDTH 595
#define PINGEM_PAGE_A4_HEIGHT 842

/* How many columns a strip of the page has. */
#define PINGEM_PAGE_COLUMNS 400

/*
 * A report as one page of @width and @height points, in the reader's language: figures, strips,
 * outages, the loss by hour of the week where the time is a day or more, and the method. Of many
 * targets the worst are shown, and how many there are more.
 */
void
pingem_report_page_draw (cairo_t *cr, const PingemReportView *view, double width, double height);

/* Of the document. (transfer full) */
char *pingem_report_page_title (void);

/*
 * Writes it to @path as a PDF, which stands there whole or not at all. Fails with a sentence, in
 * the domain of PINGEM_ERROR.
 */
gboolean pingem_report_page_save (const PingemReportView *view, const char *path, GError **error);

G_END_DECLS
