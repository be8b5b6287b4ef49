/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "window/event-feed.h"
#include "window/feed.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_TARGET_ROW (pingem_target_row_get_type ())
G_DECLARE_FINAL_TYPE (PingemTargetRow, pingem_target_row, PINGEM, TARGET_ROW, GtkWidget)

/* Emits "edit" and "remove" when its menu is used. */
PingemTargetRow *pingem_target_row_new (PingemLink *link,
                                        PingemTimeline *timeline,
                                        PingemEventFeed *events,
                                        const char *key);
/* @target: one of Monitor1's Targets */
void pingem_target_row_show (PingemTargetRow *self, GVariant *target);
/* Nothing is measured: its last numbers must not look like how it stands. */
void pingem_target_row_forget (PingemTargetRow *self);
const char *pingem_target_row_get_key (PingemTargetRow *self);
/* As last shown. Returns: (transfer none) */
GVariant *pingem_target_row_get_target (PingemTargetRow *self);
PingemFeed *pingem_target_row_get_feed (PingemTargetRow *self);

G_END_DECLS
