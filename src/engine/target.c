/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/schedule.h"

#include <errno.h>
#include <stddef.h>

#define NS_PER_MS INT64_C (1000000)
#define MIN_HOP_INTERVAL_MS 1000

static uint64_t
id_of_target (const void *data, const void *item)
{
  return ((const PingemTarget *) item)->id;
}

static int64_t
interval_ns (const PingemTargetSpec *spec)
{
  return spec->interval_ms * NS_PER_MS;
}

/* The first of @origin_ns + k * @step_ns that is not before @time_ns; @step_ns 0: @time_ns itself.
 */
static int64_t
round_up (int64_t time_ns, int64_t origin_ns, int64_t step_ns)
{
  if (step_ns == 0)
    return time_ns;
  if (time_ns <= origin_ns)
    return origin_ns;

  return origin_ns + (time_ns - origin_ns + step_ns - 1) / step_ns * step_ns;
}

bool
pingem_targets_is_exhausted (const PingemTargets *targets, const PingemTarget *target)
{
  uint32_t count = pingem_targets_common_of (targets, target)->count;

  return count != 0 && target->next_seq >= count;
}

void
pingem_targets_init (PingemTargets *targets, const uint8_t hash_key[static PINGEM_SIPHASH_KEY_SIZE])
{
  *targets = (PingemTargets){ 0 };
  pingem_pool_init (&targets->pool, sizeof (PingemTarget));
  pingem_profiles_init (&targets->profiles, hash_key);
  pingem_index_init (&targets->current, &targets->pool, id_of_target, NULL);
  pingem_agenda_init (&targets->grids, &targets->pool);
  pingem_agenda_init (&targets->floods, &targets->pool);
}

void
pingem_targets_clear (PingemTargets *targets)
{
  pingem_index_clear (&targets->current);
  pingem_agenda_clear (&targets->floods);
  pingem_agenda_clear (&targets->grids);
  pingem_profiles_clear (&targets->profiles);
  pingem_pool_clear (&targets->pool);
}

int
pingem_target_check (const PingemTargetSpec *spec)
{
  const uint32_t flags = PINGEM_TARGET_HOP | PINGEM_TARGET_ALIGNED | PINGEM_TARGET_WHOLE;

  if (pingem_address_refusal (&spec->address) != NULL)
    return -EADDRNOTAVAIL;
  if (spec->source.family != 0 && spec->source.family != spec->address.family)
    return -EADDRNOTAVAIL;
  if (spec->timeout_ms < 1 || spec->ttl > 255 || spec->dscp > 63)
    return -ERANGE;
  if (spec->size < PINGEM_MIN_SIZE || spec->size > PINGEM_MAX_SIZE || (spec->flags & ~flags) != 0)
    return -ERANGE;
  /* Routers limit how often they answer. */
  if ((spec->flags & PINGEM_TARGET_HOP) != 0 &&
      (spec->ttl == 0 || spec->interval_ms < MIN_HOP_INTERVAL_MS))
    return -ERANGE;

  return 0;
}

uint32_t
pingem_targets_find (const PingemTargets *targets, uint32_t id)
{
  return pingem_index_find (&targets->current, id);
}

static uint32_t
take_target (PingemTargets *targets, uint32_t id, uint32_t profile, uint32_t destination)
{
  uint32_t target;

  if (!pingem_index_reserve (&targets->current) || !pingem_pool_reserve (&targets->pool) ||
      pingem_pool_next (&targets->pool) >= PINGEM_MAX_TARGETS ||
      !pingem_targets_reserve (targets, profile))
    return PINGEM_NONE;

  target = pingem_pool_take (&targets->pool);
  *pingem_targets_at (targets, target) = (PingemTarget){
    .id = id,
    .profile = profile,
    .destination = destination,
    .n_refs = 1,
    .is_current = 1,
  };

  return target;
}

uint32_t
pingem_targets_add (
    PingemTargets *targets, uint32_t id, uint32_t profile, uint32_t destination, int64_t boot_ns)
{
  const PingemTargetSpec *common = &pingem_profiles_at (&targets->profiles, profile)->spec;
  uint32_t target = take_target (targets, id, profile, destination);
  PingemTarget *t;

  if (target == PINGEM_NONE)
    return PINGEM_NONE;

  t = pingem_targets_at (targets, target);
  t->birth = targets->n_births++;
  t->next_due_ns = (common->flags & PINGEM_TARGET_ALIGNED) != 0
                       ? round_up (boot_ns, 0, interval_ns (common))
                       : boot_ns;

  pingem_index_add (&targets->current, target);
  pingem_targets_start (targets, target);

  return target;
}

/*
 * A new interval counts from the last due slot, or from zero where aligned, so
 * the grid stays absolute. A target that had come to its end goes on with the
 * next point of its grid: between, nothing was due.
 */
static int64_t
continue_grid (const PingemTargets *targets,
               const PingemTarget *old,
               const PingemTarget *successor,
               int64_t boot_ns)
{
  const PingemTargetSpec *before = pingem_targets_common_of (targets, old);
  const PingemTargetSpec *after = pingem_targets_common_of (targets, successor);
  int64_t last_due_ns = old->next_due_ns - interval_ns (before);
  bool is_same = after->interval_ms == before->interval_ms;

  if (old->next_seq == 0 || (is_same && !pingem_targets_is_exhausted (targets, old)))
    return old->next_due_ns;
  if (!is_same && (after->flags & PINGEM_TARGET_ALIGNED) != 0)
    return round_up (boot_ns, 0, interval_ns (after));

  return round_up (boot_ns, last_due_ns + interval_ns (after), interval_ns (after));
}

uint32_t
pingem_targets_change (PingemTargets *targets,
                       uint32_t target,
                       uint32_t profile,
                       uint32_t destination,
                       int64_t boot_ns)
{
  uint32_t id = pingem_targets_at (targets, target)->id;
  uint32_t successor = take_target (targets, id, profile, destination);
  const PingemTarget *old;
  PingemTarget *t;

  if (successor == PINGEM_NONE)
    return PINGEM_NONE;

  old = pingem_targets_at (targets, target);
  t = pingem_targets_at (targets, successor);
  t->birth = old->birth;
  t->next_seq = old->next_seq;
  t->next_due_ns = continue_grid (targets, old, t, boot_ns);

  pingem_targets_retire (targets, target);
  pingem_index_add (&targets->current, successor);
  pingem_targets_start (targets, successor);

  return successor;
}

void
pingem_targets_retire (PingemTargets *targets, uint32_t target)
{
  pingem_index_remove (&targets->current, target);
  pingem_targets_at (targets, target)->is_current = 0;
  pingem_targets_stop (targets, target);
}

void
pingem_targets_free (PingemTargets *targets, uint32_t target)
{
  pingem_pool_give (&targets->pool, target);
}

bool
pingem_targets_is_wanted (const PingemTargets *targets, const PingemTarget *target)
{
  uint32_t current;

  if (target->is_current)
    return true;

  current = pingem_targets_find (targets, target->id);

  return current != PINGEM_NONE && pingem_targets_at (targets, current)->birth == target->birth;
}
