/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <glib.h>

#include "stats/tally.h"

static void
test_what_counts_as_loss (void)
{
  PingemTally tally = { 0 };

  for (PingemState state = 0; state < PINGEM_N_STATES; state++)
    pingem_tally_add (&tally, state, ENETUNREACH);
  g_assert_cmpuint (pingem_tally_due (&tally), ==, 5);
  g_assert_cmpfloat (pingem_tally_loss (&tally), ==, 0.6);

  pingem_tally_add (&tally, PINGEM_STATE_UNSENT, EAGAIN);
  g_assert_cmpuint (tally.held, ==, 1);
  g_assert_cmpuint (pingem_tally_due (&tally), ==, 5);

  pingem_tally_remove (&tally, PINGEM_STATE_LOST, 0);
  pingem_tally_add (&tally, PINGEM_STATE_LATE, 0);
  g_assert_cmpfloat (pingem_tally_loss (&tally), ==, 0.4);
  g_assert_cmpfloat (pingem_tally_loss (&(PingemTally){ .in_flight = 1 }), ==, -1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/tally/what-counts-as-loss", test_what_counts_as_loss);

  return g_test_run ();
}
