/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Columns as wide as their longest cell, for terminals. */
typedef struct PingemTable PingemTable;

/* @alignment: which columns stand to the right: "  >>" for four, the last two of which do */
PingemTable *pingem_table_new (const char *alignment);
void pingem_table_free (PingemTable *self);

/* As many cells as there are columns, then NULL; control characters are shown as "?". */
void pingem_table_add (PingemTable *self, ...) G_GNUC_NULL_TERMINATED;
/* One line per row, each with its end. (transfer full) */
char *pingem_table_print (PingemTable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemTable, pingem_table_free)

G_END_DECLS
