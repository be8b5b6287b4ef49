/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/monitor.h"
#include "monitor/prober.h"

G_BEGIN_DECLS

#define PINGEM_MONITOR_WINDOW_S 30

/**
 * PingemMonitor:
 *
 * Brings the parts together: what the prober tells goes into the targets'
 * windows and into the history; what people ask goes to targets and settings.
 *
 * In three files: monitor.c (what happens), requests.c (what people ask) and
 * properties.c (what they are told).
 */
struct _PingemMonitor {
  GObject parent_instance;

  PingemSettings *settings; /* (owned) */
  PingemHistory *history;   /* (owned) */
  PingemNetwatch *netwatch; /* (owned) (nullable) */
  PingemProber *prober;     /* (owned) */
  GPtrArray *targets;       /* (owned): of PingemTarget, the router first */
  GPtrArray *problems;      /* (owned): of char * */
  char *history_problem;    /* (owned) (nullable): while writing fails */
  PingemVerdictHold verdict;
  PingemTime last_tick;
  gint64 last_change_us; /* g_get_monotonic_time() */
  gint64 paused_until_s;
  guint pause_id;
  guint flush_id;
  guint change_id;
  gboolean is_paused;
};

/* Emits `changed` soon, and never twice within a second. */
void pingem_monitor_queue_change (PingemMonitor *self);
/* Emits `changed`: who asked for a change finds it done. */
void pingem_monitor_change_now (PingemMonitor *self);
/* (transfer none): taken into the list, the history and the prober */
PingemTarget *pingem_monitor_insert_target (PingemMonitor *self, const PingemTargetConfig *config);
/* Undoes it; the history keeps what was measured. */
void pingem_monitor_drop_target (PingemMonitor *self, PingemTarget *target);
/* Tells the history what the target is called. */
void pingem_monitor_name_target (PingemMonitor *self, PingemTarget *target);
/* Nothing is measured any more: what was is not shown as if it were now. */
void pingem_monitor_forget_recent (PingemMonitor *self);
/* Tells the history whether, and why, nothing is measured from now on. */
void pingem_monitor_update_gap (PingemMonitor *self);

/* The IPv4 default route, else the IPv6 one. */
gboolean pingem_monitor_find_route (PingemMonitor *self, PingemRoute *ret_route);
gboolean pingem_monitor_has_source (PingemMonitor *self);

G_END_DECLS
