/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/engine.h"

#include <time.h>

static int64_t
read_clock (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);

  return now.tv_sec * INT64_C (1000000000) + now.tv_nsec;
}

PingemTime
pingem_clock_kernel (void *data)
{
  PingemTime now;

  /* Monotonic last: nearest to the send that follows. */
  now.boot_ns = read_clock (CLOCK_BOOTTIME);
  now.real_ns = read_clock (CLOCK_REALTIME);
  now.mono_ns = read_clock (CLOCK_MONOTONIC);

  return now;
}
