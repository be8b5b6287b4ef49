/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "history-fixture.h"

#include <errno.h>
#include <sqlite3.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

static void
remove_tree (const char *folder)
{
  g_autoptr (GSubprocess) rm =
      g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "rm", "-rf", "--", folder, NULL);

  g_assert_true (g_subprocess_wait_check (rm, NULL, NULL));
}

/* In memory where that can be: SQLite waits for the disk, and no test cuts its power. */
static char *
make_folder (void)
{
  g_autofree char *name = g_strdup ("/dev/shm/pingem-history-XXXXXX");

  return g_mkdtemp (name) != NULL ? g_steal_pointer (&name)
                                  : g_dir_make_tmp ("pingem-history-XXXXXX", NULL);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = make_folder ();
  g_assert_nonnull (f->folder);
  f->path = g_build_filename (f->folder, "history.sqlite", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->history, pingem_history_free);
  remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->path);
}

void
add_history_test (const char *name, HistoryTest test)
{
  g_autofree char *path = g_strconcat ("/history/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

void
open_history (Fixture *f, gint64 now_ms)
{
  g_autofree char *notice = NULL;
  g_autoptr (GError) error = NULL;

  f->history = pingem_history_open (f->path, PINGEM_HISTORY_DAYS, PINGEM_HISTORY_ROLLUP_DAYS,
                                    now_ms, &notice, &error);
  g_assert_no_error (error);
  g_assert_nonnull (f->history);
  g_assert_null (notice);
}

void
reopen_history (Fixture *f, gint64 now_ms)
{
  g_clear_pointer (&f->history, pingem_history_free);
  open_history (f, now_ms);
}

void
flush (Fixture *f, gint64 now_ms)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (pingem_history_flush (f->history, now_ms, &error));
  g_assert_no_error (error);
}

PingemRecord
record_of (guint64 seq, PingemState state, int rtt_us)
{
  return (PingemRecord){
    .seq = seq,
    .due_ns = (gint64) seq * NS_PER_S,
    .sent_ns = T0 * 1000000 + (gint64) seq * NS_PER_S,
    .rtt_ns = rtt_us >= 0 ? (gint64) rtt_us * 1000 : -1,
    .target = 1,
    .state = (guint8) state,
    .ttl = rtt_us >= 0 ? 57 : 0,
  };
}

void
record (Fixture *f, const char *key, guint64 seq, PingemState state, int rtt_us)
{
  PingemRecord record = record_of (seq, state, rtt_us);

  pingem_history_record (f->history, key, &record);
}

void
record_replies (Fixture *f, const char *key, guint64 first, guint n)
{
  for (guint64 seq = first; seq < first + n; seq++)
    record (f, key, seq, PINGEM_STATE_REPLY, 7000);
}

void
get_columns (
    Fixture *f, const char *key, gint64 from_ms, gint64 to_ms, guint n, PingemColumn *ret_columns)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (pingem_history_columns (f->history, key, from_ms, to_ms, n, ret_columns, &error));
  g_assert_no_error (error);
}

PingemColumn
get_column (Fixture *f, const char *key, gint64 from_ms, gint64 to_ms)
{
  PingemColumn column;

  get_columns (f, key, from_ms, to_ms, 1, &column);

  return column;
}

static int
compare_sent (gconstpointer a, gconstpointer b)
{
  const PingemRecord *x = *(const PingemRecord *const *) a;
  const PingemRecord *y = *(const PingemRecord *const *) b;

  return (x->sent_ns > y->sent_ns) - (x->sent_ns < y->sent_ns);
}

static int
compare_ints (gconstpointer a, gconstpointer b)
{
  return *(const int *) a - *(const int *) b;
}

static void
count_record (PingemColumn *column, const PingemRecord *record, guint *run, GArray *rtts)
{
  gboolean is_held = record->state == PINGEM_STATE_UNSENT && record->error == EAGAIN;
  gboolean is_answered = record->state == PINGEM_STATE_REPLY || record->state == PINGEM_STATE_LATE;
  gboolean is_pending = record->state == PINGEM_STATE_IN_FLIGHT;
  int rtt_us = (int) (record->rtt_ns / 1000);

  column->reply += record->state == PINGEM_STATE_REPLY;
  column->late += record->state == PINGEM_STATE_LATE;
  column->lost += record->state == PINGEM_STATE_LOST;
  column->error += record->state == PINGEM_STATE_ERROR;
  column->in_flight += is_pending;
  column->held += is_held;
  column->unsent += record->state == PINGEM_STATE_UNSENT && !is_held;
  column->duplicates += record->duplicates;

  if (is_answered)
    *run = 0;
  else if (!is_held && !is_pending)
    *run += 1;

  column->burst = MAX (column->burst, *run);

  if (is_answered)
    {
      column->ttl = record->ttl;
      g_array_append_val (rtts, rtt_us);
    }
}

static int
pick_rank (const GArray *sorted, guint percent)
{
  guint rank = (sorted->len * percent + 99) / 100;

  return sorted->len > 0 ? g_array_index (sorted, int, MAX (rank, 1) - 1) : -1;
}

static PingemColumn
count_naively (GPtrArray *records, gint64 start_ms, gint64 end_ms)
{
  PingemColumn column = { .start_ms = start_ms, .span_ms = (guint) (end_ms - start_ms) };
  g_autoptr (GArray) rtts = g_array_new (FALSE, FALSE, sizeof (int));
  guint run = 0;

  for (guint i = 0; i < records->len; i++)
    {
      const PingemRecord *record = records->pdata[i];
      gint64 sent_ms = record->sent_ns / 1000000;

      if (sent_ms >= start_ms && sent_ms < end_ms)
        count_record (&column, record, &run, rtts);
    }

  g_array_sort (rtts, compare_ints);
  column.rtt_min_us = pick_rank (rtts, 0);
  column.rtt_p50_us = pick_rank (rtts, 50);
  column.rtt_p95_us = pick_rank (rtts, 95);
  column.rtt_p99_us = pick_rank (rtts, 99);
  column.rtt_max_us = pick_rank (rtts, 100);

  return column;
}

void
assert_columns_match (Fixture *f, const GArray *records, gint64 from_ms, gint64 to_ms, guint n)
{
  g_autofree PingemColumn *columns = g_new0 (PingemColumn, n);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (sorted, &g_array_index (records, PingemRecord, i));

  g_ptr_array_sort (sorted, compare_sent);
  get_columns (f, "a", from_ms, to_ms, n, columns);

  for (guint i = 0; i < n; i++)
    {
      PingemColumn expected = count_naively (sorted, from_ms + i * (to_ms - from_ms) / n,
                                             from_ms + (i + 1) * (to_ms - from_ms) / n);

      /* Gaps, the last field, have tests of their own. */
      g_assert_cmpmem (&columns[i], G_STRUCT_OFFSET (PingemColumn, gap), &expected,
                       G_STRUCT_OFFSET (PingemColumn, gap));
    }
}

static sqlite3 *
open_database (Fixture *f)
{
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (f->path, &db), ==, SQLITE_OK);

  return db;
}

void
run_sql (Fixture *f, const char *sql)
{
  sqlite3 *db = open_database (f);

  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

gint64
count_rows (Fixture *f, const char *table)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM %s", table);
  sqlite3 *db = open_database (f);
  sqlite3_stmt *stmt;
  gint64 n;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  n = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (db);

  return n;
}

gint64
wal_size (Fixture *f)
{
  g_autofree char *name = g_strconcat (f->path, "-wal", NULL);
  GStatBuf st;

  g_assert_cmpint (g_stat (name, &st), ==, 0);

  return st.st_size;
}

GPtrArray *
list_files (Fixture *f, const char *part)
{
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (strstr (name, part) != NULL)
      g_ptr_array_add (names, g_build_filename (f->folder, name, NULL));

  return names;
}

void
write_file (const char *path, const char *data, gsize length)
{
  g_assert_true (g_file_set_contents_full (path, data, (gssize) length,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
}

void
make_history (Fixture *f)
{
  open_history (f, T0);
  record_replies (f, "a", 0, 1200);
  record_replies (f, "b", 0, 1200);
  pingem_history_begin_gap (f->history, PINGEM_GAP_PAUSED, T0 + 1200000);
  pingem_history_end_gap (f->history, T0 + 1300000);
  flush (f, T0 + 1300000);
  g_clear_pointer (&f->history, pingem_history_free);
}

void
in_child (Fixture *f, void (*func) (Fixture *f), int expected_signal)
{
  pid_t pid = fork ();
  int status;

  g_assert_cmpint (pid, >=, 0);

  if (pid == 0)
    {
      func (f);
      _exit (0);
    }

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);

  if (expected_signal != 0)
    g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == expected_signal);
  else
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

void
measure_and_be_killed (Fixture *f)
{
  open_history (f, T0);
  record_replies (f, "a", 0, 20);
  flush (f, T0 + 20000);
  record_replies (f, "a", 20, 20);
  kill (getpid (), SIGKILL);
}
