/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many bytes a day (of UTC) may cost: kept in a file, so that a restart gives nothing back. */
typedef struct PingemBudget PingemBudget;

PingemBudget *pingem_budget_new (const char *path, guint64 daily_bytes);
void pingem_budget_free (PingemBudget *budget);

/* @now_s: Unix time. FALSE: so much is not left. */
gboolean pingem_budget_has (PingemBudget *budget, guint64 n_bytes, gint64 now_s);
void pingem_budget_spend (PingemBudget *budget, guint64 n_bytes, gint64 now_s);
guint64 pingem_budget_get_spent (PingemBudget *budget, gint64 now_s);

G_END_DECLS
