/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib.h>

#include "engine/retry.h"

/* In turn, also where the end of the array comes between. */
static void
test_order (void)
{
  PingemRetries retries = { 0 };
  guint64 next = 0;

  for (guint64 seq = 0; seq < 3 * PINGEM_RETRIES_SIZE; seq++)
    {
      if (pingem_retries_is_full (&retries))
        g_assert_cmpuint (pingem_retries_take (&retries).seq, ==, next++);
      pingem_retries_add (&retries, &(PingemRetry){ .seq = seq, .target = 7 });
    }

  g_assert_cmpuint (retries.n, ==, PINGEM_RETRIES_SIZE);
  while (retries.n > 0)
    g_assert_cmpuint (pingem_retries_take (&retries).seq, ==, next++);
  g_assert_cmpuint (next, ==, 3 * PINGEM_RETRIES_SIZE);
}

static void
test_deadline (void)
{
  PingemRetries retries = { .next_ns = 500 };

  g_assert_cmpint (pingem_retries_deadline (&retries, 700), ==, 700);
  g_assert_cmpint (pingem_retries_deadline (&retries, G_MAXINT64), ==, G_MAXINT64);

  pingem_retries_add (&retries, &(PingemRetry){ 0 });
  g_assert_cmpint (pingem_retries_deadline (&retries, 700), ==, 500);
  g_assert_cmpint (pingem_retries_deadline (&retries, 300), ==, 300);

  /* Then what is due cannot be sent. */
  while (!pingem_retries_is_full (&retries))
    pingem_retries_add (&retries, &(PingemRetry){ 0 });
  g_assert_cmpint (pingem_retries_deadline (&retries, 300), ==, 500);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/retry/order", test_order);
  g_test_add_func ("/engine/retry/deadline", test_deadline);

  return g_test_run ();
}
