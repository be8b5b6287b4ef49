/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "stats/burst.h"

#include <errno.h>

bool
pingem_state_is_loss (PingemState state, int error)
{
  switch (state)
    {
    case PINGEM_STATE_IN_FLIGHT:
    case PINGEM_STATE_REPLY:
    case PINGEM_STATE_LATE:
      return false;
    case PINGEM_STATE_LOST:
    case PINGEM_STATE_ERROR:
      return true;
    case PINGEM_STATE_UNSENT:
      return error != EAGAIN;
    }

  return false;
}

void
pingem_bursts_add (PingemBursts *bursts, PingemState state, int error)
{
  if (state == PINGEM_STATE_REPLY || state == PINGEM_STATE_LATE)
    bursts->current = 0;
  if (!pingem_state_is_loss (state, error))
    return;

  bursts->n += bursts->current == 0;
  bursts->current++;
  if (bursts->current > bursts->longest)
    bursts->longest = bursts->current;
}

void
pingem_bursts_merge (PingemBursts *bursts, const PingemBursts *other)
{
  bursts->n += other->n;
  if (other->longest > bursts->longest)
    bursts->longest = other->longest;
}
