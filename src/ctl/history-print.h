/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/column.h"

G_BEGIN_DECLS

/* One object, without its end of line. (transfer full) */
char *pingem_column_json (const PingemColumn *column);
/* A table with times in @zone. (transfer full) */
char *pingem_columns_text (const PingemColumn *columns, guint n_columns, GTimeZone *zone);

G_END_DECLS
