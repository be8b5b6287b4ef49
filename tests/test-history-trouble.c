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

/* Where SQLite keeps these numbers in its header, 4 bytes each, most significant first. */
#define USER_VERSION_OFFSET 60
#define APPLICATION_ID_OFFSET 68

typedef struct {
  char *data;
  gsize length;
} Content;

static Content
read_file (const char *path)
{
  Content content = { 0 };

  g_assert_true (g_file_get_contents (path, &content.data, &content.length, NULL));

  return content;
}

static void
write_file (const char *path, const char *data, gsize length)
{
  g_assert_true (g_file_set_contents_full (path, data, (gssize) length,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
}

static void
assert_file (const char *path, const char *data, gsize length)
{
  Content content = read_file (path);

  g_assert_cmpmem (content.data, content.length, data, length);
  g_free (content.data);
}

/* A closed history of some minutes and two targets. */
static void
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

static void
remove_files (Fixture *f)
{
  g_autoptr (GPtrArray) names = list_files (f, "history");

  for (guint i = 0; i < names->len; i++)
    g_assert_cmpint (g_unlink (names->pdata[i]), ==, 0);
}

/* The one file that was set aside, without what lies beside it. (transfer full) */
static char *
find_aside (Fixture *f)
{
  g_autoptr (GPtrArray) names = list_files (f, ".damaged-");
  char *found = NULL;

  for (guint i = 0; i < names->len; i++)
    if (!g_str_has_suffix (names->pdata[i], "-wal") && !g_str_has_suffix (names->pdata[i], "-shm"))
      {
        g_assert_null (found);
        found = g_strdup (names->pdata[i]);
      }

  return found;
}

/* Whatever the file holds, a monitor can work with it, or one sentence says why not. */
static void
use_history (Fixture *f, char **ret_notice)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PingemHistory) history =
      pingem_history_open (f->path, PINGEM_HISTORY_DAYS, T0 + 2000000, ret_notice, &error);
  PingemRecord record = record_of (2000, PINGEM_STATE_REPLY, 5000);
  PingemColumn columns[10];

  g_assert_true ((history == NULL) == (error != NULL));
  if (history == NULL)
    return;

  pingem_history_record (history, "a", &record);
  if (!pingem_history_flush (history, T0 + 2001000, NULL))
    g_assert_true (pingem_history_flush (history, T0 + 2002000, NULL));

  if (pingem_history_columns (history, "a", T0, T0 + 2400000, 10, columns, NULL))
    g_assert_cmpuint (columns[8].reply, ==, 1);
}

/* @data as the database: never a crash, and what is set aside is what was there. */
static gboolean
try_database (Fixture *f, const char *data, gsize length)
{
  g_autofree char *notice = NULL;
  g_autofree char *aside = NULL;

  remove_files (f);
  write_file (f->path, data, length);
  use_history (f, &notice);
  aside = find_aside (f);

  if (notice != NULL)
    {
      g_assert_nonnull (aside);
      g_assert_nonnull (strstr (notice, aside));
    }

  if (aside != NULL && notice != NULL)
    assert_file (aside, data, length);

  return notice != NULL;
}

static void
test_flipped_bytes (Fixture *f, gconstpointer unused)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  guint n_aside = 0;
  Content good;

  make_history (f);
  good = read_file (f->path);

  for (guint i = 0; i < 150; i++)
    {
      g_autofree char *bad = g_memdup2 (good.data, good.length);
      gsize at = i < 100 ? i : (gsize) g_rand_int_range (rand, 100, (int) good.length);

      bad[at] ^= (char) (1 << g_rand_int_range (rand, 0, 8));
      n_aside += try_database (f, bad, good.length);
    }

  g_assert_cmpuint (n_aside, >, 20);
  g_free (good.data);
}

static void
test_cut_short (Fixture *f, gconstpointer unused)
{
  Content good;

  make_history (f);
  good = read_file (f->path);

  for (guint i = 1; i < 60; i++)
    g_assert_true (try_database (f, good.data, good.length * i / 60));

  /* An empty file is a new one. */
  g_assert_false (try_database (f, good.data, 0));
  g_assert_false (try_database (f, good.data, good.length));
  g_free (good.data);
}

static void
test_overwritten_pages (Fixture *f, gconstpointer unused)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);
  Content good;

  make_history (f);
  good = read_file (f->path);

  for (gsize page = 0; page < good.length / 4096; page++)
    {
      g_autofree char *bad = g_memdup2 (good.data, good.length);

      for (guint i = 0; i < 4096; i++)
        bad[page * 4096 + i] = (char) g_rand_int (rand);

      try_database (f, bad, good.length);
    }

  g_free (good.data);
}

static void
test_no_database (Fixture *f, gconstpointer unused)
{
  static const char text[] = "Dear diary, today the call jittered again.\n";

  g_assert_true (try_database (f, text, strlen (text)));
}

/* What another program wrote is kept, whatever it is. */
static void
test_foreign_database (Fixture *f, gconstpointer unused)
{
  Content good;

  make_history (f);
  good = read_file (f->path);
  good.data[APPLICATION_ID_OFFSET] ^= 1;
  g_assert_true (try_database (f, good.data, good.length));
  g_free (good.data);
}

static void
test_two_damaged_in_a_second (Fixture *f, gconstpointer unused)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *notice = NULL;

      write_file (f->path, "damaged", 7);
      use_history (f, &notice);
      g_assert_nonnull (notice);
    }

  g_autoptr (GPtrArray) names = list_files (f, ".damaged-");

  g_assert_cmpuint (names->len, ==, 3);
  for (guint i = 0; i < names->len; i++)
    assert_file (names->pdata[i], "damaged", 7);
}

static void
test_newer (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  Content content;

  make_history (f);
  content = read_file (f->path);
  content.data[USER_VERSION_OFFSET + 3] = 99;
  write_file (f->path, content.data, content.length);

  g_assert_null (pingem_history_open (f->path, PINGEM_HISTORY_DAYS, T0 + 2000000, NULL, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VERSION);
  assert_file (f->path, content.data, content.length);
  g_free (content.data);
}

static void
test_second_monitor (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  open_history (f, T0);
  g_assert_null (pingem_history_open (f->path, PINGEM_HISTORY_DAYS, T0, NULL, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, f->path));

  record_replies (f, "a", 0, 10);
  flush (f, T0 + 10000);
}

/* Runs @func in a process of its own, which ends by itself or exits with 0. */
static void
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

static void
measure_and_be_killed (Fixture *f)
{
  open_history (f, T0);
  record_replies (f, "a", 0, 20);
  flush (f, T0 + 20000);
  record_replies (f, "a", 20, 20);
  kill (getpid (), SIGKILL);
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

/* What the killed one left beside the database goes with it, and may be damaged itself. */
static void
test_killed_and_damaged (Fixture *f, gconstpointer unused)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autofree char *wal = g_strconcat (f->path, "-wal", NULL);
  g_autofree char *notice = NULL;
  g_autofree char *aside = NULL;
  g_autofree char *aside_wal = NULL;
  Content good, main;

  in_child (f, measure_and_be_killed, SIGKILL);
  good = read_file (wal);
  main = read_file (f->path);

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *bad = g_memdup2 (good.data, good.length);
      g_autofree char *ignored = NULL;

      bad[g_rand_int_range (rand, 0, (int) good.length)] ^= (char) g_rand_int_range (rand, 1, 255);
      remove_files (f);
      write_file (f->path, main.data, main.length);
      write_file (wal, bad, good.length);
      use_history (f, &ignored);
    }

  remove_files (f);
  write_file (f->path, "damaged", 7);
  write_file (wal, good.data, good.length);
  use_history (f, &notice);
  aside = find_aside (f);
  g_assert_nonnull (aside);
  aside_wal = g_strconcat (aside, "-wal", NULL);
  assert_file (aside, "damaged", 7);
  assert_file (aside_wal, good.data, good.length);
  g_free (good.data);
  g_free (main.data);
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
  g_assert_null (pingem_history_open (f->path, PINGEM_HISTORY_DAYS, T0, NULL, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, f->folder));
}

static void
test_read_only_folder (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (g_chmod (f->folder, 0555), ==, 0);
  in_child (f, open_in_read_only_folder, 0);
  make_history (f);
  g_assert_cmpint (g_chmod (f->path, 0444), ==, 0);
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
  g_assert_null (pingem_history_open (path, PINGEM_HISTORY_DAYS, T0, NULL, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED);
  g_clear_error (&error);

  g_assert_null (pingem_history_open (f->folder, PINGEM_HISTORY_DAYS, T0, NULL, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED);
}

/* A minute that is damaged inside is told, and does not hide the others. */
static void
test_damaged_minute (Fixture *f, gconstpointer unused)
{
  Content content;
  gsize at = 0;
  PingemColumn column;

  make_history (f);
  content = read_file (f->path);

  /* Format, 60 slots, the first a reply with a new TTL at seq 0. */
  while (memcmp (content.data + at, "\x01\x3c\x11", 3) != 0)
    at++;

  content.data[at] = 9;
  write_file (f->path, content.data, content.length);
  open_history (f, T0 + 2000000);
  g_assert_cmpuint (pingem_history_get_n_damaged (f->history), ==, 0);
  column = get_column (f, "a", T0, T0 + 1200000);
  column.reply += get_column (f, "b", T0, T0 + 1200000).reply;
  g_assert_cmpuint (column.reply, ==, 2400 - 60);
  get_column (f, "a", T0, T0 + 1200000);
  get_column (f, "b", T0, T0 + 1200000);
  g_assert_cmpuint (pingem_history_get_n_damaged (f->history), ==, 1);
  g_free (content.data);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_history_test ("flipped-bytes", test_flipped_bytes);
  add_history_test ("cut-short", test_cut_short);
  add_history_test ("overwritten-pages", test_overwritten_pages);
  add_history_test ("no-database", test_no_database);
  add_history_test ("foreign-database", test_foreign_database);
  add_history_test ("two-damaged-in-a-second", test_two_damaged_in_a_second);
  add_history_test ("newer", test_newer);
  add_history_test ("second-monitor", test_second_monitor);
  add_history_test ("killed", test_killed);
  add_history_test ("killed-and-damaged", test_killed_and_damaged);
  add_history_test ("disk-full", test_disk_full);
  add_history_test ("disk-full-for-long", test_disk_full_for_long);
  add_history_test ("read-only-folder", test_read_only_folder);
  add_history_test ("folder-is-a-file", test_folder_is_a_file);
  add_history_test ("damaged-minute", test_damaged_minute);

  return g_test_run ();
}
