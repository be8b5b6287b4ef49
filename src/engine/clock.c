/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/engine.h"

#include <time.h>

#define MAX_TRIES 3
#define MAX_SPAN_NS 20000

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
  PingemTime now = { 0 };

  /* Again where we were interrupted, so that the clocks belong together. */
  for (int i = 0; i < MAX_TRIES; i++)
    {
      int64_t before_ns = read_clock (CLOCK_MONOTONIC);

      now.boot_ns = read_clock (CLOCK_BOOTTIME);
      now.real_ns = read_clock (CLOCK_REALTIME);
      now.mono_ns = read_clock (CLOCK_MONOTONIC);
      if (now.mono_ns - before_ns < MAX_SPAN_NS)
        break;
    }

  return now;
}
