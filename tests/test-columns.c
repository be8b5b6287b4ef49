/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>

#include "monitor/columns.h"

static PingemSlot
slot_of (guint64 seq, gint64 sent_ms, PingemState state, gint32 rtt_us)
{
  return (PingemSlot){
    .seq = seq, .sent_us = sent_ms * 1000, .state = (guint8) state, .rtt_us = rtt_us
  };
}

static void
test_borders (void)
{
  PingemColumn columns[3];

  pingem_column_builder_end (pingem_column_builder_new (1000, 2000, 3), columns);

  g_assert_cmpint (columns[0].start_ms, ==, 1000);
  g_assert_cmpint (columns[1].start_ms, ==, 1333);
  g_assert_cmpint (columns[2].start_ms, ==, 1666);
  g_assert_cmpuint (columns[0].span_ms, ==, 333);
  g_assert_cmpuint (columns[2].span_ms, ==, 334);
  g_assert_cmpint (columns[0].rtt_min_us, ==, -1);
  g_assert_cmpint (columns[0].rtt_max_us, ==, -1);
  g_assert_cmpint (columns[0].gap, ==, PINGEM_GAP_NONE);
}

static void
test_range_refused (void)
{
  g_assert_null (pingem_column_builder_new (1000, 2000, 0));
  g_assert_null (pingem_column_builder_new (1000, 2000, PINGEM_COLUMNS_MAX + 1));
  g_assert_null (pingem_column_builder_new (1000, 1000, 1));
  g_assert_null (pingem_column_builder_new (-1, 1000, 1));
  g_assert_null (pingem_column_builder_new (0, G_MAXINT64, 4000));
  g_assert_null (pingem_column_builder_new (0, G_GINT64_CONSTANT (5000000000), 1));
}

static void
test_counts (void)
{
  PingemColumnBuilder *builder = pingem_column_builder_new (0, 2000, 2);
  PingemSlot slots[] = {
    slot_of (0, 0, PINGEM_STATE_REPLY, 400),    slot_of (1, 100, PINGEM_STATE_LOST, -1),
    slot_of (2, 200, PINGEM_STATE_UNSENT, -1),  slot_of (3, 300, PINGEM_STATE_ERROR, -1),
    slot_of (4, 400, PINGEM_STATE_UNSENT, -1),  slot_of (5, 500, PINGEM_STATE_LATE, 100),
    slot_of (6, 999, PINGEM_STATE_LOST, -1),    slot_of (7, 1000, PINGEM_STATE_LOST, -1),
    slot_of (8, 2000, PINGEM_STATE_REPLY, 100),
  };
  PingemColumn columns[2];

  slots[0].ttl = 57;
  slots[0].duplicates = 2;
  slots[2].error = EAGAIN;
  slots[4].error = ENETUNREACH;
  slots[5].ttl = 58;
  pingem_column_builder_add_slots (builder, slots, G_N_ELEMENTS (slots));
  pingem_column_builder_end (builder, columns);

  g_assert_cmpuint (columns[0].reply, ==, 1);
  g_assert_cmpuint (columns[0].late, ==, 1);
  g_assert_cmpuint (columns[0].lost, ==, 2);
  g_assert_cmpuint (columns[0].held, ==, 1);
  g_assert_cmpuint (columns[0].unsent, ==, 1);
  g_assert_cmpuint (columns[0].error, ==, 1);
  g_assert_cmpuint (columns[0].duplicates, ==, 2);
  g_assert_cmpuint (columns[0].burst, ==, 3);
  g_assert_cmpuint (columns[0].ttl, ==, 58);
  g_assert_cmpint (columns[0].rtt_min_us, ==, 100);
  g_assert_cmpint (columns[0].rtt_p50_us, ==, 100);
  g_assert_cmpint (columns[0].rtt_p95_us, ==, 400);
  g_assert_cmpint (columns[0].rtt_max_us, ==, 400);
  g_assert_cmpuint (columns[1].lost, ==, 1);
  g_assert_cmpuint (columns[1].burst, ==, 1);
  g_assert_cmpuint (columns[1].reply, ==, 0);
  g_assert_cmpuint (columns[1].ttl, ==, 0);
}

static PingemRollup
roll_up (guint n_replies, guint n_lost, int rtt_us)
{
  PingemRollup rollup = { 0 };

  for (guint i = 0; i < n_replies; i++)
    pingem_rollup_add (&rollup, PINGEM_STATE_REPLY, 0, rtt_us, 0, 57);
  for (guint i = 0; i < n_lost; i++)
    pingem_rollup_add (&rollup, PINGEM_STATE_LOST, 0, -1, 0, 0);

  return rollup;
}

/* Each belongs to the column in which it starts; those outside are stepped over. */
static void
test_rollups (void)
{
  static const struct {
    gint64 start_ms;
    guint n_replies;
    guint n_lost;
  } rows[] = {
    { 940000, 5, 0 }, { 1000000, 60, 0 }, { 1060000, 58, 2 }, { 1120000, 0, 60 }, { 1180000, 60, 0 }
  };
  PingemColumnBuilder *builder = pingem_column_builder_new (1000000, 1180000, 2);
  guint8 packed[5 * PINGEM_ROLLUP_MAX_PACKED (60)];
  gsize n = 0;
  const guint8 *at = packed;
  PingemColumn columns[2];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemRollup rollup = roll_up (rows[i].n_replies, rows[i].n_lost, 7000);

      n += pingem_rollup_pack (&rollup, packed + n);
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_true (pingem_column_builder_add_rollup (builder, rows[i].start_ms, &at, packed + n));
  g_assert_true (at == packed + n);
  g_assert_false (pingem_column_builder_add_rollup (builder, 1179999, &at, packed + n));
  pingem_column_builder_end (builder, columns);

  g_assert_cmpuint (columns[0].reply, ==, 118);
  g_assert_cmpuint (columns[0].lost, ==, 2);
  g_assert_cmpuint (columns[0].burst, ==, 2);
  g_assert_cmpint (columns[0].rtt_min_us, ==, 7000);
  g_assert_cmpint (columns[0].rtt_p50_us, ==, 7000);
  g_assert_cmpuint (columns[1].reply, ==, 0);
  g_assert_cmpuint (columns[1].lost, ==, 60);
  g_assert_cmpint (columns[1].rtt_p50_us, ==, -1);
}

static void
test_gaps (void)
{
  PingemColumnBuilder *builder = pingem_column_builder_new (0, 5000, 5);
  PingemColumn columns[5];

  pingem_column_builder_add_gap (builder, 500, 2000, PINGEM_GAP_PAUSED);
  pingem_column_builder_add_gap (builder, 2000, 2499, PINGEM_GAP_STALLED);
  pingem_column_builder_add_gap (builder, 3000, 3400, PINGEM_GAP_DROPPED);
  pingem_column_builder_add_gap (builder, 3400, G_MAXINT64, PINGEM_GAP_SUSPENDED);
  pingem_column_builder_add_gap (builder, G_MININT64, 0, PINGEM_GAP_NO_SOURCE);
  pingem_column_builder_end (builder, columns);

  g_assert_cmpint (columns[0].gap, ==, PINGEM_GAP_PAUSED);
  g_assert_cmpint (columns[1].gap, ==, PINGEM_GAP_PAUSED);
  g_assert_cmpint (columns[2].gap, ==, PINGEM_GAP_NONE);
  g_assert_cmpint (columns[3].gap, ==, PINGEM_GAP_SUSPENDED);
  g_assert_cmpint (columns[4].gap, ==, PINGEM_GAP_SUSPENDED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/columns/borders", test_borders);
  g_test_add_func ("/columns/range-refused", test_range_refused);
  g_test_add_func ("/columns/counts", test_counts);
  g_test_add_func ("/columns/rollups", test_rollups);
  g_test_add_func ("/columns/gaps", test_gaps);

  return g_test_run ();
}
