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
interval_ns (const PingemTargetSpec *spec)
{
  return spec->interval_ms * NS_PER_MS;
}

static uint32_t
interval_ms_of (const PingemTargets *targets, const PingemTarget *target)
{
  return pingem_targets_common_of (targets, target)->interval_ms;
}

static uint64_t
rate_of (const PingemTargets *targets, const PingemTarget *target)
{
  uint32_t interval_ms = interval_ms_of (targets, target);

  return interval_ms > 0 ? RATE_OF_1_MS / interval_ms : 0;
}

static PingemAgenda *
find_agenda (PingemTargets *targets, uint32_t profile)
{
  bool has_grid = pingem_profiles_at (&targets->profiles, profile)->spec.interval_ms > 0;

  return has_grid ? &targets->grids : &targets->floods;
}

/* Those of interval 0 that are parked come back without asking. */
bool
pingem_targets_reserve (PingemTargets *targets, uint32_t profile)
{
  PingemAgenda *agenda = find_agenda (targets, profile);
  uint32_t n = agenda == &targets->grids ? agenda->n : targets->pool.n_live;

  return pingem_agenda_reserve (agenda, n + 1);
}

void
pingem_targets_start (PingemTargets *targets, uint32_t target)
{
  const PingemTarget *t = pingem_targets_at (targets, target);

  if (pingem_targets_is_exhausted (targets, t))
    return;

  targets->rate += rate_of (targets, t);
  pingem_agenda_add (find_agenda (targets, t->profile), target);
}

static void
stop (PingemTargets *targets, uint32_t target)
{
  PingemTarget *t = pingem_targets_at (targets, target);

  targets->rate -= rate_of (targets, t);
  if (!t->is_parked)
    pingem_agenda_remove (find_agenda (targets, t->profile), target);
  t->is_parked = false;
  pingem_agenda_trim (&targets->grids);
}

void
pingem_targets_stop (PingemTargets *targets, uint32_t target)
{
  if (!pingem_targets_is_exhausted (targets, pingem_targets_at (targets, target)))
    stop (targets, target);
}

int64_t
pingem_targets_deadline (const PingemTargets *targets)
{
  int64_t grid_ns = pingem_agenda_due (&targets->grids);
  int64_t flood_ns = pingem_agenda_due (&targets->floods);

  return grid_ns < flood_ns ? grid_ns : flood_ns;
}

int64_t
pingem_round_to_tick (int64_t time_ns)
{
  return time_ns != INT64_MAX ? (time_ns + NS_PER_MS - 1) / NS_PER_MS * NS_PER_MS : INT64_MAX;
}

bool
pingem_targets_has_ticks (const PingemTargets *targets)
{
  return targets->rate > RATE_OF_TICKS;
}

int64_t
pingem_targets_choose_wake (const PingemTargets *targets, int64_t deadline_ns)
{
  /* Interval 0 is due at once. */
  if (!pingem_targets_has_ticks (targets) || deadline_ns >= pingem_agenda_due (&targets->floods))
    return deadline_ns;

  return pingem_round_to_tick (deadline_ns);
}

/* Who has no grid waits for those who have one. */
uint32_t
pingem_targets_first_due (const PingemTargets *targets, int64_t boot_ns)
{
  if (pingem_agenda_due (&targets->grids) <= boot_ns)
    return pingem_agenda_first (&targets->grids);
  if (pingem_agenda_due (&targets->floods) <= boot_ns)
    return pingem_agenda_first (&targets->floods);

  return PINGEM_NONE;
}

static uint64_t
count_missed (const PingemTarget *target, const PingemTargetSpec *common, int64_t boot_ns)
{
  int64_t late_ns = boot_ns - target->next_due_ns;
  uint64_t n_missed = late_ns > MAX_CATCH_UP_NS ? late_ns / interval_ns (common) : 0;
  uint64_t n_left = common->count - 1 - (uint64_t) target->next_seq;

  return common->count != 0 && n_missed > n_left ? n_left : n_missed;
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
  const PingemTargetSpec *common;
  PingemTarget *t;
  uint64_t n_missed = 0;

  if (target == PINGEM_NONE)
    return PINGEM_NONE;

  t = pingem_targets_at (targets, target);
  common = pingem_targets_common_of (targets, t);
  if (common->interval_ms > 0)
    n_missed = count_missed (t, common, boot_ns);

  *ret_seq = t->next_seq + n_missed;
  t->next_seq += n_missed + 1;
  t->next_due_ns += (int64_t) (n_missed + 1) * interval_ns (common);
  if (pingem_targets_is_exhausted (targets, t))
    stop (targets, target);
  else if (common->interval_ms > 0)
    pingem_agenda_delay (&targets->grids, target);

  return target;
}

void
pingem_targets_put_off (PingemTargets *targets, uint32_t target, int64_t boot_ns)
{
  PingemTarget *t = pingem_targets_at (targets, target);

  if (interval_ms_of (targets, t) > 0 || pingem_targets_is_exhausted (targets, t))
    return;

  t->next_due_ns = boot_ns;
  pingem_agenda_delay (&targets->floods, target);
}

void
pingem_targets_end_turn (PingemTargets *targets, uint32_t target, int64_t boot_ns)
{
  if (interval_ms_of (targets, pingem_targets_at (targets, target)) == 0)
    pingem_targets_put_off (targets, target, next_turn (targets, boot_ns));
}

void
pingem_targets_park (PingemTargets *targets, uint32_t target)
{
  pingem_targets_at (targets, target)->is_parked = true;
  pingem_agenda_remove (&targets->floods, target);
}

void
pingem_targets_wake (PingemTargets *targets, uint32_t target)
{
  PingemTarget *t = pingem_targets_at (targets, target);

  if (!t->is_parked)
    return;

  t->is_parked = false;
  pingem_agenda_add (&targets->floods, target);
}

int64_t
pingem_targets_due_ns (const PingemTargets *targets, const PingemTarget *target, uint64_t seq)
{
  int64_t n_before = (int64_t) ((uint64_t) target->next_seq - seq);

  return target->next_due_ns - n_before * interval_ns (pingem_targets_common_of (targets, target));
}
