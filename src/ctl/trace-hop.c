/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/trace-hop.h"

#include <errno.h>

/* What is counted of one slot. A slot that passed unsent, as this machine slept, is not. */
typedef struct {
  guint8 is_told;
  guint8 state; /* PingemState */
  guint16 error;
} Slot;

PingemTraceHop *
pingem_trace_hop_new (const PingemAddress *address)
{
  PingemTraceHop *hop = g_new0 (PingemTraceHop, 1);

  hop->address = *address;
  hop->slots = g_array_new (FALSE, TRUE, sizeof (Slot));
  hop->addresses = g_array_new (FALSE, FALSE, sizeof (PingemTraceAddress));

  return hop;
}

void
pingem_trace_hop_free (PingemTraceHop *hop)
{
  pingem_rtts_clear (&hop->rtts);
  g_array_unref (hop->slots);
  g_array_unref (hop->addresses);
  g_free (hop);
}

static Slot *
find_slot (PingemTraceHop *hop, guint64 seq)
{
  if (seq >= hop->slots->len)
    g_array_set_size (hop->slots, seq + 1);

  return &g_array_index (hop->slots, Slot, seq);
}

static gboolean
is_answered (PingemState state)
{
  return state == PINGEM_STATE_REPLY || state == PINGEM_STATE_LATE;
}

static void
count_address (PingemTraceHop *hop, const PingemAddress *address)
{
  PingemTraceAddress added = { *address, 1 };

  for (guint i = 0; i < hop->addresses->len; i++)
    {
      PingemTraceAddress *known = &g_array_index (hop->addresses, PingemTraceAddress, i);

      if (pingem_address_equal (&known->address, address))
        {
          known->count++;
          return;
        }
    }

  g_array_append_val (hop->addresses, added);
}

static void
note_answer (PingemTraceHop *hop, const PingemRecord *record)
{
  count_address (hop, record->from.family != 0 ? &record->from : &hop->address);
  if (record->rtt_ns >= 0 && pingem_rtts_add (&hop->rtts, record->rtt_ns / 1000) < 0)
    g_error ("Out of memory");
}

void
pingem_trace_hop_take (PingemTraceHop *hop, const PingemRecord *record, guint32 count)
{
  Slot *slot;
  Slot old;

  if (record->seq >= count || record->state >= PINGEM_N_STATES)
    return;

  slot = find_slot (hop, record->seq);
  old = *slot;
  *slot = (Slot){ TRUE, record->state, record->error };
  if (old.is_told)
    pingem_tally_remove (&hop->tally, old.state, old.error);
  pingem_tally_add (&hop->tally, record->state, record->error);

  if (is_answered (record->state) && !(old.is_told && is_answered (old.state)))
    note_answer (hop, record);
  if (record->state == PINGEM_STATE_ERROR)
    hop->error = *record;
  if (record->state == PINGEM_STATE_UNSENT && record->error != EAGAIN)
    hop->send_errno = record->error;
}

gboolean
pingem_trace_hop_is_settled (const PingemTraceHop *hop, guint32 n)
{
  return hop->slots->len >= n && hop->tally.in_flight == 0;
}

gboolean
pingem_trace_hop_has_answer (const PingemTraceHop *hop)
{
  return hop->tally.reply + hop->tally.late > 0;
}

PingemHopLoss
pingem_trace_hop_loss (const PingemTraceHop *hop)
{
  const PingemTally *tally = &hop->tally;

  return (PingemHopLoss){
    .n = pingem_tally_due (tally) - tally->unsent,
    .lost = tally->lost + tally->error,
  };
}
