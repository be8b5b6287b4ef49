/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/agenda.h"
#include "engine/profile.h"

/*
 * One target as it was added or last changed. A change leaves the old one
 * behind, retired, until its last probe is done: a probe is judged by what
 * held when it was sent.
 */
typedef struct __attribute__ ((packed, aligned (8))) {
  int64_t next_due_ns;       /* CLOCK_BOOTTIME; first, for the agenda */
  uint64_t next_seq : 53;    /* the slot at next_due_ns */
  uint64_t is_parked : 1;    /* of interval 0: waits for one of its own probes, not for a time */
  uint64_t is_retried : 1;   /* one of its slots could not be sent yet */
  uint64_t is_current : 1;   /* neither changed since nor removed */
  uint64_t n_refs : 24;      /* its probes, and 1 while it is current */
  uint64_t profile : 24;     /* what it shares with others */
  uint64_t destination : 24; /* the ledger's */
  uint32_t id;
  uint32_t birth; /* told apart from an earlier target of the same id; kept by a change */
} PingemTarget;

_Static_assert(sizeof (PingemTarget) == 32, "a million targets are 32 MB");

/* The targets by number and by id, and when they fall due (schedule.h). Time is an argument. */
typedef struct {
  PingemPool pool;
  PingemProfiles profiles;
  PingemIndex current; /* by id */
  PingemAgenda grids;  /* who is due on a grid, in CLOCK_BOOTTIME */
  PingemAgenda floods; /* interval 0: whose turn is next */
  uint64_t rate;       /* of all that are scheduled, in probes per 1,000,000 s; interval 0 apart */
  int64_t turn_ns;     /* interval 0: when the one served last was due, so that each has its turn */
  uint32_t n_births;
} PingemTargets;

/* So many, current or with a probe in flight or held. */
#define PINGEM_MAX_TARGETS (UINT32_C (1) << 24)

/* @hash_key: random. Not to be moved afterwards. */
void pingem_targets_init (PingemTargets *targets,
                          const uint8_t hash_key[static PINGEM_SIPHASH_KEY_SIZE]);
void pingem_targets_clear (PingemTargets *targets);
/* 0, -EADDRNOTAVAIL or -ERANGE. */
int pingem_target_check (const PingemTargetSpec *spec);

/* PINGEM_NONE where no current target has @id. */
uint32_t pingem_targets_find (const PingemTargets *targets, uint32_t id);
/*
 * PINGEM_NONE without memory. @id: not in use; @profile, @destination: the target's own reference
 * to them
 */
uint32_t pingem_targets_add (
    PingemTargets *targets, uint32_t id, uint32_t profile, uint32_t destination, int64_t boot_ns);
/* Retires @target; its successor goes on in its place. PINGEM_NONE without memory. */
uint32_t pingem_targets_change (PingemTargets *targets,
                                uint32_t target,
                                uint32_t profile,
                                uint32_t destination,
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

/* What it shares with others: without id and host. */
static inline const PingemTargetSpec *
pingem_targets_common_of (const PingemTargets *targets, const PingemTarget *target)
{
  return &pingem_profiles_at (&targets->profiles, target->profile)->spec;
}

/* Whether all its slots were taken. */
bool pingem_targets_is_exhausted (const PingemTargets *targets, const PingemTarget *target);
