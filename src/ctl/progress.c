/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#define PERIOD_MS 250
#define FIRST_US G_USEC_PER_SEC

struct PingemProgress {
  PingemProgressFunc func;
  gpointer user_data;
  guint timer_id;
  gboolean is_shown;
};

static char *
format_duration (gint64 us)
{
  guint seconds = (guint) (us / G_USEC_PER_SEC);

  if (seconds < 60)
    return g_strdup_printf (_ ("%u s"), seconds);
  if (seconds < 3600)
    return g_strdup_printf ("%u:%02u", seconds / 60, seconds % 60);

  return g_strdup_printf ("%u:%02u:%02u", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

char *
pingem_progress_text (const PingemProgressState *state)
{
  GString *text = g_string_new (NULL);
  g_autofree char *sent = g_strdup_printf ("%" G_GUINT64_FORMAT, state->n_sent);
  g_autofree char *planned = g_strdup_printf ("%" G_GUINT64_FORMAT, state->n_planned);
  g_autofree char *answered = g_strdup_printf ("%" G_GUINT64_FORMAT, state->n_answered);
  g_autofree char *lost = g_strdup_printf ("%" G_GUINT64_FORMAT, state->n_lost);
  g_autofree char *elapsed = format_duration (state->elapsed_us);
  g_autofree char *remaining = format_duration (MAX (state->remaining_us, 0));

  if (state->n_planned > 0)
    g_string_append_printf (text, _ ("Sent: %s of %s"), sent, planned);
  else
    g_string_append_printf (text, _ ("Sent: %s"), sent);
  /* Translators: goes on behind "Sent: 100 of 60000"; the last is a duration */
  g_string_append_printf (text, _ (", answered: %s, lost: %s; %s so far"), answered, lost, elapsed);
  if (state->remaining_us >= 0)
    g_string_append_printf (text, _ (", about %s to go"), remaining);

  return g_string_free (text, FALSE);
}

/* Asked each time, as the window may have another size by now. A full line would wrap. */
static glong
get_room (void)
{
  struct winsize size;

  return ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1 : 79;
}

static gboolean
on_tick (gpointer user_data)
{
  PingemProgress *self = user_data;
  PingemProgressState state = self->func (self->user_data);
  g_autofree char *text = NULL;
  g_autofree char *cut = NULL;

  if (state.elapsed_us < FIRST_US)
    return G_SOURCE_CONTINUE;

  text = pingem_progress_text (&state);
  cut = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), get_room ()));
  fprintf (stderr, "\r%s\033[K", cut);
  self->is_shown = TRUE;

  return G_SOURCE_CONTINUE;
}

gboolean
pingem_progress_has_place (gboolean is_quiet)
{
  struct stat output;

  return isatty (STDERR_FILENO) != 0 &&
         (is_quiet || (fstat (STDOUT_FILENO, &output) == 0 && S_ISREG (output.st_mode)));
}

PingemProgress *
pingem_progress_new (PingemProgressFunc func, gpointer user_data)
{
  PingemProgress *self = g_new0 (PingemProgress, 1);

  self->func = func;
  self->user_data = user_data;
  self->timer_id = g_timeout_add (PERIOD_MS, on_tick, self);

  return self;
}

void
pingem_progress_free (PingemProgress *self)
{
  if (self == NULL)
    return;

  pingem_progress_hide (self);
  g_source_remove (self->timer_id);
  g_free (self);
}

void
pingem_progress_hide (PingemProgress *self)
{
  if (self == NULL || !self->is_shown)
    return;

  fputs ("\r\033[K", stderr);
  self->is_shown = FALSE;
}
