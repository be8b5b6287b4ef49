/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "source/stamp-clock.h"

#include <sys/timex.h>

#define NS_PER_S G_GINT64_CONSTANT (1000000000)
#define UNIX_EPOCH G_GUINT64_CONSTANT (2208988800) /* in seconds of NTP */
#define SYNCHRONISED 0x8000
#define SCALE_SHIFT 8
#define MAX_MULTIPLIER 255
/* The error is multiplier * 2^(scale - 32) seconds. */
#define MAX_SCALE 63

guint64
pingem_stamp_clock_from_unix (gint64 real_ns)
{
  guint64 seconds = (guint64) (real_ns / NS_PER_S) + UNIX_EPOCH;
  guint64 fraction = ((guint64) (real_ns % NS_PER_S) << 32) / NS_PER_S;

  return seconds << 32 | fraction;
}

gint64
pingem_stamp_clock_diff_ns (guint64 later, guint64 earlier)
{
  gint64 diff = (gint64) (later - earlier);
  gint64 seconds = diff >> 32;
  gint64 fraction = diff & 0xffffffff;

  return seconds * NS_PER_S + ((fraction * NS_PER_S) >> 32);
}

guint16
pingem_stamp_clock_error_estimate (void)
{
  struct timex timex = { 0 };
  gboolean is_known = adjtimex (&timex) != -1;
  guint64 multiplier = is_known ? ((guint64) timex.maxerror << 32) / 1000000 : 0;
  guint scale = 0;

  for (; multiplier > MAX_MULTIPLIER && scale < MAX_SCALE; scale++)
    multiplier >>= 1;

  return (guint16) ((is_known && (timex.status & STA_UNSYNC) == 0 ? SYNCHRONISED : 0) |
                    scale << SCALE_SHIFT | MAX (multiplier, 1));
}
