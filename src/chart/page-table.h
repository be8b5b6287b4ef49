/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "chart/palette.h"

G_BEGIN_DECLS

/*
 * A table on a page, in a Pango font description. The first row is its head. Columns are as wide as
 * what stands in them; what does not fit into the page's width is taken from the first two, whose
 * texts are cut with "…".
 */
typedef struct PingemPageTable PingemPageTable;

/* @alignment: per column: ' ' left, '>' right */
PingemPageTable *pingem_page_table_new (const char *font, const char *alignment);
void pingem_page_table_free (PingemPageTable *self);
/* @cell: (nullable): as many as there are columns follow, and NULL */
void pingem_page_table_add (PingemPageTable *self, ...) G_GNUC_NULL_TERMINATED;
/* From the current origin. Returns: how high it is */
double pingem_page_table_draw (PingemPageTable *self,
                               cairo_t *cr,
                               const PingemPalette *palette,
                               double width);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemPageTable, pingem_page_table_free)

G_END_DECLS
