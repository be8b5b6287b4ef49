/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/ledger.h"

#include <errno.h>

/* What a target refers to. */
typedef struct {
  uint32_t profile;
  uint32_t destination;
} Needs;

static void
release_profile (PingemLedger *ledger, uint32_t profile)
{
  PingemProfiles *profiles = &ledger->targets.profiles;
  uint32_t lane = pingem_profiles_at (profiles, profile)->lane;

  if (pingem_profiles_release (profiles, profile) && lane != PINGEM_NONE)
    pingem_lanes_release (&ledger->lanes, lane);
}

static void
release_needs (PingemLedger *ledger, const Needs *needs)
{
  sa_family_t family =
      pingem_profiles_at (&ledger->targets.profiles, needs->profile)->spec.address.family;

  pingem_destinations_release (pingem_ledger_destinations (ledger, family), needs->destination);
  release_profile (ledger, needs->profile);
}

/* Each profile keeps its lane. */
static bool
give_lane (PingemLedger *ledger, uint32_t profile)
{
  PingemProfile *p = pingem_profiles_at (&ledger->targets.profiles, profile);

  if (p->lane == PINGEM_NONE)
    p->lane = pingem_lanes_get (&ledger->lanes, p->spec.timeout_ms, p->spec.hold_ms);

  return p->lane != PINGEM_NONE;
}

static int
get_needs (PingemLedger *ledger, const PingemTargetSpec *spec, Needs *ret_needs)
{
  PingemDestinations *destinations = pingem_ledger_destinations (ledger, spec->address.family);
  Needs needs = { .profile = pingem_profiles_get (&ledger->targets.profiles, spec),
                  .destination = PINGEM_NONE };

  if (needs.profile == PINGEM_NONE)
    return -ENOMEM;

  /* A later count never begins where one of an earlier use of this address stood. */
  if (give_lane (ledger, needs.profile))
    needs.destination =
        pingem_destinations_get (destinations, spec->address.bytes, ledger->next_count);
  if (needs.destination == PINGEM_NONE)
    {
      release_profile (ledger, needs.profile);
      return -ENOMEM;
    }

  *ret_needs = needs;

  return 0;
}

void
pingem_ledger_release_target (PingemLedger *ledger, uint32_t target)
{
  PingemTarget *t = pingem_targets_at (&ledger->targets, target);
  Needs needs = { .profile = t->profile, .destination = t->destination };

  if (--t->n_refs > 0)
    return;

  release_needs (ledger, &needs);
  pingem_targets_free (&ledger->targets, target);
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

  if (pingem_targets_add (&ledger->targets, spec->id, needs.profile, needs.destination, boot_ns) !=
      PINGEM_NONE)
    return 0;

  release_needs (ledger, &needs);

  return -ENOMEM;
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

  if (pingem_targets_change (&ledger->targets, old, needs.profile, needs.destination, boot_ns) ==
      PINGEM_NONE)
    {
      release_needs (ledger, &needs);
      return -ENOMEM;
    }

  pingem_ledger_release_target (ledger, old);

  return 0;
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
