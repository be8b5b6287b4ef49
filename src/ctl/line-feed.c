/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/line-feed.h"

#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/line-reader.h"
#include "ctl/seed-line.h"

struct PingemLineFeed {
  const PingemPingOptions *options; /* (unowned) */
  PingemPinger *pinger;             /* (unowned) */
  PingemLineReader *reader;         /* (owned) */
  gboolean is_done;
};

static void
feed_line (PingemLineFeed *self, const char *line)
{
  guint32 number = pingem_line_reader_number (self->reader);
  PingemTargetSpec spec = self->options->spec;
  g_autoptr (GError) error = NULL;
  PingemSeedLine seed;

  if (*line == '\0')
    return;

  if (!pingem_seed_line_parse (line, &seed, &error))
    {
      pingem_pinger_refuse (self->pinger, number, NULL, error->message);
      return;
    }

  spec.id = pingem_pinger_free_id (self->pinger);
  spec.address = seed.address;
  spec.count = seed.count;
  spec.interval_ms = seed.interval_ms;
  pingem_pinger_add (self->pinger, NULL, number, &spec);
}

static void
end_feed (PingemLineFeed *self)
{
  int error = pingem_line_reader_error (self->reader);

  if (error != 0)
    {
      pingem_pinger_complain (self->pinger, _ ("Standard input cannot be read: %s"),
                              g_strerror (error));
      pingem_pinger_worsen (self->pinger, PINGEM_EXIT_BAD_INPUT);
    }

  self->is_done = TRUE;
  pingem_pinger_release (self->pinger);
}

static gboolean
feed (gpointer user_data)
{
  PingemLineFeed *self = user_data;
  PingemReadResult result = PINGEM_READ_LINE;
  char *line;

  if (self->is_done)
    return G_SOURCE_CONTINUE;

  while (result == PINGEM_READ_LINE && pingem_pinger_is_ready (self->pinger))
    {
      result = pingem_line_reader_next (self->reader, &line);
      if (result == PINGEM_READ_LINE)
        feed_line (self, line);
    }
  if (result == PINGEM_READ_END)
    end_feed (self);

  return G_SOURCE_CONTINUE;
}

PingemLineFeed *
pingem_line_feed_new (const PingemPingOptions *options, PingemPinger *pinger)
{
  PingemLineFeed *self = g_new0 (PingemLineFeed, 1);
  g_autofree char *text = g_strjoinv ("\n", options->arguments);

  self->options = options;
  self->pinger = pinger;
  self->reader = options->arguments[0] != NULL ? pingem_line_reader_new_for_text (text)
                                               : pingem_line_reader_new (STDIN_FILENO, feed, self);
  pingem_pinger_hold (pinger);
  pingem_pinger_set_room_func (pinger, feed, self);
  feed (self);

  return self;
}

void
pingem_line_feed_free (PingemLineFeed *self)
{
  pingem_pinger_set_room_func (self->pinger, NULL, NULL);
  pingem_line_reader_free (self->reader);
  g_free (self);
}
