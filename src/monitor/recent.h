/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/record.h"
#include "stats/rtt.h"
#include "stats/tally.h"

G_BEGIN_DECLS

/* So many seconds of CLOCK_BOOTTIME does a window of 30 s touch. */
#define PINGEM_RECENT_SECONDS 31

/* What was due in one second; each at most 255. */
typedef struct {
  guint8 due;
  guint8 bad; /* lost, unsent or ended by an error */
  guint8 late;
} PingemSecond;

/* The last seconds of one target, slot by slot: what statistics and verdict look at. */
typedef struct PingemRecent PingemRecent;

PingemRecent *pingem_recent_new (gint64 window_ns);
void pingem_recent_free (PingemRecent *recent);
/* Forgets all: the target moved to another address, or probing was interrupted. */
void pingem_recent_clear (PingemRecent *recent);

/* A new slot, or a newer state of one that is known; one that left the window is ignored. */
void pingem_recent_record (PingemRecent *recent, const PingemRecord *record);
/* Drops what was due more than the window before @now_ns (CLOCK_BOOTTIME). */
void pingem_recent_expire (PingemRecent *recent, gint64 now_ns);

PingemTally pingem_recent_tally (const PingemRecent *recent);
/* @seconds: the one of @now_ns first, PINGEM_RECENT_SECONDS of them. */
void pingem_recent_count_seconds (const PingemRecent *recent, gint64 now_ns, PingemSecond *seconds);
/* Of replies and late ones; jitter in the order of arrival. */
PingemRttSummary pingem_recent_rtts (const PingemRecent *recent);
/* -1: the window has no answered slot. */
gint64 pingem_recent_last_rtt_us (const PingemRecent *recent);
/* How many seconds since the newest answer have slots, without those in flight or held back. */
guint pingem_recent_streak (const PingemRecent *recent);
/* The errno where the newest slot of the streak could not be sent, else 0. */
int pingem_recent_unsent_error (const PingemRecent *recent);
/* Whether any probe was answered since the start or clear(). */
gboolean pingem_recent_has_answered (const PingemRecent *recent);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemRecent, pingem_recent_free)

G_END_DECLS
