/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/ledger.h"

#include <string.h>

#include "engine/socket.h"

/* So many probes end each at its own time. */
#define MAX_EXACT 1000

void
pingem_ledger_init (PingemLedger *ledger, const uint8_t hash_key[static PINGEM_SIPHASH_KEY_SIZE])
{
  *ledger = (PingemLedger){ 0 };
  pingem_targets_init (&ledger->targets, hash_key);
  pingem_destinations_init (&ledger->destinations[0], 4, hash_key);
  pingem_destinations_init (&ledger->destinations[1], 16, hash_key);
  pingem_lanes_init (&ledger->lanes);
  pingem_pool_init (&ledger->slots, sizeof (PingemSlot));
  pingem_answers_init (&ledger->answers);
}

void
pingem_ledger_clear (PingemLedger *ledger)
{
  pingem_answers_clear (&ledger->answers);
  pingem_pool_clear (&ledger->slots);
  pingem_lanes_clear (&ledger->lanes);
  pingem_destinations_clear (&ledger->destinations[0]);
  pingem_destinations_clear (&ledger->destinations[1]);
  pingem_targets_clear (&ledger->targets);
}

static PingemSlot *
slot_at (const PingemLedger *ledger, uint32_t slot)
{
  return slot != PINGEM_NONE ? pingem_pool_at (&ledger->slots, slot) : NULL;
}

static uint32_t
index_of_slot (const PingemLedger *ledger, const PingemSlot *slot)
{
  return slot - (const PingemSlot *) ledger->slots.items;
}

PingemTarget *
pingem_ledger_target_of (const PingemLedger *ledger, const PingemSlot *slot)
{
  return pingem_targets_at (&ledger->targets, slot->target);
}

PingemDestinations *
pingem_ledger_destinations (const PingemLedger *ledger, sa_family_t family)
{
  return (PingemDestinations *) &ledger->destinations[family == AF_INET6];
}

PingemDestination *
pingem_ledger_destination_of (const PingemLedger *ledger, const PingemTarget *target)
{
  const PingemTargetSpec *common = pingem_targets_common_of (&ledger->targets, target);

  return pingem_destinations_at (pingem_ledger_destinations (ledger, common->address.family),
                                 target->destination);
}

PingemTargetSpec
pingem_ledger_spec_of (const PingemLedger *ledger, const PingemTarget *target)
{
  PingemTargetSpec spec = *pingem_targets_common_of (&ledger->targets, target);

  spec.id = target->id;
  memcpy (spec.address.bytes, pingem_ledger_destination_of (ledger, target)->bytes,
          pingem_address_n_bytes (&spec.address));

  return spec;
}

bool
pingem_ledger_reserve (PingemLedger *ledger)
{
  return pingem_pool_reserve (&ledger->slots) &&
         pingem_pool_next (&ledger->slots) < PINGEM_MAX_SLOTS;
}

uint64_t
pingem_ledger_next_number (const PingemLedger *ledger)
{
  return ledger->next_count << PINGEM_SLOT_BITS | pingem_pool_next (&ledger->slots);
}

static uint32_t
lane_of (const PingemLedger *ledger, const PingemTarget *target)
{
  return pingem_profiles_at (&ledger->targets.profiles, target->profile)->lane;
}

static uint32_t
weight_of (const PingemLedger *ledger, const PingemTarget *target)
{
  return pingem_reply_weight (pingem_targets_common_of (&ledger->targets, target)->size);
}

PingemSlot *
pingem_ledger_send (
    PingemLedger *ledger, uint32_t target, uint64_t seq, int64_t mono_ns, int64_t real_ns)
{
  PingemTarget *t = pingem_targets_at (&ledger->targets, target);
  PingemDestination *destination = pingem_ledger_destination_of (ledger, t);
  uint32_t index = pingem_pool_take (&ledger->slots);
  PingemSlot *slot = slot_at (ledger, index);

  *slot = (PingemSlot){
    .count_low = ledger->next_count++,
    .seq_low = seq,
    .sent_mono_ns = mono_ns,
    .sent_real_ns = real_ns,
    .target = target,
    .wire_seq = destination->next_wire_seq++,
    .state = PINGEM_STATE_IN_FLIGHT,
  };
  t->n_refs++;
  ledger->n_in_flight++;
  ledger->in_flight_weight += weight_of (ledger, t);
  pingem_destination_push (destination, &ledger->slots, index);
  pingem_lanes_push (&ledger->lanes, lane_of (ledger, t), false, &ledger->slots, index);

  return slot;
}

/* The number below @next whose low half is @low. */
static uint64_t
complete (uint32_t low, uint64_t next)
{
  return next - 1 - (uint32_t) (next - 1 - low);
}

uint64_t
pingem_ledger_count_of (const PingemLedger *ledger, const PingemSlot *slot)
{
  return complete (slot->count_low, ledger->next_count);
}

uint64_t
pingem_ledger_number_of (const PingemLedger *ledger, const PingemSlot *slot)
{
  return pingem_ledger_count_of (ledger, slot) << PINGEM_SLOT_BITS | index_of_slot (ledger, slot);
}

PingemSlot *
pingem_ledger_find (const PingemLedger *ledger, uint64_t number)
{
  uint32_t index = number & ((UINT32_C (1) << PINGEM_SLOT_BITS) - 1);
  PingemSlot *slot;

  if (index >= ledger->slots.n_touched)
    return NULL;

  slot = slot_at (ledger, index);
  if (slot->state == PINGEM_STATE_UNSENT || pingem_ledger_number_of (ledger, slot) != number)
    return NULL;

  return slot;
}

PingemSlot *
pingem_ledger_find_wire (const PingemLedger *ledger,
                         const PingemAddress *address,
                         uint16_t wire_seq)
{
  const PingemDestinations *destinations = pingem_ledger_destinations (ledger, address->family);
  uint32_t index = pingem_destinations_find (destinations, address->bytes);
  const PingemDestination *destination;
  uint32_t slot;

  if (index == PINGEM_NONE)
    return NULL;

  destination = pingem_destinations_at (destinations, index);
  slot = pingem_destination_first (destination, &ledger->slots);
  while (slot != PINGEM_NONE && slot_at (ledger, slot)->wire_seq != wire_seq)
    slot = pingem_destination_next (destination, &ledger->slots, slot);

  return slot_at (ledger, slot);
}

static void
leave_flight (PingemLedger *ledger, PingemSlot *slot, PingemState state)
{
  const PingemTarget *target = pingem_ledger_target_of (ledger, slot);
  PingemDestination *destination = pingem_ledger_destination_of (ledger, target);

  if (slot->state == PINGEM_STATE_IN_FLIGHT)
    {
      pingem_destination_remove (destination, &ledger->slots, index_of_slot (ledger, slot));
      slot->answer = PINGEM_NONE;
      ledger->n_in_flight--;
      ledger->in_flight_weight -= weight_of (ledger, target);
      pingem_targets_wake (&ledger->targets, slot->target);
    }

  slot->state = state;
}

/* False without memory: then nothing has changed. */
static bool
note_answer (PingemLedger *ledger, PingemSlot *slot, PingemState state, const PingemAnswer *answer)
{
  uint32_t old = slot->state != PINGEM_STATE_IN_FLIGHT ? slot->answer : PINGEM_NONE;
  uint32_t index = pingem_answers_add (&ledger->answers, answer);

  if (index == PINGEM_NONE)
    return false;
  if (old != PINGEM_NONE)
    pingem_answers_remove (&ledger->answers, old);

  leave_flight (ledger, slot, state);
  slot->answer = index;

  return true;
}

bool
pingem_ledger_reply (PingemLedger *ledger, PingemSlot *slot, const PingemAnswer *answer)
{
  const PingemTarget *target = pingem_ledger_target_of (ledger, slot);
  const PingemLane *lane = pingem_lanes_at (&ledger->lanes, lane_of (ledger, target));

  if (slot->state == PINGEM_STATE_REPLY || slot->state == PINGEM_STATE_LATE)
    {
      pingem_answers_add_duplicate (&ledger->answers, slot->answer);
      return true;
    }
  if (answer->rtt_ns < lane->timeout_ns)
    return note_answer (ledger, slot, PINGEM_STATE_REPLY, answer);
  if (answer->rtt_ns < lane->timeout_ns + lane->hold_ns)
    return note_answer (ledger, slot, PINGEM_STATE_LATE, answer);

  return false;
}

bool
pingem_ledger_error (PingemLedger *ledger, PingemSlot *slot, const PingemAnswer *answer)
{
  return slot->state == PINGEM_STATE_IN_FLIGHT &&
         note_answer (ledger, slot, PINGEM_STATE_ERROR, answer);
}

/* After its timeout; whether there is something to tell. */
static bool
end_wait (PingemLedger *ledger, uint32_t lane, uint32_t index)
{
  PingemSlot *slot = slot_at (ledger, index);
  bool is_silent = slot->state == PINGEM_STATE_IN_FLIGHT || slot->state == PINGEM_STATE_ERROR;

  if (slot->state == PINGEM_STATE_IN_FLIGHT)
    leave_flight (ledger, slot, PINGEM_STATE_LOST);
  slot->is_timed_out = true;

  if (pingem_lanes_at (&ledger->lanes, lane)->hold_ns == 0)
    slot->is_final = true;
  else
    pingem_lanes_push (&ledger->lanes, lane, true, &ledger->slots, index);

  return is_silent || slot->is_final;
}

PingemSlot *
pingem_ledger_expire (PingemLedger *ledger, int64_t mono_ns)
{
  uint32_t lane;
  bool is_held;

  for (;;)
    {
      uint32_t index = pingem_lanes_pop (&ledger->lanes, &ledger->slots, mono_ns, &lane, &is_held);
      PingemSlot *slot = slot_at (ledger, index);

      if (slot == NULL)
        return NULL;
      if (is_held)
        slot->is_final = true;
      if (is_held || end_wait (ledger, lane, index))
        return slot;
    }
}

void
pingem_ledger_drop (PingemLedger *ledger, PingemSlot *slot)
{
  if (slot->answer != PINGEM_NONE)
    pingem_answers_remove (&ledger->answers, slot->answer);
  pingem_ledger_release_target (ledger, slot->target);
  slot->state = PINGEM_STATE_UNSENT;
  pingem_pool_give (&ledger->slots, index_of_slot (ledger, slot));
}

int64_t
pingem_ledger_deadline (const PingemLedger *ledger)
{
  return pingem_lanes_deadline (&ledger->lanes);
}

int64_t
pingem_ledger_choose_wake (const PingemLedger *ledger, int64_t due_ns, int64_t expiry_ns)
{
  if (ledger->slots.n_live > MAX_EXACT)
    expiry_ns = pingem_round_to_tick (expiry_ns);

  return pingem_targets_choose_wake (&ledger->targets, due_ns < expiry_ns ? due_ns : expiry_ns);
}

static void
fill_answer (const PingemLedger *ledger, uint32_t index, PingemRecord *record)
{
  PingemAnswer answer = pingem_answers_get (&ledger->answers, index);

  record->rtt_ns = answer.rtt_ns;
  record->duplicates = answer.duplicates;
  record->flags |= answer.flags;
  record->ttl = answer.ttl;
  record->icmp_type = answer.icmp_type;
  record->icmp_code = answer.icmp_code;
  record->from = answer.from;
  record->error = answer.error;
}

PingemRecord
pingem_ledger_record (const PingemLedger *ledger, const PingemSlot *slot)
{
  const PingemTarget *target = pingem_ledger_target_of (ledger, slot);
  uint64_t seq = complete (slot->seq_low, target->next_seq);
  PingemRecord record = {
    .seq = seq,
    .due_ns = pingem_targets_due_ns (&ledger->targets, target, seq),
    .sent_ns = slot->sent_real_ns,
    .rtt_ns = -1,
    .target = target->id,
    .state = slot->state,
    .flags = (slot->is_final ? PINGEM_RECORD_FINAL : 0) |
             (slot->has_transmit_stamp ? PINGEM_RECORD_TRANSMIT_STAMP : 0) |
             (slot->is_timed_out ? PINGEM_RECORD_TIMED_OUT : 0),
  };

  /* Off any grid a slot is due when it is sent. */
  if (pingem_targets_common_of (&ledger->targets, target)->interval_ms == 0)
    record.due_ns = slot->sent_mono_ns + ledger->boot_offset_ns;
  if (slot->state != PINGEM_STATE_IN_FLIGHT && slot->answer != PINGEM_NONE)
    fill_answer (ledger, slot->answer, &record);

  return record;
}
