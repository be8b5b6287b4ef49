/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/line-feed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/seed-line.h"

#define CHUNK_SIZE 65536
/* No good line is longer: what follows is not kept. */
#define MAX_LINE_SIZE 4096

struct PingemLineFeed {
  const PingemPingOptions *options; /* (unowned) */
  PingemPinger *pinger;             /* (unowned) */
  GString *text;                    /* (owned) what was read and not fed yet */
  guint32 line_number;
  guint watch_id;
  gboolean skips;     /* the rest of a line that is too long */
  gboolean is_at_end; /* nothing more can be read */
  gboolean is_done;   /* and all is fed */
};

static void
feed_line (PingemLineFeed *self, char *line)
{
  PingemTargetSpec spec = self->options->spec;
  g_autofree char *label = NULL;
  g_autoptr (GError) error = NULL;
  PingemSeedLine seed;

  self->line_number++;
  if (*g_strstrip (line) == '\0')
    return;

  label = g_strdup_printf (_ ("line %u"), self->line_number);
  if (!pingem_seed_line_parse (line, &seed, &error))
    {
      pingem_complain ("%s: %s", label, error->message);
      pingem_pinger_worsen (self->pinger, PINGEM_EXIT_BAD_INPUT);
      return;
    }

  spec.id = self->line_number;
  spec.address = seed.address;
  spec.count = seed.count;
  spec.interval_ms = seed.interval_ms;
  pingem_pinger_add (self->pinger, label, &spec);
}

/* Feeds the line that begins at @start; false where its end is not read yet. */
static gboolean
feed_next (PingemLineFeed *self, gsize *start)
{
  char *line = self->text->str + *start;
  gsize length = self->text->len - *start;
  char *end = memchr (line, '\n', length);

  if (end == NULL && (self->is_at_end ? length == 0 : length <= MAX_LINE_SIZE))
    return FALSE;
  if (end != NULL)
    length = end - line;

  *start += length + (end != NULL);
  line[length] = '\0';
  /* A NUL ends no line, and no good line has one. */
  for (gsize i = 0; i < length; i++)
    if (line[i] == '\0')
      line[i] = '?';

  if (!self->skips)
    feed_line (self, line);
  self->skips = end == NULL;

  return TRUE;
}

static void
feed (PingemLineFeed *self)
{
  gsize start = 0;
  gboolean has_room;

  while ((has_room = !pingem_pinger_is_full (self->pinger)) && feed_next (self, &start))
    ;
  g_string_erase (self->text, 0, start);

  if (has_room && self->is_at_end && !self->is_done)
    {
      self->is_done = TRUE;
      pingem_pinger_release (self->pinger);
    }
}

static void
end_reading (PingemLineFeed *self, gssize n_read)
{
  if (n_read < 0)
    {
      pingem_complain (_ ("Standard input cannot be read: %s"), g_strerror (errno));
      pingem_pinger_worsen (self->pinger, PINGEM_EXIT_BAD_INPUT);
    }

  self->is_at_end = TRUE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  PingemLineFeed *self = user_data;
  char chunk[CHUNK_SIZE];
  gssize n_read = read (fd, chunk, sizeof chunk);

  if (n_read < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;

  if (n_read > 0)
    g_string_append_len (self->text, chunk, n_read);
  else
    end_reading (self, n_read);
  feed (self);

  if (!self->is_at_end && !pingem_pinger_is_full (self->pinger))
    return G_SOURCE_CONTINUE;

  self->watch_id = 0;

  return G_SOURCE_REMOVE;
}

static gboolean
on_room (gpointer user_data)
{
  PingemLineFeed *self = user_data;

  feed (self);
  if (!self->is_at_end && self->watch_id == 0 && !pingem_pinger_is_full (self->pinger))
    self->watch_id = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_readable, self);

  return G_SOURCE_CONTINUE;
}

PingemLineFeed *
pingem_line_feed_new (const PingemPingOptions *options, PingemPinger *pinger)
{
  PingemLineFeed *self = g_new0 (PingemLineFeed, 1);
  g_autofree char *text = g_strjoinv ("\n", options->arguments);

  self->options = options;
  self->pinger = pinger;
  self->text = g_string_new (text);
  self->is_at_end = options->arguments[0] != NULL;
  pingem_pinger_hold (pinger);
  pingem_pinger_set_room_func (pinger, on_room, self);
  on_room (self);

  return self;
}

void
pingem_line_feed_free (PingemLineFeed *self)
{
  g_clear_handle_id (&self->watch_id, g_source_remove);
  pingem_pinger_set_room_func (self->pinger, NULL, NULL);
  g_string_free (self->text, TRUE);
  g_free (self);
}
