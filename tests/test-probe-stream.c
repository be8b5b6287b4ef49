/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "monitor/probe-stream.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "history-fixture.h"
#include "ipc/error.h"
#include "ipc/probe-line.h"

/* What a stream ended with. */
typedef struct {
  gboolean is_done;
  guint64 n_lines;
  GError *error; /* (owned) (nullable) */
} Result;

static void
on_done (PingemProbeStream *stream, guint64 n_lines, const GError *error, gpointer user_data)
{
  Result *result = user_data;

  g_assert_false (result->is_done);
  result->is_done = TRUE;
  result->n_lines = n_lines;
  result->error = error != NULL ? g_error_copy (error) : NULL;
  pingem_probe_stream_free (stream);
}

static PingemProbeStream *
start (Fixture *f, gint64 from_ms, gint64 to_ms, Result *result, int *ret_fd)
{
  g_autoptr (GError) error = NULL;
  PingemProbeStream *stream;
  int fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  stream =
      pingem_probe_stream_new (f->history, "a", from_ms, to_ms, fds[1], on_done, result, &error);
  g_assert_no_error (error);
  *ret_fd = fds[0];

  return stream;
}

/* As many lines as come until the end, each checked. */
static guint
read_lines (const Result *result, int fd, guint64 first_seq)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;
  guint n = 0;
  char chunk[4096];
  gssize n_read;

  g_assert_cmpint (fcntl (fd, F_SETFL, O_NONBLOCK), ==, 0);
  while ((n_read = read (fd, chunk, sizeof chunk)) != 0)
    if (n_read > 0)
      g_string_append_len (text, chunk, n_read);
    else
      g_main_context_iteration (NULL, FALSE);
  close (fd);

  lines = g_strsplit (text->str, "\n", -1);
  for (; lines[n] != NULL && *lines[n] != '\0'; n++)
    {
      PingemRecord record;

      g_assert_true (pingem_probe_line_parse (lines[n], &record));
      g_assert_cmpuint (record.seq, ==, first_seq + n);
      g_assert_cmpint (record.sent_ns, ==, (T0 + (gint64) record.seq * 1000) * 1000000);
    }

  while (!result->is_done)
    g_main_context_iteration (NULL, TRUE);

  return n;
}

/* A day of seconds, then hours of nothing, then what is in memory alone. */
static void
measure (Fixture *f)
{
  open_history (f, T0);
  record_replies (f, "a", 0, 7200);
  flush (f, T0 + 7200000);
  record_replies (f, "a", 90000, 5000);
  flush (f, T0 + 95000000);
  record_replies (f, "a", 95000, 30);
}

static void
test_all (Fixture *f, gconstpointer data)
{
  Result result = { 0 };
  int fd;

  measure (f);
  start (f, T0 + 1000, T0 + 7200000, &result, &fd);
  g_assert_cmpuint (read_lines (&result, fd, 1), ==, 7199);
  g_assert_no_error (result.error);
  g_assert_cmpuint (result.n_lines, ==, 7199);
}

static void
test_over_a_gap_into_memory (Fixture *f, gconstpointer data)
{
  Result result = { 0 };
  int fd;

  measure (f);
  start (f, T0 + 7200000, T0 + 1000 * DAY_MS, &result, &fd);
  g_assert_cmpuint (read_lines (&result, fd, 90000), ==, 5030);
  g_assert_cmpuint (result.n_lines, ==, 5030);
}

static void
test_none (Fixture *f, gconstpointer data)
{
  Result result = { 0 };
  int fd;

  measure (f);
  start (f, T0 + 8000000, T0 + 9000000, &result, &fd);
  g_assert_cmpuint (read_lines (&result, fd, 0), ==, 0);
  g_assert_no_error (result.error);
  g_assert_cmpuint (result.n_lines, ==, 0);
}

/* The pipe is full: nothing blocks, and nothing is done. */
static void
test_a_reader_that_never_reads (Fixture *f, gconstpointer data)
{
  Result result = { 0 };
  PingemProbeStream *stream;
  guint n_turns = 0;
  int fd;

  measure (f);
  stream = start (f, T0, T0 + DAY_MS, &result, &fd);
  for (; g_main_context_iteration (NULL, FALSE); n_turns++)
    g_assert_cmpuint (n_turns, <, 1000);
  g_assert_cmpuint (n_turns, >, 0);
  g_assert_false (result.is_done);
  pingem_probe_stream_free (stream);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  g_assert_false (result.is_done);
  close (fd);
}

static void
test_a_reader_that_goes_away (Fixture *f, gconstpointer data)
{
  Result result = { 0 };
  int fd;

  measure (f);
  start (f, T0, T0 + DAY_MS, &result, &fd);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  close (fd);
  while (!result.is_done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (result.error, PINGEM_ERROR, PINGEM_ERROR_FAILED);
  g_error_free (result.error);
}

static void
assert_refused (Fixture *f, const char *key, gint64 from_ms, gint64 to_ms, int fd, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (
      pingem_probe_stream_new (f->history, key, from_ms, to_ms, fd, on_done, NULL, &error));
  g_assert_error (error, PINGEM_ERROR, code);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *key;
    gint64 from_ms;
    gint64 to_ms;
    int code;
  } rows[] = {
    { "nobody", T0, T0 + 1, PINGEM_ERROR_NOT_FOUND },
    { "a", T0, T0, PINGEM_ERROR_BAD_VALUE },
    { "a", -1, T0, PINGEM_ERROR_BAD_VALUE },
    { "a", T0, G_MAXINT64, PINGEM_ERROR_BAD_VALUE },
  };
  g_autofree char *file = g_build_filename (f->folder, "file", NULL);
  int fds[2];

  measure (f);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpint (pipe (fds), ==, 0);
      assert_refused (f, rows[i].key, rows[i].from_ms, rows[i].to_ms, fds[1], rows[i].code);
      close (fds[0]);
    }

  g_assert_cmpint (pipe (fds), ==, 0);
  assert_refused (f, "a", T0, T0 + 1, fds[0], PINGEM_ERROR_BAD_VALUE);
  close (fds[1]);
  assert_refused (f, "a", T0, T0 + 1, open (file, O_WRONLY | O_CREAT, 0600),
                  PINGEM_ERROR_BAD_VALUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);

  add_history_test ("probes/all", test_all);
  add_history_test ("probes/over-a-gap-into-memory", test_over_a_gap_into_memory);
  add_history_test ("probes/none", test_none);
  add_history_test ("probes/a-reader-that-never-reads", test_a_reader_that_never_reads);
  add_history_test ("probes/a-reader-that-goes-away", test_a_reader_that_goes_away);
  add_history_test ("probes/refused", test_refused);

  return g_test_run ();
}
