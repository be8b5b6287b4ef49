/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PINGEM_RETRIES_SIZE 256

/* A slot that found the device's queue full. */
typedef struct {
  uint64_t seq;
  int64_t give_up_ns; /* CLOCK_BOOTTIME */
  uint32_t target;
} PingemRetry;

/* Those that are to be tried again, in turn. While it is full, nothing new should be sent. */
typedef struct {
  PingemRetry items[PINGEM_RETRIES_SIZE];
  uint32_t head;
  uint32_t n;
  int64_t next_ns; /* CLOCK_BOOTTIME */
} PingemRetries;

/* @retries must not be full. */
void pingem_retries_add (PingemRetries *retries, const PingemRetry *retry);
/* @retries must not be empty. */
PingemRetry pingem_retries_take (PingemRetries *retries);
/* Of what is due at @due_ns and of the retries, the first. */
int64_t pingem_retries_deadline (const PingemRetries *retries, int64_t due_ns);

static inline bool
pingem_retries_is_full (const PingemRetries *retries)
{
  return retries->n == PINGEM_RETRIES_SIZE;
}
