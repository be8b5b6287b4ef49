/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "stats/burst.h"
#include "stats/rtt.h"
#include "stats/tally.h"

G_BEGIN_DECLS

/* Statistics of a range of one target. */
typedef struct {
  PingemTally tally;
  PingemBursts bursts;
  PingemRttSummary rtt; /* jitter: see about */
  gint64 mean_us;       /* -1: unknown */
  double mos;           /* 1 to 4.5; -1: unknown */
  /*
   * Of rollups: percentiles are within 5 %, the mean is unknown, and jitter is the mean difference
   * of consecutive RTTs in order of sending; else it is RFC 3550's, in order of arrival.
   */
  gboolean is_about;
} PingemSummary;

/* Returns: (transfer none): floating, a{sv}, as Monitor1's Summary; what is unknown is left out */
GVariant *pingem_summary_to_variant (const PingemSummary *summary);

G_END_DECLS
