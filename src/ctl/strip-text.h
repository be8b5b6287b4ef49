/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/column.h"

G_BEGIN_DECLS

/*
 * A character per column, read without colours too: as high as its longest RTT, or one of its own
 * where something is lost, all is lost, or nothing was measured. @has_colours: of ECMA-48.
 * (transfer full)
 */
char *pingem_strip_text (const PingemColumn *columns, guint n_columns, gboolean has_colours);
/* What the characters mean, in the reader's language. */
const char *pingem_strip_legend (void);

G_END_DECLS
