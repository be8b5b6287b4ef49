/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Stable words for what may happen. */
#define PINGEM_EVENT_OUTAGE "outage"         /* text: the verdict; leg, target, due, bad */
#define PINGEM_EVENT_GAP "gap"               /* text: the reason, as pingem_gap_word() */
#define PINGEM_EVENT_NETWORK "network"       /* text: "wlan0 192.168.1.1 WI-FI", ...; "": none */
#define PINGEM_EVENT_VPN "vpn"               /* text: "tun0": it came; "": it went */
#define PINGEM_EVENT_ADDRESS "address"       /* target; text: its new address */
#define PINGEM_EVENT_CLOCK_STEP "clock-step" /* text: milliseconds, with a sign */
#define PINGEM_EVENT_RESUME "resume"         /* text: "" */
#define PINGEM_EVENT_NOTE "note"             /* text: what a user wrote */

/* So many characters a note may have. */
#define PINGEM_EVENT_MAX_NOTE 500

/* Something that happened. Strings are valid UTF-8, "" where they say nothing. */
typedef struct {
  char *kind;     /* (owned): a word from above, or one that only a newer Pingem knows */
  gint64 from_ms; /* Unix time */
  gint64 to_ms;   /* as from_ms where it has no length; -1: it goes on */
  char *leg;      /* (owned) */
  char *target;   /* (owned): its key */
  char *text;     /* (owned) */
  guint due;      /* so many slots of the target were due ... */
  guint bad;      /* ... and these of them lost, unsent, or ended by an error */
} PingemEvent;

/* @to_ms: -1: it goes on. What is no UTF-8 is replaced. Returns: (transfer full): of 0 slots */
PingemEvent *pingem_event_new (const char *kind,
                               gint64 from_ms,
                               gint64 to_ms,
                               const char *leg,
                               const char *target,
                               const char *text);
PingemEvent *pingem_event_copy (const PingemEvent *event);
void pingem_event_free (PingemEvent *event);

/* Of PingemEvent. Returns: (transfer none): floating, an entry of Monitor1's Events each */
GVariant *pingem_events_to_variant (const GPtrArray *events);
/* Returns: (transfer full) (element-type PingemEvent): what is missing is "" or 0 */
GPtrArray *pingem_events_from_variant (GVariant *variant);

/* In the reader's language: "Outage", ...; an unknown kind is returned as it is. */
const char *pingem_event_label (const PingemEvent *event);
/* In the reader's language: "your provider: 12 of 30 lost", "wlan0 via 192.0.2.1".
 * (transfer full) */
char *pingem_event_describe (const PingemEvent *event);
/* "1:02:03", "–" of what has no length, or that it goes on. (transfer full) */
char *pingem_event_duration (const PingemEvent *event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemEvent, pingem_event_free)

G_END_DECLS
