/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/column.h"
#include "window/link.h"
#include "window/timeline.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_FEED (pingem_feed_get_type ())
G_DECLARE_FINAL_TYPE (PingemFeed, pingem_feed, PINGEM, FEED, GObject)

/* Keeps one target's columns up to date while @timeline runs; emits "changed". */
PingemFeed *pingem_feed_new (PingemLink *link, PingemTimeline *timeline, const char *key);
/* Returns: (transfer none): valid until the next "changed" */
const PingemColumn *pingem_feed_get_columns (PingemFeed *self, guint *ret_n);

G_END_DECLS
