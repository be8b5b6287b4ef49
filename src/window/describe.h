/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/column.h"

G_BEGIN_DECLS

/* A column's exact numbers, a line each. Returns: (transfer full) */
char *pingem_describe_column (const PingemColumn *column, GTimeZone *zone);
/* A strip for those who cannot see it: one line. Returns: (transfer full) */
char *pingem_describe_strip (const PingemColumn *columns, guint n_columns);
/* Leg, address and numeric address of one of Monitor1's Targets, none twice. Returns: (transfer
 * full) */
char *pingem_describe_address (GVariant *target);

G_END_DECLS
