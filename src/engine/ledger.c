/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/ledger.h"

#include <errno.h>

static uint64_t
number_of_slot (const void *item)
{
  return ((const PingemSlot *) item)->number;
}

void
pingem_ledger_init (PingemLedger *ledger, const uint8_t hash_key[static PINGEM_SIPHASH_KEY_SIZE])
{
  *ledger = (PingemLedger){ 0 };
  pingem_targets_init (&ledger->targets);
  pingem_destinations_init (&ledger->destinations, hash_key);
  pingem_lanes_init (&ledger->lanes);
  pingem_pool_init (&ledger->slots, sizeof (PingemSlot));
  pingem_pool_init (&ledger->answers, sizeof (PingemAnswer));
  pingem_index_init (&ledger->by_number, &ledger->slots, number_of_slot);
}

void
pingem_ledger_clear (PingemLedger *ledger)
{
  pingem_index_clear (&ledger->by_number);
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
  return pingem_index_find (&ledger->by_number, slot->number);
}

/* What a target needs beside itself. */
typedef struct {
  uint32_t lane;
  uint32_t destination;
} Needs;

static int
get_needs (PingemLedger *ledger, const PingemTargetSpec *spec, Needs *ret_needs)
{
  uint32_t lane = pingem_lanes_get (&ledger->lanes, spec->timeout_ms, spec->hold_ms);
  uint32_t destination;

  if (lane == PINGEM_NONE)
    return -ENOMEM;

  /* A later count never begins where one of an earlier use of this address stood. */
  destination =
      pingem_destinations_get (&ledger->destinations, &spec->address, ledger->next_number);
  if (destination == PINGEM_NONE)
    {
      pingem_lanes_release (&ledger->lanes, lane);
      return -ENOMEM;
    }

  *ret_needs = (Needs){ .lane = lane, .destination = destination };

  return 0;
}

static void
release_needs (PingemLedger *ledger, uint32_t lane, uint32_t destination)
{
  pingem_lanes_release (&ledger->lanes, lane);
  pingem_destinations_release (&ledger->destinations, destination);
}

static void
release_target (PingemLedger *ledger, uint32_t target)
{
  PingemTarget *t = pingem_targets_at (&ledger->targets, target);

  if (--t->n_refs > 0)
    return;

  release_needs (ledger, t->lane, t->destination);
  pingem_targets_free (&ledger->targets, target);
}

/* @target: PINGEM_NONE where there was no memory for it */
static int
give_needs (PingemLedger *ledger, uint32_t target, const Needs *needs)
{
  PingemTarget *t;

  if (target == PINGEM_NONE)
    {
      release_needs (ledger, needs->lane, needs->destination);
      return -ENOMEM;
    }

  t = pingem_targets_at (&ledger->targets, target);
  t->lane = needs->lane;
  t->destination = needs->destination;

  return 0;
}

int
pingem_ledger_add_target (PingemLedger *ledger, const PingemTargetSpec *spec, int64_t boot_ns)
{
  Needs needs;
  int r = pingem_target_check (spec);

  if (r == 0 && pingem_targets_find (&ledger->targets, spec->id) != PINGEM_NONE)
    r = -EEXIST;
  if (r == 0)
    r = get_needs (ledger, spec, &needs);
  if (r < 0)
    return r;

  return give_needs (ledger, pingem_targets_add (&ledger->targets, spec, boot_ns), &needs);
}

int
pingem_ledger_change_target (PingemLedger *ledger, const PingemTargetSpec *spec, int64_t boot_ns)
{
  uint32_t old = pingem_targets_find (&ledger->targets, spec->id);
  Needs needs;
  int r = old != PINGEM_NONE ? pingem_target_check (spec) : -ENOENT;

  if (r == 0)
    r = get_needs (ledger, spec, &needs);
  if (r < 0)
    return r;

  r = give_needs (ledger, pingem_targets_change (&ledger->targets, old, spec, boot_ns), &needs);
  if (r == 0)
    release_target (ledger, old);

  return r;
}

int
pingem_ledger_remove_target (PingemLedger *ledger, uint32_t id)
{
  uint32_t target = pingem_targets_find (&ledger->targets, id);

  if (target == PINGEM_NONE)
    return -ENOENT;

  pingem_targets_retire (&ledger->targets, target);
  release_target (ledger, target);

  return 0;
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

bool
pingem_ledger_reserve (PingemLedger *ledger)
{
  return pingem_pool_reserve (&ledger->slots) && pingem_index_reserve (&ledger->by_number);
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
    .number = ledger->next_number++,
    .seq = seq,
    .sent_mono_ns = mono_ns,
    .sent_real_ns = real_ns,
    .target = target,
    .wire_seq = destination->next_wire_seq++,
    .state = PINGEM_STATE_IN_FLIGHT,
  };
  t->n_refs++;
  ledger->n_in_flight++;
  pingem_index_add (&ledger->by_number, index);
  pingem_destination_push (destination, &ledger->slots, index);
  pingem_lanes_push (&ledger->lanes, t->lane, false, &ledger->slots, index);

  return slot;
}

PingemSlot *
pingem_ledger_find (const PingemLedger *ledger, uint64_t number)
{
  return slot_at (ledger, pingem_index_find (&ledger->by_number, number));
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
  uint32_t index = index_of_slot (ledger, slot);

  pingem_index_remove (&ledger->by_number, index);
  if (slot->answer != PINGEM_NONE)
    pingem_pool_give (&ledger->answers, slot->answer);
  release_target (ledger, slot->target);
  pingem_pool_give (&ledger->slots, index);
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
  PingemRecord record = {
    .seq = slot->seq,
    .due_ns = pingem_target_due_ns (target, slot->seq),
    .sent_ns = slot->sent_real_ns,
    .rtt_ns = -1,
    .target = target->spec.id,
    .state = slot->state,
    .flags = slot->is_final ? PINGEM_RECORD_FINAL : 0,
  };

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
