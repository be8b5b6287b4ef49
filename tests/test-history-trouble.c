/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "history-fixture.h"
#include "ipc/error.h"

static void
test_second_monitor (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  open_history (f, T0);
  g_assert_null (pingem_history_open (f->path, PINGEM_HISTORY_DAYS, PINGEM_HISTORY_ROLLUP_DAYS, T0,
                                      NULL, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, f->path));

  record_replies (f, "a", 0, 10);
  flush (f, T0 + 10000);
}

static void
test_killed (Fixture *f, gconstpointer unused)
{
  PingemColumn columns[3];

  in_child (f, measure_and_be_killed, SIGKILL);
  open_history (f, T0 + 60000);

  get_columns (f, "a", T0, T0 + 60000, 3, columns);
  g_assert_cmpuint (columns[0].reply, ==, 20);
  g_assert_cmpint (columns[0].gap, ==, PINGEM_GAP_NONE);
  g_assert_cmpint (columns[1].gap, ==, PINGEM_GAP_NOT_RUNNING);
  g_assert_cmpint (columns[2].gap, ==, PINGEM_GAP_NOT_RUNNING);
}

static void
set_disk_full (gboolean is_full)
{
  struct rlimit limit;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = is_full ? 4096 : limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
test_disk_full (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  open_history (f, T0);
  record_replies (f, "a", 0, 20);
  flush (f, T0 + 20000);
  record_replies (f, "a", 20, 20);

  set_disk_full (TRUE);
  g_assert_false (pingem_history_flush (f->history, T0 + 40000, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, f->path));
  g_assert_nonnull (strstr (error->message, "40 results wait"));
  record_replies (f, "a", 40, 10);
  g_assert_cmpuint (get_column (f, "a", T0, T0 + 60000).reply, ==, 50);
  g_assert_false (pingem_history_flush (f->history, T0 + 50000, NULL));
  set_disk_full (FALSE);

  flush (f, T0 + 60000);
  reopen_history (f, T0 + 70000);
  g_assert_cmpuint (get_column (f, "a", T0, T0 + 60000).reply, ==, 50);
}

static void
test_disk_full_for_long (Fixture *f, gconstpointer unused)
{
  const guint n = PINGEM_HISTORY_MAX_WAITING + 10000;
  g_autoptr (GError) error = NULL;
  guint n_kept;

  open_history (f, T0);
  pingem_history_begin_gap (f->history, PINGEM_GAP_STALLED, T0 + n * G_GINT64_CONSTANT (1000));
  set_disk_full (TRUE);
  record_replies (f, "a", 0, n);
  g_assert_false (pingem_history_flush (f->history, T0 + n * G_GINT64_CONSTANT (1000), &error));
  set_disk_full (FALSE);
  g_assert_nonnull (strstr (error->message, "older ones were dropped"));
  g_assert_null (strstr (error->message, " 0 older"));

  flush (f, T0 + n * G_GINT64_CONSTANT (1000));
  reopen_history (f, T0 + n * G_GINT64_CONSTANT (1000));
  n_kept = get_column (f, "a", T0, T0 + n * G_GINT64_CONSTANT (1000)).reply;
  g_assert_cmpuint (n_kept, <=, PINGEM_HISTORY_MAX_WAITING);
  g_assert_cmpuint (n_kept, >, PINGEM_HISTORY_MAX_WAITING - 100);
  g_assert_cmpint (get_column (f, "a", T0, T0 + 60000).gap, ==, PINGEM_GAP_DROPPED);
}

/* As an ordinary user: root may write everywhere. */
static void
open_in_read_only_folder (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (geteuid () != 0 || setresuid (65534, 65534, 65534) == 0);
  g_assert_null (pingem_history_open (f->path, PINGEM_HISTORY_DAYS, PINGEM_HISTORY_ROLLUP_DAYS, T0,
                                      NULL, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, f->folder));
}

static void
test_read_only_folder (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (g_chmod (f->folder, 0555), ==, 0);
  in_child (f, open_in_read_only_folder, 0);
  g_assert_cmpint (g_chmod (f->folder, 0755), ==, 0);
  make_history (f);
  g_assert_cmpint (g_chmod (f->path, 0444), ==, 0);
  g_assert_cmpint (g_chmod (f->folder, 0555), ==, 0);
  in_child (f, open_in_read_only_folder, 0);
  g_assert_cmpint (g_chmod (f->folder, 0755), ==, 0);
}

static void
test_folder_is_a_file (Fixture *f, gconstpointer unused)
{
  g_autofree char *file = g_build_filename (f->folder, "file", NULL);
  g_autofree char *path = g_build_filename (file, "history.sqlite", NULL);
  g_autoptr (GError) error = NULL;

  write_file (file, "", 0);
  g_assert_null (pingem_history_open (path, PINGEM_HISTORY_DAYS, PINGEM_HISTORY_ROLLUP_DAYS, T0,
                                      NULL, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED);
  g_clear_error (&error);

  g_assert_cmpint (g_mkdir (f->path, 0700), ==, 0);
  g_assert_null (pingem_history_open (f->path, PINGEM_HISTORY_DAYS, PINGEM_HISTORY_ROLLUP_DAYS, T0,
                                      NULL, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED);
}

/* What is left where no file can be used. */
static void
test_in_memory (Fixture *f, gconstpointer data)
{
  g_free (f->path);
  f->path = g_strdup (":memory:");
  open_history (f, T0);
  record_replies (f, "a", 0, 400);
  flush (f, T0 + 400000);

  g_assert_cmpuint (get_column (f, "a", T0, T0 + 400000).reply, ==, 400);
  g_assert_false (g_file_test (":memory:", G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (":memory:.lock", G_FILE_TEST_EXISTS));
}

static guint
count_events (Fixture *f, const char *kind, const char *text)
{
  g_autoptr (GPtrArray) events =
      pingem_history_read_events (f->history, T0, T0 + DAY_MS, 100, NULL);
  guint n = 0;

  for (guint i = 0; i < events->len; i++)
    {
      const PingemEvent *event = events->pdata[i];

      n += g_str_equal (event->kind, kind) && g_str_equal (event->text, text);
    }

  return n;
}

/* A file that cannot be opened at first has targets, a gap and events with the same rows. */
static void
test_opened_later (Fixture *f, gconstpointer unused)
{
  g_autoptr (PingemHistory) other = NULL;
  g_autoptr (GError) error = NULL;

  make_history (f);
  open_history (f, T0 + 1400000);
  other = g_steal_pointer (&f->history);
  f->history = pingem_history_open_later (f->path, PINGEM_HISTORY_DAYS, PINGEM_HISTORY_ROLLUP_DAYS,
                                          T0 + 2000000);
  record_replies (f, "c", 2000, 50);
  record_replies (f, "b", 2000, 40);
  pingem_history_begin_gap (f->history, PINGEM_GAP_PAUSED, T0 + 2050000);
  pingem_history_end_gap (f->history, T0 + 2060000);
  pingem_history_add_event (f->history, PINGEM_EVENT_NOTE, "", "waits", T0 + 2060000);
  g_assert_false (pingem_history_flush (f->history, T0 + 2060000, &error));
  g_assert_nonnull (strstr (error->message, "90 results wait"));
  g_assert_cmpuint (get_column (f, "b", T0, T0 + DAY_MS).reply, ==, 40);

  g_clear_pointer (&other, pingem_history_free);
  flush (f, T0 + 2070000);
  record_replies (f, "c", 2050, 30);
  flush (f, T0 + 2080000);
  reopen_history (f, T0 + 2090000);
  g_assert_cmpuint (get_column (f, "a", T0, T0 + DAY_MS).reply, ==, 1200);
  g_assert_cmpuint (get_column (f, "b", T0, T0 + DAY_MS).reply, ==, 1240);
  g_assert_cmpuint (get_column (f, "c", T0, T0 + DAY_MS).reply, ==, 80);
  g_assert_cmpuint (count_events (f, PINGEM_EVENT_GAP, "paused"), ==, 2);
  g_assert_cmpuint (count_events (f, PINGEM_EVENT_NOTE, "waits"), ==, 1);
  g_assert_cmpint (get_column (f, "c", T0 + 1900000, T0 + 1950000).gap, ==, PINGEM_GAP_NOT_RUNNING);
  g_assert_cmpint (get_column (f, "c", T0 + 2000000, T0 + 2050000).gap, ==, PINGEM_GAP_NONE);
}

/* Nothing on the way there is lost, and no more is kept than may be. */
static void
test_opened_much_later (Fixture *f, gconstpointer unused)
{
  const gint64 end_ms = T0 + (PINGEM_HISTORY_MAX_WAITING + 10000) * G_GINT64_CONSTANT (1000);
  g_autofree char *file = g_build_filename (f->folder, "file", NULL);
  guint n_kept;

  g_free (f->path);
  f->path = g_build_filename (file, "history.sqlite", NULL);
  write_file (file, "", 0);
  f->history =
      pingem_history_open_later (f->path, PINGEM_HISTORY_DAYS, PINGEM_HISTORY_ROLLUP_DAYS, T0);
  record_replies (f, "a", 0, PINGEM_HISTORY_MAX_WAITING + 10000);
  g_assert_false (pingem_history_flush (f->history, end_ms, NULL));
  g_assert_false (pingem_history_flush (f->history, end_ms, NULL));

  g_assert_cmpint (g_unlink (file), ==, 0);
  flush (f, end_ms);
  reopen_history (f, end_ms);
  n_kept = get_column (f, "a", T0, end_ms).reply;
  g_assert_cmpuint (n_kept, <=, PINGEM_HISTORY_MAX_WAITING);
  g_assert_cmpuint (n_kept, >, PINGEM_HISTORY_MAX_WAITING - 100);
  g_assert_cmpint (get_column (f, "a", T0, T0 + 60000).gap, ==, PINGEM_GAP_DROPPED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_history_test ("second-monitor", test_second_monitor);
  add_history_test ("killed", test_killed);
  add_history_test ("disk-full", test_disk_full);
  add_history_test ("disk-full-for-long", test_disk_full_for_long);
  add_history_test ("read-only-folder", test_read_only_folder);
  add_history_test ("folder-is-a-file", test_folder_is_a_file);
  add_history_test ("opened-later", test_opened_later);
  add_history_test ("opened-much-later", test_opened_much_later);
  add_history_test ("in-memory", test_in_memory);

  return g_test_run ();
}
