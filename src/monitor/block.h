/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/record.h"

G_BEGIN_DECLS

/* A block is of one minute, and holds no more slots than that. */
#define PINGEM_BLOCK_SPAN_MS 60000
#define PINGEM_BLOCK_MAX_SLOTS 6000
/* Minutes since 1970 are below this: the year 2097. */
#define PINGEM_BLOCK_MAX_MINUTE (1 << 26)

/* What the history keeps of one due slot. No hidden padding, so it compares as bytes. */
typedef struct {
  guint64 seq;
  gint64 sent_us; /* Unix time */
  gint32 rtt_us;  /* -1: unknown */
  gint32 error;   /* errno where UNSENT, else 0; never negative */
  guint32 duplicates;
  guint8 state; /* PingemState */
  guint8 ttl;   /* 0: unknown */
  guint8 icmp_type;
  guint8 icmp_code;
  PingemAddress from; /* who sent the ICMP error or the hop's answer */
} PingemSlot;

G_STATIC_ASSERT (sizeof (PingemSlot) == 56);

static inline gint64
pingem_slot_sent_ms (const PingemSlot *slot)
{
  return slot->sent_us / 1000 - (slot->sent_us % 1000 < 0);
}

PingemSlot pingem_slot_from_record (const PingemRecord *record);
/* What is not kept is 0. */
PingemRecord pingem_slot_to_record (const PingemSlot *slot);

/**
 * pingem_block_encode:
 * @slots: in order of seq, each seq once
 *
 * Packs some slots of one run of one target; what is as expected costs nothing, so an ordinary
 * reply takes 4 to 6 bytes. @slots may be any numbers: what is damaged is written as it was read.
 *
 * Returns: (transfer full): ends with g_byte_array_unref()
 */
GByteArray *pingem_block_encode (const PingemSlot *slots, guint n_slots);

/**
 * pingem_block_decode:
 * @slots: an array of PingemSlot; what was read is appended, also before damage
 *
 * Returns: %FALSE with PINGEM_ERROR_FAILED where @data is damaged or of another format
 */
gboolean pingem_block_decode (const guint8 *data, gsize length, GArray *slots, GError **error);

G_END_DECLS
