/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/bucket.h"

#include <glib.h>

#define MS G_GINT64_CONSTANT (1000000)

static const PingemRate rate = { .per_second = 10, .burst = 20 };

static guint
take_all (PingemBucket *bucket, gint64 now_ns)
{
  guint n = 0;

  while (pingem_bucket_has_token (bucket, &rate, now_ns))
    {
      pingem_bucket_take (bucket, &rate, now_ns);
      n++;
    }

  return n;
}

static void
test_burst (void)
{
  PingemBucket bucket = { 0 };

  g_assert_cmpuint (take_all (&bucket, 5 * MS), ==, 20);
  g_assert_cmpuint (take_all (&bucket, 104 * MS), ==, 0);
  g_assert_cmpuint (take_all (&bucket, 105 * MS), ==, 1);
  g_assert_cmpuint (take_all (&bucket, 3600000 * MS), ==, 20);
}

/* However often one tries: the rate and one burst. */
static void
test_rate (void)
{
  PingemBucket bucket = { 0 };
  guint n = 0;

  for (guint ms = 0; ms < 10000; ms++)
    n += take_all (&bucket, ms * MS);

  g_assert_cmpuint (n, ==, 20 + 99);
}

static void
test_debt (void)
{
  PingemBucket bucket = { 0 };

  g_assert_cmpuint (take_all (&bucket, 0), ==, 20);
  for (guint i = 0; i < 5; i++)
    pingem_bucket_take (&bucket, &rate, 0);
  g_assert_cmpuint (take_all (&bucket, 599 * MS), ==, 0);
  g_assert_cmpuint (take_all (&bucket, 600 * MS), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/helper/bucket/burst", test_burst);
  g_test_add_func ("/helper/bucket/rate", test_rate);
  g_test_add_func ("/helper/bucket/debt", test_debt);

  return g_test_run ();
}
