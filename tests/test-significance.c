/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib.h>

#include "stats/significance.h"

/* The p-values are those of R's fisher.test (alternative = "greater"). */
static void
test_table (void)
{
  static const struct {
    guint lost_a, n_a, lost_b, n_b;
    gboolean above;
  } rows[] = {
    { 1, 30, 0, 30, FALSE },   /* 0.5 */
    { 4, 30, 0, 30, FALSE },   /* 0.056 */
    { 5, 30, 0, 30, TRUE },    /* 0.026 */
    { 6, 30, 0, 30, TRUE },    /* 0.012 */
    { 6, 30, 6, 30, FALSE },   /* 0.63 */
    { 0, 30, 6, 30, FALSE },   /* 1 */
    { 30, 30, 0, 30, TRUE },   /* 0 */
    { 10, 300, 2, 300, TRUE }, /* 0.019 */
    { 3, 3, 0, 0, FALSE },     /* nothing to compare with */
    { 30, 30, 30, 30, FALSE }, /* 1 */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (
        pingem_loss_is_above (rows[i].lost_a, rows[i].n_a, rows[i].lost_b, rows[i].n_b), ==,
        rows[i].above);
}

/* The p-values are those of R's binom.test (alternative = "greater"). */
static void
test_share (void)
{
  g_assert_false (pingem_loss_is_above_share (0, 30, 0.02)); /* 1 */
  g_assert_false (pingem_loss_is_above_share (0, 0, 0.02));
  g_assert_false (pingem_loss_is_above_share (2, 30, 0.02));  /* 0.121 */
  g_assert_true (pingem_loss_is_above_share (3, 30, 0.02));   /* 0.0217 */
  g_assert_false (pingem_loss_is_above_share (5, 110, 0.02)); /* 0.0706 */
  g_assert_true (pingem_loss_is_above_share (6, 110, 0.02));  /* 0.0237 */
  g_assert_true (pingem_loss_is_above_share (30, 30, 0.02));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/significance/table", test_table);

  g_test_add_func ("/stats/significance/share", test_share);

  return g_test_run ();
}
