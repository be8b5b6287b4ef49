/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "monitor/clocks.h"

#define S G_GINT64_CONSTANT (1000000000)

static void
test_differences (void)
{
  static const struct {
    const char *name;
    PingemTime last;
    PingemTime now;
    gint64 asleep_ns;
    gint64 stepped_ns;
  } rows[] = {
    { "the first reading", { 0, 0, 0 }, { 5 * S, 9 * S, 100 * S }, 0, 0 },
    { "a second", { S, S, 100 * S }, { 2 * S, 2 * S, 101 * S }, 0, 0 },
    { "asleep an hour", { S, S, 100 * S }, { 2 * S, 3602 * S, 3701 * S }, 3600 * S, 0 },
    { "set forward", { S, 5 * S, 100 * S }, { 2 * S, 6 * S, 103 * S }, 0, 2 * S },
    { "set back", { S, 5 * S, 100 * S }, { 2 * S, 6 * S, 41 * S }, 0, -60 * S },
    { "asleep, and set", { S, S, 100 * S }, { 2 * S, 12 * S, 110 * S }, 10 * S, -S },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].name);
      g_assert_cmpint (pingem_clocks_asleep_ns (&rows[i].last, &rows[i].now), ==,
                       rows[i].asleep_ns);
      g_assert_cmpint (pingem_clocks_stepped_ns (&rows[i].last, &rows[i].now), ==,
                       rows[i].stepped_ns);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/clocks/differences", test_differences);

  return g_test_run ();
}
