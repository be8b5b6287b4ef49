/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/page.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <glib.h>

/* ECMA-48 */
#define HIDE_CURSOR "\033[?25l"
#define SHOW_CURSOR "\033[?25h"
#define GO_HOME "\033[H"
#define CLEAR_TO_END "\033[J"
#define CLEAR_LINE_END "\033[K"
#define WRAP_LINES "\033[?7h"
#define CUT_LINES "\033[?7l"

#define DEFAULT_WIDTH 80

/* 0: unknown */
static int
count_rows (void)
{
  struct winsize size;

  return ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

guint
pingem_page_width (void)
{
  struct winsize size;

  return ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                          : DEFAULT_WIDTH;
}

gboolean
pingem_page_has_colours (void)
{
  const char *no_color = g_getenv ("NO_COLOR"); /* https://no-color.org */
  const char *terminal = g_getenv ("TERM");

  return (no_color == NULL || *no_color == '\0') && terminal != NULL &&
         !g_str_equal (terminal, "dumb");
}

/* As many as fit: else the page would scroll, and its head, which matters most, be gone. */
static GStrv
split_page (const char *text)
{
  GStrv lines = g_strsplit (text, "\n", count_rows ());
  char *last = lines[g_strv_length (lines) - 1];

  last[strcspn (last, "\n")] = '\0';

  return lines;
}

/* Every line's old end goes: nothing flickers, as nothing is cleared first. */
void
pingem_page_draw (const char *text)
{
  g_auto (GStrv) lines = split_page (text);
  g_autofree char *page = g_strjoinv (CLEAR_LINE_END "\n", lines);

  fputs (GO_HOME, stdout);
  fputs (page, stdout);
  fputs (CLEAR_TO_END, stdout);
  fflush (stdout);
}

void
pingem_page_begin (void)
{
  fputs (HIDE_CURSOR CUT_LINES GO_HOME CLEAR_TO_END, stdout);
}

void
pingem_page_end (void)
{
  fputs (WRAP_LINES SHOW_CURSOR "\n", stdout);
}

void
pingem_page_clear (void)
{
  fputs (GO_HOME CLEAR_TO_END WRAP_LINES SHOW_CURSOR, stdout);
}
