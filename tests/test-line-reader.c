/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "ctl/line-reader.h"

/* Reads @n bytes at @data to the end, in pieces of @step, and joins the lines by '|'. */
typedef struct {
  PingemLineReader *reader;
  GString *lines;
  gboolean is_at_end;
} Reading;

static gboolean
read_lines (gpointer user_data)
{
  Reading *reading = user_data;
  PingemReadResult result;
  char *line;

  while ((result = pingem_line_reader_next (reading->reader, &line)) == PINGEM_READ_LINE)
    g_string_append_printf (reading->lines, "%s|", line);
  reading->is_at_end = result == PINGEM_READ_END;

  return G_SOURCE_CONTINUE;
}

static char *
read_in_pieces (const char *data, gsize n, gsize step)
{
  Reading reading = { .lines = g_string_new (NULL) };
  int fds[2];

  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  reading.reader = pingem_line_reader_new (fds[0], read_lines, &reading);
  read_lines (&reading);

  for (gsize i = 0; i < n; i += step)
    {
      g_assert_cmpint (write (fds[1], data + i, MIN (step, n - i)), ==, MIN (step, n - i));
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_false (reading.is_at_end);
  close (fds[1]);
  while (!reading.is_at_end)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpint (pingem_line_reader_error (reading.reader), ==, 0);
  pingem_line_reader_free (reading.reader);
  close (fds[0]);

  return g_string_free (reading.lines, FALSE);
}

static void
test_pieces (void)
{
  static const char data[] = "a\n\n  b c \r\nx\0y\nlast";

  for (gsize step = 1; step < sizeof data; step++)
    {
      g_autofree char *lines = read_in_pieces (data, sizeof data - 1, step);

      g_assert_cmpstr (lines, ==, "a||b c|x?y|last|");
    }
}

static void
test_an_endless_line_is_cut (void)
{
  g_autofree char *data = g_malloc (50001);
  g_autofree char *lines = NULL;

  memset (data, 'x', 50000);
  memcpy (data + 49990, "\nok\n", 4);
  lines = read_in_pieces (data, 49994, 4000);
  g_assert_cmpuint (strlen (lines), <, 10000);
  g_assert_true (g_str_has_suffix (lines, "x|ok|"));
}

static void
test_text (void)
{
  Reading reading = { .lines = g_string_new (NULL) };

  reading.reader = pingem_line_reader_new_for_text ("1\n2\n3");
  read_lines (&reading);
  g_assert_true (reading.is_at_end);
  g_assert_cmpstr (reading.lines->str, ==, "1|2|3|");
  g_assert_cmpuint (pingem_line_reader_number (reading.reader), ==, 3);
  pingem_line_reader_free (reading.reader);
  g_string_free (reading.lines, TRUE);
}

static void
test_what_cannot_be_read (void)
{
  Reading reading = { .lines = g_string_new (NULL) };
  int fd = open ("/", O_RDONLY | O_CLOEXEC);

  reading.reader = pingem_line_reader_new (fd, read_lines, &reading);
  read_lines (&reading);
  while (!reading.is_at_end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (pingem_line_reader_error (reading.reader), ==, EISDIR);
  pingem_line_reader_free (reading.reader);
  g_string_free (reading.lines, TRUE);
  close (fd);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/line-reader/pieces", test_pieces);
  g_test_add_func ("/ctl/line-reader/an-endless-line-is-cut", test_an_endless_line_is_cut);
  g_test_add_func ("/ctl/line-reader/text", test_text);
  g_test_add_func ("/ctl/line-reader/what-cannot-be-read", test_what_cannot_be_read);

  return g_test_run ();
}
