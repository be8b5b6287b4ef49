/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/ledger.h"

#include <errno.h>

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
  destination = pingem_destinations_get (&ledger->destinations, &spec->address, ledger->next_count);
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

void
pingem_ledger_release_target (PingemLedger *ledger, uint32_t target)
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
    pingem_ledger_release_target (ledger, old);

  return r;
}

int
pingem_ledger_remove_target (PingemLedger *ledger, uint32_t id)
{
  uint32_t target = pingem_targets_find (&ledger->targets, id);

  if (target == PINGEM_NONE)
    return -ENOENT;

  pingem_targets_retire (&ledger->targets, target);
  pingem_ledger_release_target (ledger, target);

  return 0;
}
