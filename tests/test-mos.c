/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib.h>
#include <math.h>

#include "stats/mos.h"

/* Cole and Rosenbluth, "Voice over IP performance monitoring" (2001): 0.024 d, and 0.11 more of
 * what is above 177.3 ms, describe G.107's delay within 3.5 points of R up to 400 ms. */
static void
test_delay_as_published (void)
{
  for (double d = 0; d <= 400; d += 10)
    {
      double published = 0.024 * d + (d > 177.3 ? 0.11 * (d - 177.3) : 0);
      double ours = pingem_mos_delay_impairment (d) - pingem_mos_delay_impairment (0);

      g_assert_cmpfloat_with_epsilon (ours, published, 3.5);
    }
}

/* By hand from the formulas: without delay R is 93.2 - 95 p / (p + 25.1). */
static void
test_loss (void)
{
  static const struct {
    double loss;
    double mos;
  } rows[] = { { 0, 4.41 },   { 0.01, 4.33 }, { 0.02, 4.23 }, { 0.05, 3.92 },
               { 0.1, 3.41 }, { 0.2, 2.63 },  { 1, 1.18 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      double mos = pingem_mos (0, 0, rows[i].loss, 1);

      /* 20 ms of the codec cost half a point of R. */
      g_assert_cmpfloat_with_epsilon (mos, rows[i].mos, 0.04);
    }
}

static void
test_worse_is_lower (void)
{
  double good = pingem_mos (20, 1, 0, 1);

  g_assert_cmpfloat (good, >, 4.3);
  g_assert_cmpfloat (pingem_mos (300, 1, 0, 1), <, good);
  g_assert_cmpfloat (pingem_mos (20, 60, 0, 1), <, good);
  g_assert_cmpfloat (pingem_mos (20, 1, 0.05, 1), <, good);
  g_assert_cmpfloat (pingem_mos (20, 1, 0.05, 4), <, pingem_mos (20, 1, 0.05, 1));
  g_assert_cmpfloat (pingem_mos (700, 1, 0, 1), <, 3.6);
  g_assert_cmpfloat (pingem_mos (100000, 100000, 1, 100), ==, 1);
}

static void
test_burst_ratio (void)
{
  g_assert_cmpfloat (pingem_mos_burst_ratio (0, 0, 0), ==, 1);
  g_assert_cmpfloat (pingem_mos_burst_ratio (100, 0, 0), ==, 1);
  g_assert_cmpfloat (pingem_mos_burst_ratio (100, 100, 1), ==, 1);
  /* Each alone: less bursty than chance, which the model does not reward. */
  g_assert_cmpfloat (pingem_mos_burst_ratio (100, 10, 10), ==, 1);
  g_assert_cmpfloat_with_epsilon (pingem_mos_burst_ratio (100, 10, 2), 4.5, 1e-9);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/mos/delay-as-published", test_delay_as_published);
  g_test_add_func ("/stats/mos/loss", test_loss);
  g_test_add_func ("/stats/mos/worse-is-lower", test_worse_is_lower);
  g_test_add_func ("/stats/mos/burst-ratio", test_burst_ratio);

  return g_test_run ();
}
