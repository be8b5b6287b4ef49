/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "window/link.h"
#include "window/timeline.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_TARGET_LIST (pingem_target_list_get_type ())
G_DECLARE_FINAL_TYPE (PingemTargetList, pingem_target_list, PINGEM, TARGET_LIST, GtkBox)

/* Emits "failed" with a sentence where the monitor refuses what a row's menu asked for. */
void
pingem_target_list_set_source (PingemTargetList *self, PingemLink *link, PingemTimeline *timeline);
/* @targets: Monitor1's Targets; rows of the same keys stay. */
void pingem_target_list_show (PingemTargetList *self, GVariant *targets);
/* Keeps the rows and their strips, without the numbers of now. */
void pingem_target_list_forget (PingemTargetList *self);

G_END_DECLS
