/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/meter.h"

#include <errno.h>
#include <math.h>

#define NS_PER_S 1e9
/* 61 us: the first bound is 2^-14 s, the last one 4 s, as in schema 0 of native histograms. */
#define FIRST_EXPONENT (-14)

static const double classic_bounds[PINGEM_N_CLASSIC - 1] = {
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2,
};

double
pingem_meter_classic_bound (guint i)
{
  return i < G_N_ELEMENTS (classic_bounds) ? classic_bounds[i] : INFINITY;
}

double
pingem_meter_exponential_bound (guint i)
{
  return i < PINGEM_N_EXPONENTIAL - 1 ? ldexp (1, FIRST_EXPONENT + (int) i) : INFINITY;
}

const char *
pingem_lost_word (PingemLostReason reason)
{
  static const char *const words[PINGEM_N_LOST] = { "timeout", "unreachable", "refused" };

  return words[reason];
}

const char *
pingem_unsent_word (PingemUnsentReason reason)
{
  static const char *const words[PINGEM_N_UNSENT] = { "held", "no-network", "error" };

  return words[reason];
}

static guint
find_bucket (double (*bound) (guint), double seconds)
{
  guint i = 0;

  while (seconds > bound (i))
    i++;

  return i;
}

static void
add_reply (PingemMeter *meter, gint64 rtt_ns)
{
  double seconds = (double) rtt_ns / NS_PER_S;

  meter->replies++;
  meter->rtt_s += seconds;
  meter->classic[find_bucket (pingem_meter_classic_bound, seconds)]++;
  meter->exponential[find_bucket (pingem_meter_exponential_bound, seconds)]++;
}

static PingemUnsentReason
classify_unsent (int error)
{
  if (error == EAGAIN)
    return PINGEM_UNSENT_HELD;

  return error == ENETUNREACH || error == ENETDOWN || error == EHOSTUNREACH ||
                 error == EADDRNOTAVAIL
             ? PINGEM_UNSENT_NO_NETWORK
             : PINGEM_UNSENT_ERROR;
}

void
pingem_meter_add (PingemMeter *meter, const PingemRecord *record)
{
  gboolean is_timed_out = (record->flags & PINGEM_RECORD_TIMED_OUT) != 0;

  if (record->state == PINGEM_STATE_UNSENT)
    {
      meter->unsent[classify_unsent (record->error)]++;
      return;
    }

  /* At the end of its hold a slot is told once more as it is. */
  if ((record->flags & PINGEM_RECORD_FINAL) != 0)
    return;

  if (record->duplicates > 0)
    meter->duplicates++;
  else if (record->state == PINGEM_STATE_IN_FLIGHT)
    meter->sent++;
  else if (record->state == PINGEM_STATE_REPLY)
    add_reply (meter, record->rtt_ns);
  else if (record->state == PINGEM_STATE_LOST)
    meter->lost[PINGEM_LOST_TIMEOUT]++;
  else if (record->state == PINGEM_STATE_LATE)
    {
      meter->late++;
      /* It was read before the timeout was looked at. */
      meter->lost[PINGEM_LOST_TIMEOUT] += !is_timed_out;
    }
  /* A reply may still win over an error, until the timeout. */
  else if (is_timed_out)
    meter->lost[record->error == ECONNREFUSED ? PINGEM_LOST_REFUSED : PINGEM_LOST_UNREACHABLE]++;
}
