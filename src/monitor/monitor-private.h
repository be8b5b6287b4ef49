/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/hop-search.h"
#include "monitor/monitor.h"
#include "monitor/network-manager.h"
#include "monitor/outages.h"
#include "monitor/prober.h"
#include "monitor/sleep-watch.h"

G_BEGIN_DECLS

#define PINGEM_MONITOR_WINDOW_S 30
#define PINGEM_MONITOR_WINDOW_NS (PINGEM_MONITOR_WINDOW_S * G_GINT64_CONSTANT (1000000000))

/* Legs that are a router on the way to an anchor. */
enum {
  PINGEM_PROVIDER_LEG,
  PINGEM_PROVIDER6_LEG,
  PINGEM_VPN_LEG,
  PINGEM_N_HOP_LEGS
};

typedef struct {
  PingemTarget *target; /* (owned) */
  PingemHopSearch search;
  PingemAddress host; /* the anchor; family 0: there is none, or no way to it */
  PingemRoute route;
  gint64 since_ns; /* CLOCK_BOOTTIME: when the search began */
} PingemHopLeg;

/**
 * PingemMonitor:
 *
 * Brings the parts together: what the prober tells goes into the targets'
 * windows and into the history; what people ask goes to targets and settings.
 *
 * In ten files: monitor.c (what happens), events.c (what of it the history is told), sleeps.c
 * (the machine's), legs.c (whom it is measured at), suspicion.c (how often), desktop.c (what other
 * services tell), load.c (what is measured under load), requests.c (what people ask), reload.c
 * (what a file says anew) and properties.c (what they are told).
 */
struct _PingemMonitor {
  GObject parent_instance;

  PingemSettings *settings;                 /* (owned) */
  PingemHistory *history;                   /* (owned) */
  PingemNetwatch *netwatch;                 /* (owned) (nullable) */
  PingemProber *prober;                     /* (owned) */
  GPtrArray *targets;                       /* (owned): of PingemTarget, the router first */
  GPtrArray *dormant;                       /* (owned): those that need IPv6, while there is none */
  PingemTarget *router6;                    /* (owned) (nullable): in targets while there is one */
  PingemHopLeg hop_legs[PINGEM_N_HOP_LEGS]; /* in targets as soon as there is something to say */
  GPtrArray *problems;                      /* (owned): of char * */
  char *history_problem;                    /* (owned) (nullable): while writing fails */
  PingemVerdictHold verdict;
  PingemOutage outage;
  gint64 suspected_ns;   /* CLOCK_BOOTTIME: when probing was last made faster; 0: never */
  char *network;         /* (owned) (nullable): text of the newest "network" event */
  char *vpn;             /* (owned) (nullable): ... "vpn" event */
  GHashTable *addresses; /* (owned): by key, of targets that are names: the last one's text */
  PingemTime last_tick;
  PingemTime sleeping; /* when logind said that the machine is about to; zeroed: it did not */
  gint64 excused_ns;   /* CLOCK_BOOTTIME: what was due until then, and is lost, was asleep */
  PingemSleepWatch *sleep_watch;         /* (owned) (nullable) */
  PingemNetworkManager *network_manager; /* (owned) (nullable) */
  gint64 last_change_us;                 /* g_get_monotonic_time() */
  gint64 paused_until_s;
  guint pause_id;
  guint flush_id;
  guint change_id;
  gboolean is_paused;
  gboolean is_loaded;
  gint64 loaded_from_ns; /* Unix time: the newest load's */
  gint64 loaded_to_ns;
  PingemThroughputFunc throughput_func; /* (nullable) */
  gpointer throughput_data;
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

/* Finds out who the legs are, and follows the routes. Call it once all targets are there. */
void pingem_monitor_start_legs (PingemMonitor *self);
void pingem_monitor_free_legs (PingemMonitor *self);
/* An anchor came, went, moved or changed. */
void pingem_monitor_follow_anchor (PingemMonitor *self);
void pingem_monitor_retry_legs (PingemMonitor *self, gint64 now_ns);
/* Whether it counts: not while it is searched who answers on the way. */
gboolean
pingem_monitor_take_hop (PingemMonitor *self, PingemTarget *target, const PingemRecord *record);

/* Probes at 5/s for 20 s whom the loss that was @found concerns, so that it is known whose it is.
 */
void
pingem_monitor_follow_suspicion (PingemMonitor *self, const PingemVerdict *found, gint64 now_ns);

/* Writes what is new. */
void pingem_monitor_flush (PingemMonitor *self);

/*
 * Each tells the history what is new of it, if anything is. @route: zeroed: there is none; @wifi:
 * (nullable): its network's name, NULL: not known
 */
void pingem_monitor_note_verdict (PingemMonitor *self);
void pingem_monitor_note_route (PingemMonitor *self, const PingemRoute *route, const char *wifi);
/* @interface: "": there is none */
void pingem_monitor_note_vpn (PingemMonitor *self, const char *interface);
void pingem_monitor_note_address (PingemMonitor *self, PingemTarget *target);
void
pingem_monitor_note_clock_step (PingemMonitor *self, const PingemTime *last, const PingemTime *now);
/* The machine slept, or nobody knows what it did, from @from_ms to @at_ms. */
void pingem_monitor_note_resume (PingemMonitor *self, gint64 from_ms, gint64 at_ms);

/* A gap that is over; while another is open, that one says why nothing is measured. */
void pingem_monitor_add_gap (PingemMonitor *self, PingemGap gap, gint64 from_ms, gint64 to_ms);
/* A reading of the clocks, which tell that the machine slept, or that one was set. */
void pingem_monitor_note_time (PingemMonitor *self, const PingemTime *now);
/* The machine is about to sleep, and awake again. */
void pingem_monitor_begin_sleep (PingemMonitor *self, const PingemTime *now);
void pingem_monitor_end_sleep (PingemMonitor *self, const PingemTime *now);
/* Whether it is lost because of a sleep: then it does not count. */
gboolean pingem_monitor_is_excused (PingemMonitor *self, const PingemRecord *record);

/* Whether the network wants people to sign in first, as far as anybody tells. */
gboolean pingem_monitor_is_behind_portal (PingemMonitor *self);
/* Of the Wi-Fi network that @interface is in. (nullable): it is in none, or nobody tells */
const char *pingem_monitor_find_wifi (PingemMonitor *self, const char *interface);
void pingem_monitor_free_desktop (PingemMonitor *self);

/* Whether it was sent while a load of our own was on the line. */
gboolean pingem_monitor_is_loaded (PingemMonitor *self, const PingemRecord *record);

/* The IPv4 default route, else the IPv6 one. */
gboolean pingem_monitor_find_route (PingemMonitor *self, PingemRoute *ret_route);
gboolean pingem_monitor_has_source (PingemMonitor *self);

G_END_DECLS
