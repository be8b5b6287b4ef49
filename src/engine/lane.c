/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/lane.h"

#include <stddef.h>

#define NS_PER_MS INT64_C (1000000)

static uint64_t
wait_of_lane (const void *data, const void *item)
{
  return ((const PingemLane *) item)->key;
}

void
pingem_lanes_init (PingemLanes *lanes)
{
  *lanes = (PingemLanes){ 0 };
  pingem_pool_init (&lanes->pool, sizeof (PingemLane));
  pingem_index_init (&lanes->by_wait, &lanes->pool, wait_of_lane, NULL);
}

void
pingem_lanes_clear (PingemLanes *lanes)
{
  pingem_index_clear (&lanes->by_wait);
  pingem_heap_clear (&lanes->next);
  pingem_pool_clear (&lanes->pool);
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

/* When the wait of the first in a queue ends. */
static int64_t
time_of_head (const PingemLane *lane, bool is_held, const PingemPool *slots, uint32_t head)
{
  const PingemSlot *slot = pingem_pool_at (slots, head);

  return slot->sent_mono_ns + lane->timeout_ns + (is_held ? lane->hold_ns : 0);
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
  pingem_heap_set (&lanes->next, lane * 2 + is_held,
                   time_of_head (pingem_lanes_at (lanes, lane), is_held, slots, slot));
}

/*
 * The heap is told when a queue ends or has nothing more that is due, not with each slot: what is
 * in between is due, in whatever order the lanes have their turn.
 */
uint32_t
pingem_lanes_pop (PingemLanes *lanes,
                  const PingemPool *slots,
                  int64_t mono_ns,
                  uint32_t *ret_lane,
                  bool *ret_is_held)
{
  const PingemHeapEntry *first;

  while ((first = pingem_heap_first (&lanes->next)) != NULL && first->time_ns <= mono_ns)
    {
      uint32_t id = first->id;
      bool is_held = id % 2;
      PingemLane *lane = pingem_lanes_at (lanes, id / 2);
      PingemQueue *queue = find_queue (lane, is_held);
      uint32_t slot = queue->head;
      int64_t time_ns = time_of_head (lane, is_held, slots, slot);

      if (time_ns > mono_ns)
        {
          pingem_heap_set (&lanes->next, id, time_ns);
          continue;
        }

      queue->head = ((PingemSlot *) pingem_pool_at (slots, slot))->next;
      if (queue->head == PINGEM_NONE)
        pingem_heap_remove (&lanes->next, id);
      *ret_lane = id / 2;
      *ret_is_held = is_held;

      return slot;
    }

  return PINGEM_NONE;
}

int64_t
pingem_lanes_deadline (const PingemLanes *lanes)
{
  const PingemHeapEntry *first = pingem_heap_first (&lanes->next);

  return first != NULL ? first->time_ns : INT64_MAX;
}
