/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "stats/significance.h"

#include <math.h>

#define MAX_P 0.05

static double
log_choose (uint32_t n, uint32_t k)
{
  return lgamma (n + 1.0) - lgamma (k + 1.0) - lgamma (n - k + 1.0);
}

/* How likely A has just @lost of the @all_lost, were there no difference (hypergeometric). */
static double
likelihood (uint32_t lost, uint32_t n_a, uint32_t all_lost, uint32_t n_b)
{
  return exp (log_choose (n_a, lost) + log_choose (n_b, all_lost - lost) -
              log_choose (n_a + n_b, all_lost));
}

double
pingem_loss_p (uint32_t lost_a, uint32_t n_a, uint32_t lost_b, uint32_t n_b)
{
  uint32_t all_lost = lost_a + lost_b;
  double p = 0;

  if (n_a == 0 || n_b == 0)
    return 1;

  for (uint32_t lost = lost_a; lost <= n_a && lost <= all_lost; lost++)
    p += likelihood (lost, n_a, all_lost, n_b);

  return p;
}

bool
pingem_loss_is_above (uint32_t lost_a, uint32_t n_a, uint32_t lost_b, uint32_t n_b)
{
  return pingem_loss_p (lost_a, n_a, lost_b, n_b) < MAX_P;
}

bool
pingem_loss_is_above_share (uint32_t lost, uint32_t n, double share)
{
  double p = 0;

  for (uint32_t i = lost; i <= n; i++)
    p += exp (log_choose (n, i) + i * log (share) + (n - i) * log1p (-share));

  return lost > 0 && p < MAX_P;
}
