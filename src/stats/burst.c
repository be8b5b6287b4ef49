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
    {
      bursts->current = 0;
      bursts->has_reply = true;
    }
  if (!pingem_state_is_loss (state, error))
    return;

  bursts->n += bursts->current == 0;
  bursts->current++;
  bursts->head += !bursts->has_reply;
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

void
pingem_bursts_append (PingemBursts *bursts, const PingemBursts *next)
{
  uint32_t joined = bursts->current + next->head;

  bursts->n += next->n - (bursts->current > 0 && next->head > 0);
  if (next->longest > bursts->longest)
    bursts->longest = next->longest;
  if (joined > bursts->longest)
    bursts->longest = joined;
  bursts->head += bursts->has_reply ? 0 : next->head;
  bursts->current = next->has_reply ? next->current : bursts->current + next->current;
  bursts->has_reply |= next->has_reply;
}
