/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "peer/budget.h"

#include "peer/lease.h"

#include <unistd.h>

#define DAY_S 86400
#define NOW (20000 * (gint64) DAY_S + 5)

static void
test_day_is_kept_over_a_restart (void)
{
  g_autofree char *path = g_build_filename (g_get_user_state_dir (), "budget", NULL);
  PingemBudget *budget;

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_state_dir (), 0700), ==, 0);
  budget = pingem_budget_new (path, 1000);

  g_assert_true (pingem_budget_has (budget, 1000, NOW));
  pingem_budget_spend (budget, 600, NOW);
  g_assert_true (pingem_budget_has (budget, 400, NOW));
  g_assert_false (pingem_budget_has (budget, 401, NOW));
  pingem_budget_free (budget);

  budget = pingem_budget_new (path, 1000);
  g_assert_cmpuint (pingem_budget_get_spent (budget, NOW), ==, 600);
  pingem_budget_spend (budget, 600, NOW);
  g_assert_false (pingem_budget_has (budget, 0, NOW));
  g_assert_true (pingem_budget_has (budget, 1000, NOW + DAY_S));
  g_assert_cmpuint (pingem_budget_get_spent (budget, NOW + DAY_S), ==, 0);
  pingem_budget_free (budget);
}

static void
test_lease_has_one_owner (void)
{
  int first = pingem_lease_take ();

  g_assert_cmpint (first, >=, 0);
  g_assert_cmpint (pingem_lease_take (), ==, -1);
  close (first);
  first = pingem_lease_take ();
  g_assert_cmpint (first, >=, 0);
  close (first);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/peer/budget/day-is-kept-over-a-restart", test_day_is_kept_over_a_restart);
  g_test_add_func ("/peer/lease/has-one-owner", test_lease_has_one_owner);

  return g_test_run ();
}
