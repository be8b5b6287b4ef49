/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/lane.h"

#include <stddef.h>

#define NS_PER_MS INT64_C (1000000)

static uint64_t
wait_of_lane (const void *item)
{
  return ((const PingemLane *) item)->key;
}

void
pingem_lanes_init (PingemLanes *lanes)
{
  *lanes = (PingemLanes){ 0 };
  pingem_pool_init (&lanes->pool, sizeof (PingemLane));
  pingem_index_init (&lanes->by_wait, &lanes->pool, wait_of_lane);
}

void
pingem_lanes_clear (PingemLanes *lanes)
{
  pingem_index_clear (&lanes->by_wait);
  pingem_heap_clear (&lanes->next);
  pingem_pool_clear (&lanes->pool);
}

PingemLane *
pingem_lanes_at (const PingemLanes *lanes, uint32_t lane)
{
  return pingem_pool_at (&lanes->pool, lane);
}

static uint32_t
add_lane (PingemLanes *lanes, uint64_t key, uint32_t timeout_ms, uint32_t hold_ms)
{
  uint32_t lane;

  if (!pingem_index_reserve (&lanes->by_wait))
    return PINGEM_NONE;

  lane = pingem_pool_take (&lanes->pool);
  if (lane == PINGEM_NONE)
    return PINGEM_NONE;

  if (!pingem_heap_reserve (&lanes->next, lane * 2 + 1))
    {
      pingem_pool_give (&lanes->pool, lane);
      return PINGEM_NONE;
    }

  *pingem_lanes_at (lanes, lane) = (PingemLane){
    .key = key,
    .timeout_ns = timeout_ms * NS_PER_MS,
    .hold_ns = hold_ms * NS_PER_MS,
    .waiting = { PINGEM_NONE, PINGEM_NONE },
    .held = { PINGEM_NONE, PINGEM_NONE },
  };
  pingem_index_add (&lanes->by_wait, lane);

  return lane;
}

uint32_t
pingem_lanes_get (PingemLanes *lanes, uint32_t timeout_ms, uint32_t hold_ms)
{
  uint64_t key = (uint64_t) timeout_ms << 32 | hold_ms;
  uint32_t lane = pingem_index_find (&lanes->by_wait, key);

  if (lane == PINGEM_NONE)
    lane = add_lane (lanes, key, timeout_ms, hold_ms);
  if (lane != PINGEM_NONE)
    pingem_lanes_at (lanes, lane)->n_targets++;

  return lane;
}

void
pingem_lanes_release (PingemLanes *lanes, uint32_t lane)
{
  if (--pingem_lanes_at (lanes, lane)->n_targets > 0)
    return;

  pingem_index_remove (&lanes->by_wait, lane);
  pingem_pool_give (&lanes->pool, lane);
}

static PingemQueue *
find_queue (PingemLane *lane, bool is_held)
{
  return is_held ? &lane->held : &lane->waiting;
}

/* After the head of a queue changed. */
static void
note_head (PingemLanes *lanes, uint32_t lane, bool is_held, const PingemPool *slots)
{
  PingemLane *l = pingem_lanes_at (lanes, lane);
  uint32_t head = find_queue (l, is_held)->head;
  uint32_t id = lane * 2 + is_held;
  const PingemSlot *slot;

  if (head == PINGEM_NONE)
    {
      pingem_heap_remove (&lanes->next, id);
      return;
    }

  slot = pingem_pool_at (slots, head);
  pingem_heap_set (&lanes->next, id,
                   slot->sent_mono_ns + l->timeout_ns + (is_held ? l->hold_ns : 0));
}

void
pingem_lanes_push (
    PingemLanes *lanes, uint32_t lane, bool is_held, const PingemPool *slots, uint32_t slot)
{
  PingemQueue *queue = find_queue (pingem_lanes_at (lanes, lane), is_held);

  ((PingemSlot *) pingem_pool_at (slots, slot))->next = PINGEM_NONE;

  if (queue->head != PINGEM_NONE)
    {
      ((PingemSlot *) pingem_pool_at (slots, queue->tail))->next = slot;
      queue->tail = slot;
      return;
    }

  queue->head = queue->tail = slot;
  note_head (lanes, lane, is_held, slots);
}

uint32_t
pingem_lanes_pop (PingemLanes *lanes,
                  const PingemPool *slots,
                  int64_t mono_ns,
                  uint32_t *ret_lane,
                  bool *ret_is_held)
{
  const PingemHeapEntry *first = pingem_heap_first (&lanes->next);
  PingemQueue *queue;
  uint32_t slot;

  if (first == NULL || first->time_ns > mono_ns)
    return PINGEM_NONE;

  *ret_lane = first->id / 2;
  *ret_is_held = first->id % 2;
  queue = find_queue (pingem_lanes_at (lanes, *ret_lane), *ret_is_held);
  slot = queue->head;
  queue->head = ((PingemSlot *) pingem_pool_at (slots, slot))->next;
  note_head (lanes, *ret_lane, *ret_is_held, slots);

  return slot;
}

int64_t
pingem_lanes_deadline (const PingemLanes *lanes)
{
  const PingemHeapEntry *first = pingem_heap_first (&lanes->next);

  return first != NULL ? first->time_ns : INT64_MAX;
}
