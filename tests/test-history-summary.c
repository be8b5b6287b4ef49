/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>

#include "history-fixture.h"
#include "ipc/error.h"
#include "stats/mos.h"

#define HOUR_MS G_GINT64_CONSTANT (3600000)
/* A whole hour by the clock. */
#define BEGIN_MS (T0 / HOUR_MS * HOUR_MS + HOUR_MS)
#define BEGIN_SEQ ((guint64) (BEGIN_MS - T0) / 1000)

static PingemSummary
summarize (Fixture *f, gint64 from_ms, gint64 to_ms)
{
  PingemSummary summary;
  g_autoptr (GError) error = NULL;

  g_assert_true (pingem_history_summarize (f->history, "a", from_ms, to_ms, &summary, &error));
  g_assert_no_error (error);

  return summary;
}

static void
test_exact (Fixture *f, gconstpointer data)
{
  /* Slot 1 is answered after slot 4, slots 3 and 5 not at all. */
  PingemSummary summary;
  PingemRecord held = record_of (6, PINGEM_STATE_UNSENT, -1);

  open_history (f, T0);
  record (f, "a", 0, PINGEM_STATE_REPLY, 10000);
  record (f, "a", 1, PINGEM_STATE_LATE, 3500000);
  record (f, "a", 2, PINGEM_STATE_REPLY, 12000);
  record (f, "a", 3, PINGEM_STATE_LOST, -1);
  record (f, "a", 4, PINGEM_STATE_REPLY, 14000);
  record (f, "a", 5, PINGEM_STATE_LOST, -1);
  held.error = EAGAIN;
  pingem_history_record (f->history, "a", &held);
  record (f, "a", 7, PINGEM_STATE_LOST, -1);
  record (f, "a", 8, PINGEM_STATE_IN_FLIGHT, -1);
  flush (f, T0 + 6000);

  summary = summarize (f, T0, T0 + 60000);
  g_assert_false (summary.is_about);
  g_assert_cmpuint (pingem_tally_due (&summary.tally), ==, 7);
  g_assert_cmpuint (summary.tally.reply, ==, 3);
  g_assert_cmpuint (summary.tally.late, ==, 1);
  g_assert_cmpuint (summary.tally.lost, ==, 3);
  g_assert_cmpuint (summary.tally.held, ==, 1);
  g_assert_cmpuint (summary.tally.in_flight, ==, 1);
  g_assert_cmpuint (summary.bursts.n, ==, 2);
  g_assert_cmpuint (summary.bursts.longest, ==, 2);
  g_assert_cmpint (summary.rtt.min, ==, 10000);
  g_assert_cmpint (summary.rtt.p50, ==, 12000);
  g_assert_cmpint (summary.rtt.max, ==, 3500000);
  g_assert_cmpint (summary.mean_us, ==, (10000 + 3500000 + 12000 + 14000) / 4);
  /* 10, 12, 14, 3500 ms, in which order they came: 2 / 16, then (2 - J) / 16, ... */
  g_assert_cmpint (summary.rtt.jitter, ==,
                   (gint64) ((125 + (2000 - 125) / 16.0) * 15 / 16 + 3486000 / 16.0 + 0.5));
  g_assert_cmpfloat_with_epsilon (
      summary.mos,
      pingem_mos (12, summary.rtt.jitter / 1e3, 4 / 7.0, pingem_mos_burst_ratio (7, 3, 2)), 1e-9);
}

static void
test_only_the_range (Fixture *f, gconstpointer data)
{
  PingemSummary summary;

  open_history (f, T0);
  record_replies (f, "a", 0, 200);
  flush (f, T0 + 200000);

  summary = summarize (f, T0 + 10000, T0 + 10001);
  g_assert_cmpuint (summary.tally.reply, ==, 1);
  g_assert_cmpint (summary.rtt.jitter, ==, -1);
  g_assert_cmpuint (summarize (f, T0 + 10001, T0 + 130000).tally.reply, ==, 119);
  g_assert_cmpuint (summarize (f, T0 + 199000, T0 + HOUR_MS).tally.reply, ==, 1);

  summary = summarize (f, T0 + 200000, T0 + HOUR_MS);
  g_assert_cmpuint (pingem_tally_due (&summary.tally), ==, 0);
  g_assert_cmpint (summary.rtt.min, ==, -1);
  g_assert_cmpint (summary.mean_us, ==, -1);
  g_assert_cmpfloat (summary.mos, ==, -1);
}

/* Five hours, a second apart, of which every 50th is lost. */
static void
measure_hours (Fixture *f)
{
  for (guint i = 0; i < 5 * 3600; i++)
    {
      record (f, "a", BEGIN_SEQ + i, i % 50 == 0 ? PINGEM_STATE_LOST : PINGEM_STATE_REPLY,
              i % 50 == 0 ? -1 : 7000 + (int) (i % 7) * 1000);
      if (i % 600 == 599)
        flush (f, BEGIN_MS + i * 1000);
    }
}

static void
test_about (Fixture *f, gconstpointer data)
{
  PingemSummary exact, about;

  open_history (f, T0);
  measure_hours (f);

  exact = summarize (f, BEGIN_MS, BEGIN_MS + 2 * HOUR_MS);
  g_assert_false (exact.is_about);
  g_assert_cmpint (exact.rtt.p50, ==, 10000);

  /* From and to lie within a minute. */
  about = summarize (f, BEGIN_MS + 1500, BEGIN_MS + 4 * HOUR_MS + 90500);
  g_assert_true (about.is_about);
  g_assert_cmpuint (pingem_tally_due (&about.tally), ==, 4 * 3600 + 89);
  g_assert_cmpuint (about.tally.lost, ==, (4 * 3600 + 50) / 50);
  g_assert_cmpuint (about.bursts.n, ==, about.tally.lost);
  g_assert_cmpuint (about.bursts.longest, ==, 1);
  g_assert_cmpint (about.rtt.min, ==, 7000);
  g_assert_cmpint (about.rtt.max, ==, 13000);
  g_assert_cmpfloat_with_epsilon (about.rtt.p50, 10000, 500);
  g_assert_cmpint (about.mean_us, ==, -1);
  g_assert_cmpint (about.rtt.jitter, >, 0);
  g_assert_cmpfloat_with_epsilon (about.mos, exact.mos, 0.1);
}

static void
test_where_only_rollups_are_kept (Fixture *f, gconstpointer data)
{
  gint64 later_ms = BEGIN_MS + 35 * DAY_MS;
  PingemColumn columns[60];
  PingemSummary summary;
  guint n = 0;

  open_history (f, T0);
  measure_hours (f);
  flush (f, BEGIN_MS + 6 * HOUR_MS);
  record (f, "a", BEGIN_SEQ + 35 * 86400, PINGEM_STATE_REPLY, 7000);
  flush (f, later_ms);
  g_assert_cmpint (count_rows (f, "block"), ==, 1);

  summary = summarize (f, BEGIN_MS + HOUR_MS, BEGIN_MS + 2 * HOUR_MS);
  g_assert_true (summary.is_about);
  g_assert_cmpuint (pingem_tally_due (&summary.tally), ==, 3600);
  g_assert_cmpuint (summary.tally.lost, ==, 72);
  summary = summarize (f, BEGIN_MS + 30 * 60000, BEGIN_MS + 4 * HOUR_MS + 60000);
  g_assert_cmpuint (pingem_tally_due (&summary.tally), ==, 3600 / 2 * 7 + 60);
  summary = summarize (f, BEGIN_MS + 10000, BEGIN_MS + 20000);
  g_assert_cmpuint (pingem_tally_due (&summary.tally), ==, 0);
  g_assert_false (summarize (f, later_ms - HOUR_MS, later_ms + HOUR_MS).is_about);

  get_columns (f, "a", BEGIN_MS, BEGIN_MS + HOUR_MS, 60, columns);
  for (guint i = 0; i < 60; i++)
    n += pingem_column_due (&columns[i]);
  g_assert_cmpuint (n, ==, 3600);
}

static void
assert_refused (Fixture *f, const char *key, gint64 from_ms, gint64 to_ms, int code)
{
  PingemSummary summary;
  g_autoptr (GError) error = NULL;

  g_assert_false (pingem_history_summarize (f->history, key, from_ms, to_ms, &summary, &error));
  g_assert_error (error, PINGEM_ERROR, code);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  open_history (f, T0);
  record_replies (f, "a", 0, 1);

  assert_refused (f, "nobody", T0, T0 + 1, PINGEM_ERROR_NOT_FOUND);
  assert_refused (f, "a", T0, T0, PINGEM_ERROR_BAD_VALUE);
  assert_refused (f, "a", T0, T0 - 1, PINGEM_ERROR_BAD_VALUE);
  assert_refused (f, "a", -1, T0, PINGEM_ERROR_BAD_VALUE);
  assert_refused (f, "a", 0, T0, PINGEM_ERROR_BAD_VALUE);
  assert_refused (f, "a", 0, G_MAXINT64, PINGEM_ERROR_BAD_VALUE);
  assert_refused (f, "a", G_MININT64, G_MAXINT64, PINGEM_ERROR_BAD_VALUE);
  assert_refused (f, "a", G_MAXINT64 - 1, G_MAXINT64, PINGEM_ERROR_BAD_VALUE);
}

static void
test_unknown_numbers_are_left_out (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) none = NULL;
  g_autoptr (GVariant) some = NULL;
  PingemSummary summary;
  gboolean is_about;
  double loss;

  open_history (f, T0);
  record (f, "a", 0, PINGEM_STATE_IN_FLIGHT, -1);
  record_replies (f, "a", 1, 3);
  record (f, "a", 4, PINGEM_STATE_LOST, -1);

  summary = summarize (f, T0, T0 + 1000);
  none = g_variant_ref_sink (pingem_summary_to_variant (&summary));
  g_assert_cmpuint (g_variant_n_children (none), ==, 12);
  g_assert_true (g_variant_lookup (none, "about", "b", &is_about));
  g_assert_false (is_about);

  summary = summarize (f, T0, T0 + 5000);
  some = g_variant_ref_sink (pingem_summary_to_variant (&summary));
  g_assert_cmpuint (g_variant_n_children (some), ==, 21);
  g_assert_true (g_variant_lookup (some, "loss", "d", &loss));
  g_assert_cmpfloat (loss, ==, 0.25);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_history_test ("summary/exact", test_exact);
  add_history_test ("summary/only-the-range", test_only_the_range);
  add_history_test ("summary/about", test_about);
  add_history_test ("summary/where-only-rollups-are-kept", test_where_only_rollups_are_kept);
  add_history_test ("summary/refused", test_refused);
  add_history_test ("summary/unknown-numbers-are-left-out", test_unknown_numbers_are_left_out);

  return g_test_run ();
}
