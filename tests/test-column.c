/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ipc/column.h"

static void
test_survives_the_bus (void)
{
  PingemColumn columns[2] = {
    { .start_ms = 1,
      .span_ms = 2,
      .reply = 3,
      .late = 4,
      .lost = 5,
      .unsent = 6,
      .held = 7,
      .error = 8,
      .in_flight = 9,
      .duplicates = 10,
      .burst = 11,
      .ttl = 12,
      .rtt_min_us = 13,
      .rtt_p50_us = 14,
      .rtt_p95_us = 15,
      .rtt_p99_us = 16,
      .rtt_max_us = 17,
      .gap = PINGEM_GAP_SUSPENDED },
    { .rtt_min_us = -1, .rtt_p50_us = -1, .rtt_p95_us = -1, .rtt_p99_us = -1, .rtt_max_us = -1 },
  };
  g_autoptr (GVariant) variant = g_variant_ref_sink (pingem_columns_to_variant (columns, 2));
  g_autoptr (GArray) back = pingem_columns_from_variant (variant);

  g_assert_cmpmem (back->data, back->len * sizeof (PingemColumn), columns, sizeof columns);
}

static void
test_loss (void)
{
  PingemColumn column = {
    .reply = 1, .late = 1, .lost = 1, .unsent = 1, .error = 1, .held = 9, .in_flight = 9
  };

  g_assert_cmpuint (pingem_column_due (&column), ==, 5);
  g_assert_cmpfloat (pingem_column_loss (&column), ==, 0.6);
  g_assert_cmpfloat (pingem_column_loss (&(PingemColumn){ .in_flight = 1 }), ==, -1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ipc/column/survives-the-bus", test_survives_the_bus);
  g_test_add_func ("/ipc/column/loss", test_loss);

  return g_test_run ();
}
