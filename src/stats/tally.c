/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "stats/tally.h"

#include <errno.h>
#include <stddef.h>

static uint64_t *
find_count (PingemTally *tally, PingemState state, int error)
{
  switch (state)
    {
    case PINGEM_STATE_IN_FLIGHT:
      return &tally->in_flight;
    case PINGEM_STATE_REPLY:
      return &tally->reply;
    case PINGEM_STATE_LATE:
      return &tally->late;
    case PINGEM_STATE_LOST:
      return &tally->lost;
    case PINGEM_STATE_UNSENT:
      return error == EAGAIN ? &tally->held : &tally->unsent;
    case PINGEM_STATE_ERROR:
      return &tally->error;
    }

  return NULL;
}

void
pingem_tally_add (PingemTally *tally, PingemState state, int error)
{
  ++*find_count (tally, state, error);
}

void
pingem_tally_remove (PingemTally *tally, PingemState state, int error)
{
  --*find_count (tally, state, error);
}

void
pingem_tally_merge (PingemTally *tally, const PingemTally *other)
{
  tally->reply += other->reply;
  tally->late += other->late;
  tally->lost += other->lost;
  tally->unsent += other->unsent;
  tally->held += other->held;
  tally->error += other->error;
  tally->in_flight += other->in_flight;
  tally->duplicates += other->duplicates;
}

uint64_t
pingem_tally_due (const PingemTally *tally)
{
  return tally->reply + tally->late + tally->lost + tally->unsent + tally->error;
}

double
pingem_tally_loss (const PingemTally *tally)
{
  uint64_t due = pingem_tally_due (tally);

  return due > 0 ? (double) (tally->lost + tally->unsent + tally->error) / due : -1;
}
