/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ipc/column.h"

G_BEGIN_DECLS

/* How high an RTT stands. */
typedef struct {
  int top_us; /* at full height; what is longer is cut there */
  gboolean is_log;
} PingemScale;

/*
 * The RTT that a scale for these columns has to show: of their p95 all but the
 * highest fiftieth, so that one spike does not flatten the rest; -1: no RTT.
 */
int pingem_scale_measure (const PingemColumn *columns, guint n_columns);
/* The next 1, 2 or 5 times a power of ten (of ten alone where @is_log) above @rtt_us. */
PingemScale pingem_scale_fit (int rtt_us, gboolean is_log);
/* 0 to 1; the logarithm begins at 0.1 ms. */
double pingem_scale_get_height (const PingemScale *scale, int rtt_us);

G_END_DECLS
