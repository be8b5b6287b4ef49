/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/ledger.h"

/* How soon to look again for what nothing tells. */
#define RETRY_NS INT64_C (1000000)

void
pingem_ledger_init (PingemLedger *ledger, const uint8_t hash_key[static PINGEM_SIPHASH_KEY_SIZE])
{
  *ledger = (PingemLedger){ 0 };
  pingem_targets_init (&ledger->targets);
  pingem_destinations_init (&ledger->destinations, hash_key);
  pingem_lanes_init (&ledger->lanes);
  pingem_pool_init (&ledger->slots, sizeof (PingemSlot));
  pingem_pool_init (&ledger->answers, sizeof (PingemAnswer));
}

void
pingem_ledger_clear (PingemLedger *ledger)
{
  pingem_pool_clear (&ledger->answers);
  pingem_pool_clear (&ledger->slots);
  pingem_lanes_clear (&ledger->lanes);
  pingem_destinations_clear (&ledger->destinations);
  pingem_targets_clear (&ledger->targets);
}

static PingemSlot *
slot_at (const PingemLedger *ledger, uint32_t slot)
{
  return slot != PINGEM_NONE ? pingem_pool_at (&ledger->slots, slot) : NULL;
}

static PingemAnswer *
answer_at (const PingemLedger *ledger, uint32_t answer)
{
  return answer != PINGEM_NONE ? pingem_pool_at (&ledger->answers, answer) : NULL;
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

PingemDestination *
pingem_ledger_destination_of (const PingemLedger *ledger, const PingemTarget *target)
{
  return pingem_destinations_at (&ledger->destinations, target->destination);
}

PingemTargetSpec
pingem_ledger_spec_of (const PingemLedger *ledger, const PingemTarget *target)
{
  return target->spec;
}

static bool
is_blocked (const PingemLedger *ledger, uint32_t target)
{
  const PingemTarget *t = pingem_targets_at (&ledger->targets, target);

  return t->spec.interval_ms == 0 &&
         pingem_ledger_destination_of (ledger, t)->n_outstanding >= PINGEM_MAX_OUTSTANDING;
}

/* Whether one of the probes in flight to its host is its own. */
static bool
has_outstanding (const PingemLedger *ledger, uint32_t target)
{
  const PingemDestination *destination =
      pingem_ledger_destination_of (ledger, pingem_targets_at (&ledger->targets, target));
  const PingemSlot *slot = slot_at (ledger, destination->head);

  while (slot != NULL && slot->target != target)
    slot = slot_at (ledger, slot->neighbour);

  return slot != NULL;
}

uint32_t
pingem_ledger_take_due (PingemLedger *ledger, const PingemTime *now, uint64_t *ret_seq)
{
  PingemTargets *targets = &ledger->targets;
  uint32_t target;

  ledger->boot_offset_ns = now->boot_ns - now->mono_ns;

  while ((target = pingem_targets_first_due (targets, now->boot_ns)) != PINGEM_NONE &&
         is_blocked (ledger, target))
    if (has_outstanding (ledger, target))
      pingem_targets_park (targets, target);
    else
      pingem_targets_put_off (targets, target, now->boot_ns + RETRY_NS);

  return pingem_targets_take_due (targets, now->boot_ns, ret_seq);
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
  pingem_destination_push (destination, &ledger->slots, index);
  pingem_lanes_push (&ledger->lanes, t->lane, false, &ledger->slots, index);

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
  uint32_t index = number & (PINGEM_MAX_SLOTS - 1);
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
  uint32_t destination = pingem_destinations_find (&ledger->destinations, address);
  PingemSlot *slot;

  if (destination == PINGEM_NONE)
    return NULL;

  slot = slot_at (ledger, pingem_destinations_at (&ledger->destinations, destination)->head);
  while (slot != NULL && slot->wire_seq != wire_seq)
    slot = slot_at (ledger, slot->neighbour);

  return slot;
}

static void
leave_flight (PingemLedger *ledger, PingemSlot *slot, PingemState state)
{
  PingemDestination *destination =
      pingem_ledger_destination_of (ledger, pingem_ledger_target_of (ledger, slot));

  if (slot->state == PINGEM_STATE_IN_FLIGHT)
    {
      pingem_destination_remove (destination, &ledger->slots, index_of_slot (ledger, slot));
      slot->answer = PINGEM_NONE;
      ledger->n_in_flight--;
      pingem_targets_wake (&ledger->targets, slot->target);
    }

  slot->state = state;
}

/* False without memory: then nothing has changed. */
static bool
note_answer (PingemLedger *ledger, PingemSlot *slot, PingemState state, const PingemAnswer *answer)
{
  uint32_t index = slot->state != PINGEM_STATE_IN_FLIGHT ? slot->answer : PINGEM_NONE;

  if (index == PINGEM_NONE)
    index = pingem_pool_take (&ledger->answers);
  if (index == PINGEM_NONE)
    return false;

  leave_flight (ledger, slot, state);
  slot->answer = index;
  *answer_at (ledger, index) = *answer;

  return true;
}

bool
pingem_ledger_reply (PingemLedger *ledger, PingemSlot *slot, const PingemAnswer *answer)
{
  const PingemTarget *target = pingem_ledger_target_of (ledger, slot);
  const PingemLane *lane = pingem_lanes_at (&ledger->lanes, target->lane);

  if (slot->state == PINGEM_STATE_REPLY || slot->state == PINGEM_STATE_LATE)
    {
      answer_at (ledger, slot->answer)->duplicates++;
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
  bool is_lost = slot->state == PINGEM_STATE_IN_FLIGHT;

  if (is_lost)
    leave_flight (ledger, slot, PINGEM_STATE_LOST);

  if (pingem_lanes_at (&ledger->lanes, lane)->hold_ns == 0)
    slot->is_final = true;
  else
    pingem_lanes_push (&ledger->lanes, lane, true, &ledger->slots, index);

  return is_lost || slot->is_final;
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
    pingem_pool_give (&ledger->answers, slot->answer);
  pingem_ledger_release_target (ledger, slot->target);
  slot->state = PINGEM_STATE_UNSENT;
  pingem_pool_give (&ledger->slots, index_of_slot (ledger, slot));
}

int64_t
pingem_ledger_deadline (const PingemLedger *ledger)
{
  return pingem_lanes_deadline (&ledger->lanes);
}

PingemRecord
pingem_ledger_record (const PingemLedger *ledger, const PingemSlot *slot)
{
  const PingemTarget *target = pingem_ledger_target_of (ledger, slot);
  bool is_in_flight = slot->state == PINGEM_STATE_IN_FLIGHT;
  const PingemAnswer *answer = is_in_flight ? NULL : answer_at (ledger, slot->answer);
  uint64_t seq = complete (slot->seq_low, target->next_seq);
  PingemRecord record = {
    .seq = seq,
    .due_ns = pingem_target_due_ns (target, seq),
    .sent_ns = slot->sent_real_ns,
    .rtt_ns = -1,
    .target = target->spec.id,
    .state = slot->state,
    .flags = slot->is_final ? PINGEM_RECORD_FINAL : 0,
  };

  /* Off any grid a slot is due when it is sent. */
  if (target->spec.interval_ms == 0)
    record.due_ns = slot->sent_mono_ns + ledger->boot_offset_ns;
  if (answer != NULL)
    {
      record.rtt_ns = answer->rtt_ns;
      record.duplicates = answer->duplicates;
      record.flags |= answer->flags;
      record.ttl = answer->ttl;
      record.icmp_type = answer->icmp_type;
      record.icmp_code = answer->icmp_code;
      record.from = answer->from;
    }

  return record;
}
