/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/retry.h"

void
pingem_retries_add (PingemRetries *retries, const PingemRetry *retry)
{
  retries->items[(retries->head + retries->n++) % PINGEM_RETRIES_SIZE] = *retry;
}

PingemRetry
pingem_retries_take (PingemRetries *retries)
{
  PingemRetry retry = retries->items[retries->head];

  retries->head = (retries->head + 1) % PINGEM_RETRIES_SIZE;
  retries->n--;

  return retry;
}

int64_t
pingem_retries_deadline (const PingemRetries *retries, int64_t due_ns)
{
  if (retries->n == 0)
    return due_ns;

  return pingem_retries_is_full (retries) || retries->next_ns < due_ns ? retries->next_ns : due_ns;
}
