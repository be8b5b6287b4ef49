/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/ledger.h"

/* How soon to look again for what nothing tells. */
#define RETRY_NS INT64_C (1000000)
/* The more of interval 0 wait to be admitted, the less often each asks. */
#define ADMISSION_NS INT64_C (10000)

bool
pingem_ledger_admits (const PingemLedger *ledger, const PingemTarget *target, int64_t boot_ns)
{
  return ledger->admit == NULL || ledger->admit (target->id, boot_ns, ledger->admit_data);
}

static bool
has_grid (const PingemLedger *ledger, uint32_t target)
{
  const PingemTarget *t = pingem_targets_at (&ledger->targets, target);

  return pingem_targets_common_of (&ledger->targets, t)->interval_ms > 0;
}

static bool
is_blocked (const PingemLedger *ledger, uint32_t target)
{
  const PingemTarget *t = pingem_targets_at (&ledger->targets, target);

  return t->is_retried ||
         pingem_ledger_destination_of (ledger, t)->n_outstanding >= PINGEM_MAX_OUTSTANDING;
}

/* Whether one of the probes in flight to its host is its own. */
static bool
has_outstanding (const PingemLedger *ledger, uint32_t target)
{
  const PingemDestination *destination =
      pingem_ledger_destination_of (ledger, pingem_targets_at (&ledger->targets, target));
  uint32_t slot = pingem_destination_first (destination, &ledger->slots);

  while (slot != PINGEM_NONE &&
         ((const PingemSlot *) pingem_pool_at (&ledger->slots, slot))->target != target)
    slot = pingem_destination_next (destination, &ledger->slots, slot);

  return slot != PINGEM_NONE;
}

/* Whether @target, of interval 0, waits for something else now than for its turn. */
static bool
make_wait (PingemLedger *ledger, uint32_t target, int64_t boot_ns)
{
  PingemTargets *targets = &ledger->targets;
  const PingemTarget *t = pingem_targets_at (targets, target);

  if (is_blocked (ledger, target))
    {
      if (!t->is_retried && has_outstanding (ledger, target))
        pingem_targets_park (targets, target);
      else
        pingem_targets_put_off (targets, target, boot_ns + RETRY_NS);
      return true;
    }
  if (pingem_ledger_admits (ledger, t, boot_ns))
    return false;

  pingem_targets_put_off (targets, target, boot_ns + RETRY_NS + targets->floods.n * ADMISSION_NS);

  return true;
}

uint32_t
pingem_ledger_take_due (PingemLedger *ledger, const PingemTime *now, uint64_t *ret_seq)
{
  PingemTargets *targets = &ledger->targets;
  uint32_t target;

  ledger->boot_offset_ns = now->boot_ns - now->mono_ns;

  do
    target = pingem_targets_first_due (targets, now->boot_ns);
  while (target != PINGEM_NONE && !has_grid (ledger, target) &&
         make_wait (ledger, target, now->boot_ns));

  return pingem_targets_take_due (targets, now->boot_ns, ret_seq);
}
