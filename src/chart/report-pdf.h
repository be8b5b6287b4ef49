/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/report-view.h"

G_BEGIN_DECLS

/*
 * Writes a report to @path as a PDF of one page, A4 or Letter as the locale's paper has it: the
 * file is there whole, or stays as it was. Fails with a sentence.
 */
gboolean pingem_report_pdf_save (const PingemReportView *view, const char *path, GError **error);

G_END_DECLS
