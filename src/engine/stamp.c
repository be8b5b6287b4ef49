/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/stamp.h"

#define MAX_DELAY_NS INT64_C (50000000)

void
pingem_stamps_add (PingemStamps *stamps, uint64_t number)
{
  stamps->numbers[stamps->n_sent++ % PINGEM_STAMPS_SIZE] = number;
  if (stamps->n_awaited < PINGEM_STAMPS_SIZE)
    stamps->n_awaited++;
}

bool
pingem_stamps_take (PingemStamps *stamps, uint32_t id, uint64_t *ret_number)
{
  uint32_t age = (uint32_t) stamps->n_sent - id;

  if (age == 0 || age > PINGEM_STAMPS_SIZE || age > stamps->n_sent)
    return false;

  if (stamps->n_awaited > 0)
    stamps->n_awaited--;
  *ret_number = stamps->numbers[id % PINGEM_STAMPS_SIZE];

  return true;
}

void
pingem_stamp_apply (PingemSlot *slot, int64_t stamp_ns)
{
  int64_t delay_ns = stamp_ns - slot->sent_real_ns;

  if (slot->state != PINGEM_STATE_IN_FLIGHT || slot->has_transmit_stamp || delay_ns < 0 ||
      delay_ns > MAX_DELAY_NS)
    return;

  slot->sent_real_ns = stamp_ns;
  slot->sent_mono_ns += delay_ns;
  slot->has_transmit_stamp = true;
}
