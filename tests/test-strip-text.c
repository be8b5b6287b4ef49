/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ctl/strip-text.h"

static void
check (const PingemColumn *columns, guint n, gboolean has_colours, const char *expected)
{
  g_autofree char *text = pingem_strip_text (columns, n, has_colours);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_heights (void)
{
  static const int rtts_us[] = { -1,    0,     4999,  5000,   10000,  19999,
                                 20000, 50000, 99999, 100000, 199999, 200000 };
  PingemColumn columns[G_N_ELEMENTS (rtts_us)] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (rtts_us); i++)
    {
      columns[i].reply = 60;
      columns[i].rtt_min_us = 1;
      columns[i].rtt_max_us = rtts_us[i];
    }

  check (columns, G_N_ELEMENTS (rtts_us), FALSE, "▁▁▁▂▃▃▄▅▅▆▆▇");
}

static const PingemColumn mixed[] = {
  { .reply = 59, .lost = 1, .rtt_max_us = 1 },
  { .lost = 60, .rtt_max_us = -1 },
  { .reply = 3, .unsent = 1, .rtt_max_us = 1 },
  { .error = 2, .gap = PINGEM_GAP_PAUSED },
  { .gap = PINGEM_GAP_PAUSED },
  { 0 },
  { .held = 3, .in_flight = 1 },
  { .reply = 1, .rtt_max_us = 1000 },
  { .reply = 1, .rtt_max_us = 1000 },
  { .late = 1, .rtt_max_us = 2500000 },
};

static void
test_loss_and_gaps (void)
{
  check (mixed, G_N_ELEMENTS (mixed), FALSE, "▒█▒█·  ▁▁▇");
  check (mixed, 0, FALSE, "");
}

/* What is read without colours is the same with them. */
static void
test_colours (void)
{
  check (mixed, G_N_ELEMENTS (mixed), TRUE, "\033[31m▒█▒█\033[0m·  \033[32m▁▁\033[33m▇\033[0m");
  check (mixed + 4, 2, TRUE, "· ");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/strip/heights", test_heights);
  g_test_add_func ("/ctl/strip/loss-and-gaps", test_loss_and_gaps);
  g_test_add_func ("/ctl/strip/colours", test_colours);

  return g_test_run ();
}
