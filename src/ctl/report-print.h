/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/report-view.h"

G_BEGIN_DECLS

/* A page in the reader's language. (transfer full) */
char *pingem_report_text (const PingemReportView *view);
/* One object, without its end of line. (transfer full) */
char *pingem_report_json (const PingemReportView *view);

G_END_DECLS
