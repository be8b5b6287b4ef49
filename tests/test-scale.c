/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "chart/scale.h"

static void
test_tops_are_round (void)
{
  static const struct {
    int rtt_us;
    int linear_us;
    int log_us;
  } rows[] = {
    { -1, 1000, 1000 },       { 1000, 1000, 1000 },        { 1001, 2000, 10000 },
    { 31000, 50000, 100000 }, { 123456, 200000, 1000000 }, { 2000000000, 100000000, 100000000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpint (pingem_scale_fit (rows[i].rtt_us, FALSE).top_us, ==, rows[i].linear_us);
      g_assert_cmpint (pingem_scale_fit (rows[i].rtt_us, TRUE).top_us, ==, rows[i].log_us);
    }
}

static void
test_heights (void)
{
  PingemScale linear = { 50000, FALSE };
  PingemScale logarithm = { 100000, TRUE };

  g_assert_cmpfloat (pingem_scale_get_height (&linear, 25000), ==, 0.5);
  g_assert_cmpfloat (pingem_scale_get_height (&linear, 999999), ==, 1);
  g_assert_cmpfloat_with_epsilon (pingem_scale_get_height (&logarithm, 1000), 1 / 3.0, 1e-9);
  g_assert_cmpfloat (pingem_scale_get_height (&logarithm, 0), ==, 0);
}

static void
test_one_spike_does_not_flatten_the_rest (void)
{
  PingemColumn columns[100];

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    columns[i] = (PingemColumn){ .rtt_p95_us = i == 40 ? 3000000 : 10000 };
  g_assert_cmpint (pingem_scale_measure (columns, G_N_ELEMENTS (columns)), ==, 10000);

  for (guint i = 0; i < 20; i++)
    columns[i].rtt_p95_us = 90000;
  g_assert_cmpint (pingem_scale_measure (columns, G_N_ELEMENTS (columns)), ==, 90000);
}

static void
test_no_rtt (void)
{
  PingemColumn column = { .lost = 3, .rtt_p95_us = -1 };

  g_assert_cmpint (pingem_scale_measure (&column, 1), ==, -1);
  g_assert_cmpint (pingem_scale_measure (NULL, 0), ==, -1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/scale/tops-are-round", test_tops_are_round);
  g_test_add_func ("/chart/scale/heights", test_heights);
  g_test_add_func ("/chart/scale/one-spike", test_one_spike_does_not_flatten_the_rest);
  g_test_add_func ("/chart/scale/no-rtt", test_no_rtt);

  return g_test_run ();
}
