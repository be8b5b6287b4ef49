/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/schedule.h"

#define NS_PER_MS INT64_C (1000000)
/* A scheduler's hiccup is caught up, so that every slot is probed; after a longer stall that would
 * be a burst. */
#define MAX_CATCH_UP_NS (1000 * NS_PER_MS)
/* Interval 0 is due a little before now, so that a nanosecond sets one turn apart from the next. */
#define MAX_TURN_NS 1000
#define RATE_OF_1_MS UINT64_C (1000000000)
/* More than one probe in each millisecond. */
#define RATE_OF_TICKS RATE_OF_1_MS

static int64_t
interval_ns (const PingemTarget *target)
{
  return target->spec.interval_ms * NS_PER_MS;
}

static uint64_t
rate_of_target (const PingemTarget *target)
{
  return target->spec.interval_ms > 0 ? RATE_OF_1_MS / target->spec.interval_ms : 0;
}

static PingemHeap *
find_heap (PingemTargets *targets, const PingemTargetSpec *spec)
{
  return spec->interval_ms > 0 ? &targets->grids : &targets->floods;
}

bool
pingem_targets_reserve (PingemTargets *targets, const PingemTargetSpec *spec, uint32_t target)
{
  return pingem_heap_reserve (find_heap (targets, spec), target);
}

static void
set_due (PingemTargets *targets, uint32_t target)
{
  const PingemTarget *t = pingem_targets_at (targets, target);

  pingem_heap_set (find_heap (targets, &t->spec), target, t->next_due_ns);
}

void
pingem_targets_start (PingemTargets *targets, uint32_t target)
{
  const PingemTarget *t = pingem_targets_at (targets, target);

  if (pingem_target_is_exhausted (t))
    return;

  targets->rate += rate_of_target (t);
  set_due (targets, target);
}

static void
stop (PingemTargets *targets, uint32_t target)
{
  PingemTarget *t = pingem_targets_at (targets, target);

  targets->rate -= rate_of_target (t);
  t->is_parked = false;
  pingem_heap_remove (find_heap (targets, &t->spec), target);
}

void
pingem_targets_stop (PingemTargets *targets, uint32_t target)
{
  if (!pingem_target_is_exhausted (pingem_targets_at (targets, target)))
    stop (targets, target);
}

static int64_t
time_of_first (const PingemHeap *heap)
{
  const PingemHeapEntry *first = pingem_heap_first (heap);

  return first != NULL ? first->time_ns : INT64_MAX;
}

int64_t
pingem_targets_deadline (const PingemTargets *targets)
{
  int64_t grid_ns = time_of_first (&targets->grids);
  int64_t flood_ns = time_of_first (&targets->floods);

  return grid_ns < flood_ns ? grid_ns : flood_ns;
}

int64_t
pingem_targets_choose_wake (const PingemTargets *targets, int64_t deadline_ns)
{
  /* Interval 0 is due at once. */
  if (targets->rate <= RATE_OF_TICKS || deadline_ns >= time_of_first (&targets->floods))
    return deadline_ns;

  return (deadline_ns + NS_PER_MS - 1) / NS_PER_MS * NS_PER_MS;
}

/* Who has no grid waits for those who have one. */
uint32_t
pingem_targets_first_due (const PingemTargets *targets, int64_t boot_ns)
{
  if (time_of_first (&targets->grids) <= boot_ns)
    return pingem_heap_first (&targets->grids)->id;
  if (time_of_first (&targets->floods) <= boot_ns)
    return pingem_heap_first (&targets->floods)->id;

  return PINGEM_NONE;
}

static uint64_t
count_missed (const PingemTarget *target, int64_t boot_ns)
{
  int64_t late_ns = boot_ns - target->next_due_ns;
  uint64_t n_missed = late_ns > MAX_CATCH_UP_NS ? late_ns / interval_ns (target) : 0;
  uint64_t n_left = target->spec.count - 1 - target->next_seq;

  return target->spec.count != 0 && n_missed > n_left ? n_left : n_missed;
}

/* Those of interval 0 follow one another by a nanosecond, a little before now. */
static int64_t
next_turn (PingemTargets *targets, int64_t boot_ns)
{
  if (targets->turn_ns < boot_ns - MAX_TURN_NS)
    targets->turn_ns = boot_ns - MAX_TURN_NS;

  return ++targets->turn_ns;
}

uint32_t
pingem_targets_take_due (PingemTargets *targets, int64_t boot_ns, uint64_t *ret_seq)
{
  uint32_t target = pingem_targets_first_due (targets, boot_ns);
  PingemTarget *t;
  uint64_t n_missed = 0;

  if (target == PINGEM_NONE)
    return PINGEM_NONE;

  t = pingem_targets_at (targets, target);
  if (t->spec.interval_ms > 0)
    n_missed = count_missed (t, boot_ns);

  *ret_seq = t->next_seq + n_missed;
  t->next_seq += n_missed + 1;
  t->next_due_ns = t->spec.interval_ms > 0
                       ? t->next_due_ns + (int64_t) (n_missed + 1) * interval_ns (t)
                       : next_turn (targets, boot_ns);
  if (pingem_target_is_exhausted (t))
    stop (targets, target);
  else
    set_due (targets, target);

  return target;
}

void
pingem_targets_put_off (PingemTargets *targets, uint32_t target, int64_t boot_ns)
{
  PingemTarget *t = pingem_targets_at (targets, target);

  if (t->spec.interval_ms > 0 || pingem_target_is_exhausted (t))
    return;

  t->next_due_ns = boot_ns;
  set_due (targets, target);
}

void
pingem_targets_park (PingemTargets *targets, uint32_t target)
{
  pingem_targets_at (targets, target)->is_parked = true;
  pingem_heap_remove (&targets->floods, target);
}

void
pingem_targets_wake (PingemTargets *targets, uint32_t target)
{
  PingemTarget *t = pingem_targets_at (targets, target);

  if (!t->is_parked)
    return;

  t->is_parked = false;
  set_due (targets, target);
}

int64_t
pingem_target_due_ns (const PingemTarget *target, uint64_t seq)
{
  return target->next_due_ns - (int64_t) (target->next_seq - seq) * interval_ns (target);
}
