/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>

#include "history-fixture.h"

/* A whole hour by the clock. */
#define HOUR_MS G_GINT64_CONSTANT (3600000)
#define BEGIN_MS (T0 / HOUR_MS * HOUR_MS + HOUR_MS)
#define BEGIN_SEQ ((guint64) (BEGIN_MS - T0) / 1000)

static PingemRecord
make_record (guint i)
{
  PingemRecord record = record_of (BEGIN_SEQ + i, PINGEM_STATE_REPLY, 0);

  if (g_test_rand_int_range (0, 50) == 0)
    record.state = g_test_rand_bit () ? PINGEM_STATE_LOST : PINGEM_STATE_ERROR;
  else if (g_test_rand_int_range (0, 200) == 0)
    {
      record.state = PINGEM_STATE_UNSENT;
      record.error = g_test_rand_bit () ? EAGAIN : ENETUNREACH;
    }

  record.duplicates = g_test_rand_int_range (0, 300) == 0;
  record.rtt_ns =
      record.state == PINGEM_STATE_REPLY ? g_test_rand_int_range (5000, 50000) * 1000 : -1;

  return record;
}

/* @n records, a second apart, flushed every 10 s as a monitor does. (transfer full) */
static GArray *
measure (Fixture *f, guint n)
{
  GArray *records = g_array_new (FALSE, FALSE, sizeof (PingemRecord));

  for (guint i = 0; i < n; i++)
    {
      PingemRecord record = make_record (i);

      pingem_history_record (f->history, "a", &record);
      g_array_append_val (records, record);
      if (i % 10 == 9)
        flush (f, BEGIN_MS + i * 1000);
    }

  return records;
}

static int
compare_ints (gconstpointer a, gconstpointer b)
{
  return *(const int *) a - *(const int *) b;
}

static void
assert_within_5_percent (int value, const GArray *sorted, guint percent)
{
  int exact = g_array_index (sorted, int, (sorted->len * percent + 99) / 100 - 1);

  g_assert_cmpfloat_with_epsilon (value, exact, exact * 0.05 + 1);
}

/* Compares a column with a plain count of what was sent in it. */
static void
assert_column (const PingemColumn *column, const GArray *records)
{
  g_autoptr (GArray) rtts = g_array_new (FALSE, FALSE, sizeof (int));
  guint n[PINGEM_N_STATES] = { 0 }, n_held = 0, n_duplicates = 0, run = 0, burst = 0;

  for (guint i = 0; i < records->len; i++)
    {
      const PingemRecord *record = &g_array_index (records, PingemRecord, i);
      gint64 sent_ms = record->sent_ns / 1000000;
      int rtt_us = (int) (record->rtt_ns / 1000);
      gboolean is_held = record->state == PINGEM_STATE_UNSENT && record->error == EAGAIN;

      if (sent_ms < column->start_ms || sent_ms >= column->start_ms + column->span_ms)
        continue;
      n[record->state]++;
      n_held += is_held;
      n_duplicates += record->duplicates;
      if (record->state == PINGEM_STATE_REPLY || record->state == PINGEM_STATE_LATE)
        {
          run = 0;
          g_array_append_val (rtts, rtt_us);
        }
      else if (!is_held)
        run++;
      burst = MAX (burst, run);
    }

  g_array_sort (rtts, compare_ints);
  g_assert_cmpuint (column->reply, ==, n[PINGEM_STATE_REPLY]);
  g_assert_cmpuint (column->late, ==, n[PINGEM_STATE_LATE]);
  g_assert_cmpuint (column->lost, ==, n[PINGEM_STATE_LOST]);
  g_assert_cmpuint (column->error, ==, n[PINGEM_STATE_ERROR]);
  g_assert_cmpuint (column->held, ==, n_held);
  g_assert_cmpuint (column->unsent, ==, n[PINGEM_STATE_UNSENT] - n_held);
  g_assert_cmpuint (column->duplicates, ==, n_duplicates);
  g_assert_cmpuint (column->burst, ==, burst);
  if (rtts->len == 0)
    {
      g_assert_cmpint (column->rtt_p50_us, ==, -1);
      return;
    }

  g_assert_cmpint (column->rtt_min_us, ==, g_array_index (rtts, int, 0));
  g_assert_cmpint (column->rtt_max_us, ==, g_array_index (rtts, int, rtts->len - 1));
  assert_within_5_percent (column->rtt_p50_us, rtts, 50);
  assert_within_5_percent (column->rtt_p95_us, rtts, 95);
  assert_within_5_percent (column->rtt_p99_us, rtts, 99);
}

static void
assert_columns (Fixture *f, const GArray *records, gint64 from_ms, gint64 to_ms, guint n)
{
  g_autofree PingemColumn *columns = g_new (PingemColumn, n);

  get_columns (f, "a", from_ms, to_ms, n, columns);
  for (guint i = 0; i < n; i++)
    assert_column (&columns[i], records);
}

/* Hours with rollups, the one under way, parts of minutes at both ends, and none at all. */
static void
test_the_same_as_a_plain_count (Fixture *f, gconstpointer data)
{
  const guint n = 5 * 3600 + 1234;
  g_autoptr (GArray) records = NULL;

  open_history (f, BEGIN_MS);
  records = measure (f, n);
  g_assert_cmpint (count_rows (f, "rollup"), ==, 5);

  assert_columns (f, records, BEGIN_MS, BEGIN_MS + 6 * HOUR_MS, 90); /* of 4 minutes */
  assert_columns (f, records, BEGIN_MS, BEGIN_MS + 6 * HOUR_MS, 6);  /* of an hour */
  assert_columns (f, records, BEGIN_MS, BEGIN_MS + 6 * HOUR_MS, 1);
  assert_columns (f, records, BEGIN_MS + 17300, BEGIN_MS + 5 * HOUR_MS + 41700, 1);
  assert_columns (f, records, BEGIN_MS - 50000000, BEGIN_MS + 3 * HOUR_MS + 100, 1);
  assert_columns (f, records, BEGIN_MS, BEGIN_MS + 2 * HOUR_MS, 2000); /* exact */

  flush (f, BEGIN_MS + n * 1000);
  reopen_history (f, BEGIN_MS + 6 * HOUR_MS);
  assert_columns (f, records, BEGIN_MS, BEGIN_MS + 6 * HOUR_MS, 90);
  reopen_history (f, BEGIN_MS + 7 * HOUR_MS);
  g_assert_cmpint (count_rows (f, "rollup"), ==, 6);
  g_assert_cmpint (count_rows (f, "pending"), ==, 0);
  assert_columns (f, records, BEGIN_MS, BEGIN_MS + 6 * HOUR_MS, 90);
}

/* A reply that comes two minutes after its hour was over. */
static void
test_late_corrects_a_rollup (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) records = NULL;
  PingemRecord late;

  open_history (f, BEGIN_MS);
  records = measure (f, 3600 + 110);
  g_assert_cmpint (count_rows (f, "rollup"), ==, 0);
  late = g_array_index (records, PingemRecord, 3599);
  late.state = PINGEM_STATE_LATE;
  late.rtt_ns = 60 * NS_PER_S;
  late.error = 0;

  /* So long after that the rollup was made meanwhile. */
  flush (f, BEGIN_MS + HOUR_MS + 200000);
  g_assert_cmpint (count_rows (f, "rollup"), ==, 1);
  pingem_history_record (f->history, "a", &late);
  g_array_index (records, PingemRecord, 3599) = late;
  assert_columns (f, records, BEGIN_MS - 2 * HOUR_MS, BEGIN_MS + HOUR_MS, 3);
  flush (f, BEGIN_MS + HOUR_MS + 210000);
  assert_columns (f, records, BEGIN_MS - 2 * HOUR_MS, BEGIN_MS + HOUR_MS, 3);
  flush (f, BEGIN_MS + 2 * HOUR_MS + 210000);
  g_assert_cmpint (count_rows (f, "pending"), ==, 0);
  assert_columns (f, records, BEGIN_MS - 2 * HOUR_MS, BEGIN_MS + HOUR_MS, 3);
}

/* A month later the probes are gone, and a year later their sums. */
static void
test_retention (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) records = NULL;

  open_history (f, BEGIN_MS);
  records = measure (f, 3 * 3600);
  reopen_history (f, BEGIN_MS + 4 * HOUR_MS);
  g_assert_cmpint (count_rows (f, "block"), ==, 180);

  reopen_history (f, BEGIN_MS + 30 * DAY_MS + HOUR_MS);
  g_assert_cmpint (count_rows (f, "block"), ==, 120);
  reopen_history (f, BEGIN_MS + 31 * DAY_MS);
  g_assert_cmpint (count_rows (f, "block"), ==, 0);
  assert_columns (f, records, BEGIN_MS, BEGIN_MS + 3 * HOUR_MS, 90);
  assert_columns (f, records, BEGIN_MS, BEGIN_MS + 3 * HOUR_MS, 3);

  reopen_history (f, BEGIN_MS + 365 * DAY_MS + 2 * HOUR_MS);
  g_assert_cmpint (count_rows (f, "rollup"), ==, 1);
  reopen_history (f, BEGIN_MS + 366 * DAY_MS);
  g_assert_cmpint (count_rows (f, "rollup"), ==, 0);
}

/* One lost packet of a month is seen in a strip of any width. */
static void
test_one_lost_of_a_month (Fixture *f, gconstpointer data)
{
  const guint n_days = 30, n_columns = 300;
  PingemColumn columns[300];
  guint64 n_replies = 0, n_lost = 0;

  open_history (f, BEGIN_MS);
  for (guint i = 0; i < n_days * 8640; i++)
    {
      PingemRecord record = record_of (BEGIN_SEQ + i * 10, PINGEM_STATE_REPLY, 7000);

      record.seq = i;
      if (i == 123456)
        record.state = PINGEM_STATE_LOST;
      pingem_history_record (f->history, "a", &record);
      if (i % 600 == 0)
        flush (f, BEGIN_MS + (gint64) i * 10000);
    }
  flush (f, BEGIN_MS + n_days * DAY_MS);

  get_columns (f, "a", BEGIN_MS, BEGIN_MS + n_days * DAY_MS, n_columns, columns);
  for (guint i = 0; i < n_columns; i++)
    {
      n_replies += columns[i].reply;
      n_lost += columns[i].lost;
      g_assert_cmpint (columns[i].lost > 0, ==, i == 123456 * n_columns / (n_days * 8640));
    }
  g_assert_cmpuint (n_replies, ==, n_days * 8640 - 1);
  g_assert_cmpuint (n_lost, ==, 1);
}

/* A file of the first version is read on, and its minutes get their sums. */
static void
test_migration (Fixture *f, gconstpointer data)
{
  static const char first_version[] =
      "CREATE TABLE target (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
      " leg TEXT NOT NULL) STRICT;"
      "CREATE TABLE block (id INTEGER PRIMARY KEY, target INTEGER NOT NULL REFERENCES target,"
      " start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, data BLOB NOT NULL) STRICT;"
      "CREATE INDEX block_by_time ON block (target, start_ms);"
      "CREATE TABLE gap (id INTEGER PRIMARY KEY, from_ms INTEGER NOT NULL, to_ms INTEGER,"
      " reason TEXT NOT NULL) STRICT;"
      "CREATE TABLE run (id INTEGER PRIMARY KEY, begin_ms INTEGER NOT NULL, alive_ms INTEGER NOT"
      " NULL) STRICT;"
      "PRAGMA application_id = 1348955496; PRAGMA user_version = 1;"
      "INSERT INTO target VALUES (1, 'a', '', '');"
      "INSERT INTO run VALUES (9, 1790000000000, 1790000050000);"
      /* Two replies of 7 ms, at 1790000039 s and a second later: in two minutes. */
      "INSERT INTO block VALUES (5, 1, 1790000039000, 1790000040000, X'010211B09188C59868D93639"
      "01D00FD936');";
  PingemColumn columns[2];

  run_sql (f, first_version);
  open_history (f, T0 + 100000);
  get_columns (f, "a", T0 + 38000, T0 + 42000, 2, columns);
  g_assert_cmpuint (columns[0].reply, ==, 1);
  g_assert_cmpuint (columns[1].reply, ==, 1);
  g_assert_cmpint (columns[0].rtt_p50_us, ==, 7000);
  g_assert_cmpuint (columns[0].ttl, ==, 57);
  g_assert_cmpint (count_rows (f, "block"), ==, 2);
  reopen_history (f, T0 + 2 * HOUR_MS);
  g_assert_cmpuint (get_column (f, "a", T0 - 2 * HOUR_MS, T0 + 2 * HOUR_MS).reply, ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_history_test ("rollups/the-same-as-a-plain-count", test_the_same_as_a_plain_count);
  add_history_test ("rollups/late-corrects-a-rollup", test_late_corrects_a_rollup);
  add_history_test ("rollups/retention", test_retention);
  add_history_test ("rollups/one-lost-of-a-month", test_one_lost_of_a_month);
  add_history_test ("rollups/migration", test_migration);

  return g_test_run ();
}
