/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/netwatch.h"
#include "monitor/prober.h"
#include "monitor/target.h"

G_BEGIN_DECLS

/* What Monitor1's Status is made of. */
typedef struct {
  GPtrArray *targets;                 /* (unowned): of PingemTarget */
  PingemProber *prober;               /* (unowned): of them */
  GPtrArray *problems;                /* (unowned): of char * */
  const PingemVerdict *verdict;       /* (unowned): of these targets */
  const PingemThresholds *thresholds; /* (unowned) */
  guint window_s;
  gboolean is_paused;
  gboolean has_route;
  PingemRoute route;     /* the default route, where there is one */
  const char *wifi;      /* (nullable): name of its Wi-Fi network */
  int signal;            /* of that, 0 to 100; -1: unknown */
  gint64 paused_until_s; /* 0: until resumed */
} PingemReport;

/* Of their windows now. */
PingemVerdict
pingem_report_judge (const PingemThresholds *thresholds, GPtrArray *targets, gint64 now_ns);

/* Floating, as documented in io.github.pingem.Monitor1.xml. */
GVariant *pingem_report_build_status (const PingemReport *report);
GVariant *pingem_report_build_targets (const PingemReport *report);

G_END_DECLS
