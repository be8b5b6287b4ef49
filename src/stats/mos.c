/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "stats/mos.h"

#include <math.h>

/* R without delay and loss, and the parts of it that delay is compared with. */
#define R_DEFAULT 93.2
#define RO 94.77
#define ROE 94.77
#define TELR 65
#define WEPL 110
#define BPL 25.1
#define CODEC_DELAY_MS 20

/* Talker echo, for STMR = 15 dB: formulas 7-20 to 7-23. */
static double
find_idte (double t)
{
  double terv = TELR - 40 * log10 ((1 + t / 10) / (1 + t / 150)) + 6 * exp (-0.3 * t * t);
  double half = (ROE - (80 + 2.5 * (terv - 14))) / 2;

  return (half + sqrt (half * half + 100) - 1) * (1 - exp (-t));
}

/* Listener echo, of the round trip: formulas 7-25 and 7-26. */
static double
find_idle (double tr)
{
  double half = (RO - 10.5 * (WEPL + 7) * pow (tr + 1, -0.25)) / 2;

  return half + sqrt (half * half + 169);
}

/* Delay as such: formulas 7-27 and 7-28. */
static double
find_idd (double ta)
{
  double x = ta > 100 ? log2 (ta / 100) : 0;

  return 25 * (pow (1 + pow (x, 6), 1.0 / 6) - 3 * pow (1 + pow (x / 3, 6), 1.0 / 6) + 2);
}

double
pingem_mos_delay_impairment (double delay_ms)
{
  return find_idte (delay_ms) + find_idle (2 * delay_ms) + find_idd (delay_ms);
}

double
pingem_mos_burst_ratio (double n, double n_lost, double n_bursts)
{
  double ratio;

  if (n_bursts <= 0 || n_lost >= n)
    return 1;

  /* Random loss of share p comes in bursts of 1 / (1 - p) on average. */
  ratio = n_lost / n_bursts * (1 - n_lost / n);

  return ratio > 1 ? ratio : 1;
}

static double
mos_of_r (double r)
{
  double mos = 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;

  return r <= 0 || mos < 1 ? 1 : r >= 100 ? 4.5 : mos;
}

double
pingem_mos (double rtt_ms, double jitter_ms, double loss, double burst_ratio)
{
  double delay_ms = rtt_ms / 2 + 2 * jitter_ms + CODEC_DELAY_MS;
  double percent = 100 * loss;
  double ie_eff = 95 * percent / (percent / burst_ratio + BPL);
  double id = pingem_mos_delay_impairment (delay_ms) - pingem_mos_delay_impairment (0);

  return mos_of_r (R_DEFAULT - id - ie_eff);
}
