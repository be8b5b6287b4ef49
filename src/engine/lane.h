/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/heap.h"
#include "engine/index.h"
#include "engine/slot.h"

/* Slots in the order of their sending. */
typedef struct {
  uint32_t head;
  uint32_t tail;
} PingemQueue;

/*
 * Probes that wait equally long. They time out, and their holds end, in the
 * order of sending, so only the head of each queue is ever looked at.
 */
typedef struct {
  uint64_t key;
  int64_t timeout_ns;
  int64_t hold_ns;
  uint32_t n_targets;
  PingemQueue waiting; /* until the timeout, answered or not */
  PingemQueue held;    /* from then to the end of the hold */
} PingemLane;

/* All lanes, and which of their queues is next. */
typedef struct {
  PingemPool pool;
  PingemIndex by_wait;
  PingemHeap next; /* CLOCK_MONOTONIC; id: lane * 2, + 1 for the held */
} PingemLanes;

void pingem_lanes_init (PingemLanes *lanes);
void pingem_lanes_clear (PingemLanes *lanes);
/* The lane of these waits, for one more target; PINGEM_NONE without memory. */
uint32_t pingem_lanes_get (PingemLanes *lanes, uint32_t timeout_ms, uint32_t hold_ms);
void pingem_lanes_release (PingemLanes *lanes, uint32_t lane);

static inline PingemLane *
pingem_lanes_at (const PingemLanes *lanes, uint32_t lane)
{
  return pingem_pool_at (&lanes->pool, lane);
}

/* @slot: just sent, or just popped while it was waiting and now to be held */
void pingem_lanes_push (
    PingemLanes *lanes, uint32_t lane, bool is_held, const PingemPool *slots, uint32_t slot);
/*
 * A slot whose wait has ended by @mono_ns, taken out of its queue; else PINGEM_NONE. To be called
 * until then.
 */
uint32_t pingem_lanes_pop (PingemLanes *lanes,
                           const PingemPool *slots,
                           int64_t mono_ns,
                           uint32_t *ret_lane,
                           bool *ret_is_held);
/* CLOCK_MONOTONIC, or INT64_MAX: nothing waits. Never too late. */
int64_t pingem_lanes_deadline (const PingemLanes *lanes);
