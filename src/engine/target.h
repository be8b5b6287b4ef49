/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/engine.h"
#include "engine/heap.h"
#include "engine/index.h"

/*
 * One target as it was added or last changed. A change leaves the old one
 * behind, retired, until its last probe is done: a probe is judged by what
 * held when it was sent.
 */
typedef struct {
  PingemTargetSpec spec;
  uint32_t birth;       /* told apart from an earlier target of the same id; kept by a change */
  uint64_t next_seq;    /* the slot at next_due_ns */
  int64_t next_due_ns;  /* CLOCK_BOOTTIME */
  uint32_t lane;        /* the ledger's */
  uint32_t destination; /* the ledger's */
  uint32_t n_refs;      /* its probes, and 1 while it is current */
  bool is_parked;       /* of interval 0: waits for one of its own probes, not for a time */
} PingemTarget;

/* The targets by number and by id, and when they fall due (schedule.h). Time is an argument. */
typedef struct {
  PingemPool pool;
  PingemIndex current; /* by id */
  PingemHeap grids;    /* who is due on a grid, in CLOCK_BOOTTIME */
  PingemHeap floods;   /* interval 0: whose turn is next */
  uint64_t rate;       /* of all that are scheduled, in probes per 1,000,000 s; interval 0 apart */
  int64_t turn_ns;     /* interval 0: when the one served last was due, so that each has its turn */
  uint32_t n_births;
} PingemTargets;

void pingem_targets_init (PingemTargets *targets);
void pingem_targets_clear (PingemTargets *targets);
/* 0, -EADDRNOTAVAIL or -ERANGE. */
int pingem_target_check (const PingemTargetSpec *spec);

/* PINGEM_NONE where no current target has @id. */
uint32_t pingem_targets_find (const PingemTargets *targets, uint32_t id);
/* PINGEM_NONE without memory. @spec: checked, its id not in use */
uint32_t pingem_targets_add (PingemTargets *targets, const PingemTargetSpec *spec, int64_t boot_ns);
/* Retires @target; its successor goes on in its place. PINGEM_NONE without memory. */
uint32_t pingem_targets_change (PingemTargets *targets,
                                uint32_t target,
                                const PingemTargetSpec *spec,
                                int64_t boot_ns);
/* No longer due nor found; its owner still releases it. */
void pingem_targets_retire (PingemTargets *targets, uint32_t target);
/* After its last reference is gone. */
void pingem_targets_free (PingemTargets *targets, uint32_t target);
/* Whether its slots are still of interest: not after it was removed. */
bool pingem_targets_is_wanted (const PingemTargets *targets, const PingemTarget *target);

static inline PingemTarget *
pingem_targets_at (const PingemTargets *targets, uint32_t target)
{
  return pingem_pool_at (&targets->pool, target);
}

/* Whether all its slots were taken. */
bool pingem_target_is_exhausted (const PingemTarget *target);
