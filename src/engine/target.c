/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/schedule.h"

#include <errno.h>
#include <stddef.h>

#define NS_PER_MS INT64_C (1000000)
#define MIN_HOP_INTERVAL_MS 1000

static uint64_t
id_of_target (const void *item)
{
  return ((const PingemTarget *) item)->spec.id;
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
pingem_target_is_exhausted (const PingemTarget *target)
{
  return target->spec.count != 0 && target->next_seq >= target->spec.count;
}

void
pingem_targets_init (PingemTargets *targets)
{
  *targets = (PingemTargets){ 0 };
  pingem_pool_init (&targets->pool, sizeof (PingemTarget));
  pingem_index_init (&targets->current, &targets->pool, id_of_target);
}

void
pingem_targets_clear (PingemTargets *targets)
{
  pingem_index_clear (&targets->current);
  pingem_heap_clear (&targets->floods);
  pingem_heap_clear (&targets->grids);
  pingem_pool_clear (&targets->pool);
}

int
pingem_target_check (const PingemTargetSpec *spec)
{
  const uint32_t flags = PINGEM_TARGET_HOP | PINGEM_TARGET_ALIGNED;

  if (pingem_address_refusal (&spec->address) != NULL)
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
take_target (PingemTargets *targets, const PingemTargetSpec *spec)
{
  uint32_t target;

  if (!pingem_index_reserve (&targets->current))
    return PINGEM_NONE;

  target = pingem_pool_take (&targets->pool);
  if (target == PINGEM_NONE)
    return PINGEM_NONE;

  if (!pingem_targets_reserve (targets, spec, target))
    {
      pingem_pool_give (&targets->pool, target);
      return PINGEM_NONE;
    }

  *pingem_targets_at (targets, target) = (PingemTarget){ .spec = *spec, .n_refs = 1 };

  return target;
}

uint32_t
pingem_targets_add (PingemTargets *targets, const PingemTargetSpec *spec, int64_t boot_ns)
{
  uint32_t target = take_target (targets, spec);
  PingemTarget *t;

  if (target == PINGEM_NONE)
    return PINGEM_NONE;

  t = pingem_targets_at (targets, target);
  t->birth = targets->n_births++;
  t->next_due_ns = (spec->flags & PINGEM_TARGET_ALIGNED) != 0
                       ? round_up (boot_ns, 0, interval_ns (spec))
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
continue_grid (const PingemTarget *old, const PingemTargetSpec *spec, int64_t boot_ns)
{
  int64_t last_due_ns = old->next_due_ns - interval_ns (&old->spec);
  bool is_same = spec->interval_ms == old->spec.interval_ms;

  if (old->next_seq == 0 || (is_same && !pingem_target_is_exhausted (old)))
    return old->next_due_ns;
  if (!is_same && (spec->flags & PINGEM_TARGET_ALIGNED) != 0)
    return round_up (boot_ns, 0, interval_ns (spec));

  return round_up (boot_ns, last_due_ns + interval_ns (spec), interval_ns (spec));
}

uint32_t
pingem_targets_change (PingemTargets *targets,
                       uint32_t target,
                       const PingemTargetSpec *spec,
                       int64_t boot_ns)
{
  uint32_t successor = take_target (targets, spec);
  const PingemTarget *old = pingem_targets_at (targets, target);
  PingemTarget *t;

  if (successor == PINGEM_NONE)
    return PINGEM_NONE;

  t = pingem_targets_at (targets, successor);
  t->birth = old->birth;
  t->next_seq = old->next_seq;
  t->next_due_ns = continue_grid (old, spec, boot_ns);

  pingem_targets_retire (targets, target);
  pingem_index_add (&targets->current, successor);
  pingem_targets_start (targets, successor);

  return successor;
}

void
pingem_targets_retire (PingemTargets *targets, uint32_t target)
{
  pingem_index_remove (&targets->current, target);
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
  uint32_t current = pingem_targets_find (targets, target->spec.id);

  return current != PINGEM_NONE && pingem_targets_at (targets, current)->birth == target->birth;
}
