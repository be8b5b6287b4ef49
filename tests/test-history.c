/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>

#include "history-fixture.h"
#include "ipc/error.h"

static void
test_survives_reopening (Fixture *f, gconstpointer data)
{
  PingemColumn column;

  open_history (f, T0);
  pingem_history_name_target (f->history, "a", "Router", "router");
  record_replies (f, "a", 0, 90);
  record_replies (f, "b", 0, 30);
  flush (f, T0 + 90000);
  reopen_history (f, T0 + 100000);

  column = get_column (f, "a", T0, T0 + 90000);
  g_assert_cmpuint (column.reply, ==, 90);
  g_assert_cmpint (column.rtt_p50_us, ==, 7000);
  g_assert_cmpuint (column.ttl, ==, 57);
  column = get_column (f, "b", T0, T0 + 90000);
  g_assert_cmpuint (column.reply, ==, 30);
}

static void
test_makes_its_folder (Fixture *f, gconstpointer data)
{
  g_free (f->path);
  f->path = g_build_filename (f->folder, "a", "b", "history.sqlite", NULL);
  open_history (f, T0);

  g_assert_true (g_file_test (f->path, G_FILE_TEST_IS_REGULAR));
}

static void
test_unwritten_is_seen (Fixture *f, gconstpointer data)
{
  open_history (f, T0);
  record_replies (f, "a", 0, 30);
  flush (f, T0 + 30000);
  record_replies (f, "a", 30, 10);
  record (f, "a", 40, PINGEM_STATE_IN_FLIGHT, -1);

  g_assert_cmpuint (get_column (f, "a", T0, T0 + 60000).reply, ==, 40);
  g_assert_cmpuint (get_column (f, "a", T0, T0 + 60000).in_flight, ==, 1);
}

/* In flight, lost, then late: also where the block was written in between. */
static void
test_late_corrects_a_written_block (Fixture *f, gconstpointer data)
{
  PingemColumn column;

  open_history (f, T0);
  record_replies (f, "a", 0, 70);
  record (f, "a", 70, PINGEM_STATE_IN_FLIGHT, -1);
  flush (f, T0 + 70000);
  record (f, "a", 70, PINGEM_STATE_LOST, -1);
  flush (f, T0 + 72000);
  g_assert_cmpuint (get_column (f, "a", T0, T0 + 80000).lost, ==, 1);

  record (f, "a", 70, PINGEM_STATE_LATE, 2500000);
  record (f, "a", 3, PINGEM_STATE_LATE, 60000000);
  flush (f, T0 + 80000);
  reopen_history (f, T0 + 90000);

  column = get_column (f, "a", T0, T0 + 80000);
  g_assert_cmpuint (column.lost, ==, 0);
  g_assert_cmpuint (column.in_flight, ==, 0);
  g_assert_cmpuint (column.late, ==, 2);
  g_assert_cmpuint (column.reply, ==, 69);
  g_assert_cmpint (column.rtt_max_us, ==, 60000000);
}

/* A block that nothing can correct any more leaves the memory, and a forged correction is refused.
 */
static void
test_closed_blocks_stay (Fixture *f, gconstpointer data)
{
  open_history (f, T0);
  record_replies (f, "a", 0, 400);
  flush (f, T0 + 400000);
  record (f, "a", 5, PINGEM_STATE_LOST, -1);
  flush (f, T0 + 400001);
  reopen_history (f, T0 + 500000);

  g_assert_cmpuint (get_column (f, "a", T0, T0 + 400000).reply, ==, 400);
  g_assert_cmpuint (get_column (f, "a", T0, T0 + 400000).lost, ==, 0);
}

/* The reader was slow: what told of slot 5 first came after slot 6. */
static void
test_out_of_order (Fixture *f, gconstpointer data)
{
  open_history (f, T0);
  record_replies (f, "a", 3, 2);
  record_replies (f, "a", 6, 2);
  record_replies (f, "a", 5, 1);
  record_replies (f, "a", 1, 1);
  flush (f, T0 + 10000);
  reopen_history (f, T0 + 20000);

  g_assert_cmpuint (get_column (f, "a", T0, T0 + 10000).reply, ==, 6);
}

static void
test_seq_starts_again (Fixture *f, gconstpointer data)
{
  PingemRecord record = record_of (0, PINGEM_STATE_LOST, -1);

  open_history (f, T0);
  record_replies (f, "a", 0, 10);

  /* The same source counts anew, 10 s later; its first slot is lost. */
  record.due_ns += 10 * NS_PER_S;
  record.sent_ns += 10 * NS_PER_S;
  pingem_history_record (f->history, "a", &record);

  /* Another source, with another number for the target, in the same second. */
  record.target = 2;
  pingem_history_record (f->history, "a", &record);

  /* What still comes of the first one belongs to no slot of the second. */
  record_replies (f, "a", 8, 2);
  pingem_history_record (f->history, "a", &record);
  flush (f, T0 + 20000);

  g_assert_cmpuint (get_column (f, "a", T0, T0 + 20000).reply, ==, 10);
  g_assert_cmpuint (get_column (f, "a", T0, T0 + 20000).lost, ==, 2);

  /* The next run of the monitor. */
  reopen_history (f, T0 + 30000);
  record.due_ns += 20 * NS_PER_S;
  record.sent_ns += 20 * NS_PER_S;
  pingem_history_record (f->history, "a", &record);
  flush (f, T0 + 40000);

  g_assert_cmpuint (get_column (f, "a", T0, T0 + 40000).lost, ==, 3);
}

static void
test_nothing_new_writes_nothing (Fixture *f, gconstpointer data)
{
  gint64 size;

  open_history (f, T0);
  record_replies (f, "a", 0, 10);
  flush (f, T0 + 10000);
  size = wal_size (f);

  /* The end of its hold says nothing new of a slot. */
  record_replies (f, "a", 0, 10);
  flush (f, T0 + 20000);
  g_assert_cmpint (wal_size (f), ==, size);

  flush (f, T0 + 70000);
  g_assert_cmpint (wal_size (f), >, size);
}

static void
test_one_lost_of_a_day (Fixture *f, gconstpointer data)
{
  g_autofree PingemColumn *columns = g_new (PingemColumn, 300);
  guint lost = 0, reply = 0, n_with_loss = 0;

  open_history (f, T0);

  for (guint i = 0; i < 86400; i++)
    {
      record (f, "a", i, i == 54321 ? PINGEM_STATE_LOST : PINGEM_STATE_REPLY, 7000);
      if (i % 3600 == 0)
        flush (f, T0 + i * 1000);
    }

  flush (f, T0 + 86400000);
  get_columns (f, "a", T0, T0 + 86400000, 300, columns);

  for (guint i = 0; i < 300; i++)
    {
      lost += columns[i].lost;
      reply += columns[i].reply;
      n_with_loss += columns[i].lost > 0;
    }

  g_assert_cmpuint (lost, ==, 1);
  g_assert_cmpuint (n_with_loss, ==, 1);
  g_assert_cmpuint (reply, ==, 86399);
  g_assert_cmpuint (columns[54321 / 288].lost, ==, 1);
}

static void
test_old_is_deleted (Fixture *f, gconstpointer data)
{
  const gint64 later_ms = T0 + (PINGEM_HISTORY_DAYS + 1) * DAY_MS;

  open_history (f, T0);
  record_replies (f, "a", 0, 10);
  flush (f, T0 + 10000);
  reopen_history (f, T0 + DAY_MS);
  g_assert_cmpuint (get_column (f, "a", T0, T0 + 10000).reply, ==, 10);

  /* By a flush, once a day. */
  flush (f, later_ms);
  g_assert_cmpuint (get_column (f, "a", T0, T0 + 10000).reply, ==, 0);

  /* At open. */
  record_replies (f, "b", 0, 10);
  flush (f, later_ms);
  g_assert_cmpuint (get_column (f, "b", T0, T0 + 10000).reply, ==, 10);
  reopen_history (f, later_ms + 1);
  g_assert_cmpuint (get_column (f, "b", T0, T0 + 10000).reply, ==, 0);
}

static void
test_other_days_are_kept (Fixture *f, gconstpointer data)
{
  open_history (f, T0);
  record_replies (f, "a", 0, 10);
  flush (f, T0 + 10000);
  record_replies (f, "a", 2 * 86400, 10);
  flush (f, T0 + 2 * DAY_MS);
  g_assert_cmpint (count_rows (f, "block"), ==, 2);

  pingem_history_set_days (f->history, 1);
  record_replies (f, "a", 2 * 86400 + 10, 1);
  flush (f, T0 + 2 * DAY_MS + 10000);
  g_assert_cmpint (count_rows (f, "block"), ==, 1);
  g_assert_cmpuint (get_column (f, "a", T0 - DAY_MS, T0 + DAY_MS).reply, ==, 10);
}

static void
test_gaps (Fixture *f, gconstpointer data)
{
  PingemColumn columns[4];

  open_history (f, T0);
  record_replies (f, "a", 0, 10);
  pingem_history_begin_gap (f->history, PINGEM_GAP_PAUSED, T0 + 10000);
  get_columns (f, "a", T0, T0 + 40000, 4, columns);
  g_assert_cmpint (columns[0].gap, ==, PINGEM_GAP_NONE);
  g_assert_cmpint (columns[1].gap, ==, PINGEM_GAP_PAUSED);

  flush (f, T0 + 15000);
  pingem_history_begin_gap (f->history, PINGEM_GAP_PAUSED, T0 + 16000);
  pingem_history_begin_gap (f->history, PINGEM_GAP_NO_SOURCE, T0 + 20000);
  pingem_history_end_gap (f->history, T0 + 30000);
  pingem_history_end_gap (f->history, T0 + 31000);
  flush (f, T0 + 40000);
  reopen_history (f, T0 + 40000);

  get_columns (f, "a", T0, T0 + 40000, 4, columns);
  g_assert_cmpint (columns[0].gap, ==, PINGEM_GAP_NONE);
  g_assert_cmpuint (columns[0].reply, ==, 10);
  g_assert_cmpint (columns[1].gap, ==, PINGEM_GAP_PAUSED);
  g_assert_cmpint (columns[2].gap, ==, PINGEM_GAP_NO_SOURCE);
  g_assert_cmpint (columns[3].gap, ==, PINGEM_GAP_NONE);
}

/* A pause that was open ended with the last sign of life; after that nobody measured. */
static void
test_not_running (Fixture *f, gconstpointer data)
{
  PingemColumn columns[4];

  open_history (f, T0);
  record_replies (f, "a", 0, 60);
  pingem_history_begin_gap (f->history, PINGEM_GAP_PAUSED, T0 + 60000);
  flush (f, T0 + 61000);
  flush (f, T0 + 121000);
  reopen_history (f, T0 + 180000);

  get_columns (f, "a", T0, T0 + 240000, 4, columns);
  g_assert_cmpint (columns[0].gap, ==, PINGEM_GAP_NONE);
  g_assert_cmpint (columns[1].gap, ==, PINGEM_GAP_PAUSED);
  g_assert_cmpint (columns[2].gap, ==, PINGEM_GAP_NOT_RUNNING);
  g_assert_cmpint (columns[3].gap, ==, PINGEM_GAP_NONE);
}

static void
test_refused_ranges (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  PingemColumn column;

  open_history (f, T0);
  record_replies (f, "a", 0, 1);

  g_assert_false (pingem_history_columns (f->history, "z", T0, T0 + 1, 1, &column, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (pingem_history_columns (f->history, "a", T0, T0, 1, &column, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE);
}

static PingemState
random_state (GRand *rand)
{
  return g_rand_int_range (rand, 0, 4) > 0
             ? PINGEM_STATE_REPLY
             : (PingemState) g_rand_int_range (rand, 0, PINGEM_N_STATES);
}

/* Seconds in which slots were due at random, with a clock that was set back once. */
static GArray *
make_random_records (GRand *rand)
{
  GArray *records = g_array_new (FALSE, TRUE, sizeof (PingemRecord));
  gint64 step_ns = 0;

  for (guint i = 0; i < 3000; i++)
    {
      PingemRecord record = record_of (i, random_state (rand), -1);

      if (i == 1500)
        step_ns = -1000 * NS_PER_S;
      if (g_rand_int_range (rand, 0, 10) == 0)
        continue;

      record.sent_ns += step_ns + g_rand_int_range (rand, 0, 900) * 1000000;
      record.duplicates = g_rand_int_range (rand, 0, 20) == 0;
      record.ttl = (guint8) g_rand_int_range (rand, 50, 60);
      record.error =
          record.state == PINGEM_STATE_UNSENT ? (g_rand_boolean (rand) ? EAGAIN : ENETUNREACH) : 0;
      if (record.state == PINGEM_STATE_REPLY || record.state == PINGEM_STATE_LATE)
        record.rtt_ns = g_rand_int_range (rand, 0, 1000000000);

      g_array_append_val (records, record);
    }

  return records;
}

/* First in flight, then what became of it, with flushes at random. */
static void
play (Fixture *f, GRand *rand, const GArray *records)
{
  for (guint i = 0; i < records->len + 5; i++)
    {
      if (i < records->len)
        {
          PingemRecord record = g_array_index (records, PingemRecord, i);

          record.state = PINGEM_STATE_IN_FLIGHT;
          record.rtt_ns = -1;
          record.duplicates = 0;
          pingem_history_record (f->history, "a", &record);
        }

      if (i >= 5)
        pingem_history_record (f->history, "a", &g_array_index (records, PingemRecord, i - 5));
      if (g_rand_int_range (rand, 0, 10) == 0)
        flush (f, T0 + i * 1000);
    }
}

static void
test_exact (Fixture *f, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  g_autoptr (GArray) records = make_random_records (rand);

  open_history (f, T0);
  play (f, rand, records);

  for (guint i = 0; i < 60; i++)
    {
      gint64 from_ms = T0 + g_rand_int_range (rand, -100000, 2900000);
      gint64 to_ms = from_ms + g_rand_int_range (rand, 1000, 1000000);

      if (i == 30)
        {
          flush (f, T0 + 3000000);
          reopen_history (f, T0 + 3100000);
        }

      assert_columns_match (f, records, from_ms, to_ms, (guint) g_rand_int_range (rand, 1, 400));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_history_test ("survives-reopening", test_survives_reopening);
  add_history_test ("makes-its-folder", test_makes_its_folder);
  add_history_test ("unwritten-is-seen", test_unwritten_is_seen);
  add_history_test ("late-corrects-a-written-block", test_late_corrects_a_written_block);
  add_history_test ("closed-blocks-stay", test_closed_blocks_stay);
  add_history_test ("out-of-order", test_out_of_order);
  add_history_test ("seq-starts-again", test_seq_starts_again);
  add_history_test ("nothing-new-writes-nothing", test_nothing_new_writes_nothing);
  add_history_test ("one-lost-of-a-day", test_one_lost_of_a_day);
  add_history_test ("old-is-deleted", test_old_is_deleted);
  add_history_test ("other-days-are-kept", test_other_days_are_kept);
  add_history_test ("gaps", test_gaps);
  add_history_test ("not-running", test_not_running);
  add_history_test ("refused-ranges", test_refused_ranges);
  add_history_test ("exact", test_exact);

  return g_test_run ();
}
