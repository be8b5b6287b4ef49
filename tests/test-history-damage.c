/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <signal.h>
#include <string.h>

#include <glib/gstdio.h>

#include "history-fixture.h"
#include "ipc/error.h"

/* Where SQLite keeps these numbers in its header, 4 bytes each, most significant first. */
#define USER_VERSION_OFFSET 60
#define APPLICATION_ID_OFFSET 68
#define HEADER_SIZE 100
#define PAGE_SIZE 4096

#define ROUNDS 1000

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
assert_file (const char *path, const char *data, gsize length)
{
  Content content = read_file (path);

  g_assert_cmpmem (content.data, content.length, data, length);
  g_free (content.data);
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
  g_autoptr (PingemHistory) history = pingem_history_open (
      f->path, PINGEM_HISTORY_DAYS, PINGEM_HISTORY_ROLLUP_DAYS, T0 + 2000000, ret_notice, &error);
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
  g_assert_true (aside != NULL || g_file_test (f->path, G_FILE_TEST_IS_REGULAR));

  if (notice != NULL)
    {
      g_assert_nonnull (aside);
      g_assert_nonnull (strstr (notice, aside));
    }

  if (aside != NULL && notice != NULL)
    assert_file (aside, data, length);

  return notice != NULL;
}

/* PINGEM_DAMAGE_ROUNDS and PINGEM_DAMAGE_SEED make a longer, or another, run of it. */
static guint
read_setting (const char *name, guint otherwise)
{
  const char *text = g_getenv (name);

  return text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : otherwise;
}

static GRand *
seed_rand (guint seed)
{
  seed = read_setting ("PINGEM_DAMAGE_SEED", seed);
  g_test_message ("seed %u", seed);

  return g_rand_new_with_seed (seed);
}

/* A bit in each byte of the header, then anywhere. */
static void
test_flipped_bits (Fixture *f, gconstpointer unused)
{
  g_autoptr (GRand) rand = seed_rand (5);
  guint n = read_setting ("PINGEM_DAMAGE_ROUNDS", ROUNDS), n_aside = 0;
  Content good;

  make_history (f);
  good = read_file (f->path);

  for (guint i = 0; i < n; i++)
    {
      gsize at = i < HEADER_SIZE ? i : (gsize) g_rand_int_range (rand, 0, (int) good.length);
      char bit = (char) (1 << g_rand_int_range (rand, 0, 8));

      good.data[at] ^= bit;
      n_aside += try_database (f, good.data, good.length);
      good.data[at] ^= bit;
    }

  g_assert_cmpuint (n_aside, >, 20);
  g_free (good.data);
}

static void
test_cut_short (Fixture *f, gconstpointer unused)
{
  g_autoptr (GRand) rand = seed_rand (8);
  guint n = read_setting ("PINGEM_DAMAGE_ROUNDS", ROUNDS);
  Content good;

  make_history (f);
  good = read_file (f->path);

  for (guint i = 0; i < n; i++)
    {
      gsize length = (gsize) g_rand_int_range (rand, 1, (int) good.length);

      /* What SQLite reads as zeros may be the end of a minute: it has checks of its own. */
      g_assert_true (try_database (f, good.data, length) || length > good.length - PAGE_SIZE);
    }

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

  for (gsize page = 0; page < good.length / PAGE_SIZE; page++)
    {
      g_autofree char *bad = g_memdup2 (good.data, good.length);

      for (guint i = 0; i < PAGE_SIZE; i++)
        bad[page * PAGE_SIZE + i] = (char) g_rand_int (rand);

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

/* SQLite finds nothing wrong with a column of another name. */
static void
test_damaged_schema (Fixture *f, gconstpointer unused)
{
  Content good;
  char *name;

  make_history (f);
  good = read_file (f->path);
  name = memmem (good.data, good.length, "alive_ms INTEGER", 16);
  g_assert_nonnull (name);
  name[0] ^= 2;
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

  g_assert_null (pingem_history_open (f->path, PINGEM_HISTORY_DAYS, PINGEM_HISTORY_ROLLUP_DAYS,
                                      T0 + 2000000, NULL, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VERSION);
  assert_file (f->path, content.data, content.length);
  g_free (content.data);
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

/* A minute that is damaged inside is told, and does not hide the others. */
static void
test_damaged_minute (Fixture *f, gconstpointer unused)
{
  Content content;
  gsize at = 0;
  PingemColumn column;

  make_history (f);
  content = read_file (f->path);

  /* Format, 60 slots, a step of a second. */
  while (memcmp (content.data + at, "\x02\x3c\xc0\x84\x3d", 5) != 0)
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

  add_history_test ("flipped-bits", test_flipped_bits);
  add_history_test ("cut-short", test_cut_short);
  add_history_test ("overwritten-pages", test_overwritten_pages);
  add_history_test ("no-database", test_no_database);
  add_history_test ("foreign-database", test_foreign_database);
  add_history_test ("damaged-schema", test_damaged_schema);
  add_history_test ("two-damaged-in-a-second", test_two_damaged_in_a_second);
  add_history_test ("newer", test_newer);
  add_history_test ("killed-and-damaged", test_killed_and_damaged);
  add_history_test ("damaged-minute", test_damaged_minute);

  return g_test_run ();
}
