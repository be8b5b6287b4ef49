/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/host-feed.h"

#include <netinet/in.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/host-name.h"
#include "ctl/line-reader.h"
#include "ctl/number.h"

/* Each may take a thread and a socket of the resolver's. */
#define MAX_LOOK_UPS 64

struct PingemHostFeed {
  const PingemPingOptions *options; /* (unowned) */
  PingemPinger *pinger;             /* (unowned) */
  GCancellable *cancellable;        /* (owned) */
  PingemLineReader *reader;         /* (owned) (nullable) of the file, if there is one */
  guint next_argument;
  guint32 next_id;
  guint n_look_ups;
  gboolean is_done;
};

/* A host as it was written. */
typedef struct {
  const char *text;
  guint32 id;
  guint32 line; /* of the file; 0: an argument */
} Host;

/* A name that is looked up. */
typedef struct {
  PingemHostFeed *feed; /* (unowned) gone once the look-up is cancelled */
  char *name;           /* (owned) */
  guint32 id;
  guint32 line;
} LookUp;

static void
look_up_free (LookUp *look_up)
{
  g_free (look_up->name);
  g_free (look_up);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LookUp, look_up_free)

static void
refuse (PingemHostFeed *self, const Host *host, const char *why)
{
  g_autofree char *quoted = pingem_quote (host->text);

  pingem_pinger_refuse (self->pinger, host->line, quoted, why);
}

static gboolean
has_family (PingemHostFeed *self, const PingemAddress *address)
{
  return self->options->family == AF_UNSPEC || self->options->family == address->family;
}

static void
tell_address (PingemHostFeed *self, const Host *host, const PingemAddress *address)
{
  char text[PINGEM_ADDRESS_STRLEN];

  pingem_address_format (address, text);
  if (!g_str_equal (text, host->text))
    pingem_pinger_complain (self->pinger, _ ("%s is %s"), host->text, text);
}

/* -I tells the scope of an address that needs one and has none. */
static PingemAddress
scope_address (PingemHostFeed *self, const PingemAddress *address)
{
  PingemAddress scoped = *address;

  if (scoped.family == AF_INET6 && scoped.ifindex == 0 &&
      IN6_IS_ADDR_LINKLOCAL ((const struct in6_addr *) scoped.bytes))
    scoped.ifindex = self->options->spec.ifindex;

  return scoped;
}

static void
add_address (PingemHostFeed *self, const Host *host, const PingemAddress *given)
{
  const PingemAddress address = scope_address (self, given);
  const char *refusal = pingem_address_refusal (&address);
  PingemTargetSpec spec = self->options->spec;

  if (refusal != NULL)
    {
      g_autofree char *why = g_strdup_printf (_ ("this cannot be probed, as it is %s"), refusal);

      refuse (self, host, why);
      return;
    }
  if (self->options->is_verbose)
    tell_address (self, host, &address);

  spec.id = host->id;
  spec.address = address;
  pingem_pinger_add (self->pinger, host->text, host->line, &spec);
}

static gboolean feed (gpointer user_data);

static void
on_looked_up (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LookUp) look_up = user_data;
  PingemHostFeed *self = look_up->feed;
  const Host host = { look_up->name, look_up->id, look_up->line };
  g_autoptr (GError) error = NULL;
  PingemAddress address;

  if (pingem_host_name_look_up_finish (result, &address, &error))
    add_address (self, &host, &address);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  else
    refuse (self, &host, error->message);

  self->n_look_ups--;
  feed (self);
  pingem_pinger_release (self->pinger);
}

static void
start_look_up (PingemHostFeed *self, const Host *host)
{
  LookUp *look_up = g_new (LookUp, 1);

  *look_up = (LookUp){ self, g_strdup (host->text), host->id, host->line };
  self->n_look_ups++;
  pingem_pinger_hold (self->pinger);
  pingem_host_name_look_up_async (host->text, self->options->family, self->cancellable,
                                  on_looked_up, look_up);
}

static void
feed_host (PingemHostFeed *self, const Host *host)
{
  PingemAddress address;

  if (*host->text == '\0')
    refuse (self, host, _ ("a host has a name or an address"));
  else if (!pingem_address_parse (host->text, &address))
    start_look_up (self, host);
  else if (has_family (self, &address))
    add_address (self, host, &address);
  else
    refuse (self, host,
            _ ("this address is of the other family: leave out -4, -6 or the address of -I"));
}

/* The file's next line that names a host. */
static PingemReadResult
read_host (PingemHostFeed *self, Host *ret_host)
{
  PingemReadResult result = PINGEM_READ_END;
  char *line = NULL;

  if (self->reader == NULL)
    return PINGEM_READ_END;

  while ((result = pingem_line_reader_next (self->reader, &line)) == PINGEM_READ_LINE)
    {
      *strchrnul (line, '#') = '\0';
      g_strchomp (line);
      if (*line == '\0')
        continue;

      *ret_host = (Host){ line, self->next_id++, pingem_line_reader_number (self->reader) };
      return PINGEM_READ_LINE;
    }

  return result;
}

/* Arguments come first. */
static PingemReadResult
next_host (PingemHostFeed *self, Host *ret_host)
{
  const char *argument = self->options->arguments[self->next_argument];

  if (argument == NULL)
    return read_host (self, ret_host);

  self->next_argument++;
  *ret_host = (Host){ argument, self->next_id++, 0 };

  return PINGEM_READ_LINE;
}

static void
check_file (PingemHostFeed *self)
{
  const char *name = self->options->targets_file;
  int error = self->reader != NULL ? pingem_line_reader_error (self->reader) : 0;

  if (error != 0)
    pingem_pinger_refuse (self->pinger, 0, name, g_strerror (error));
  else if (self->next_id == 0)
    pingem_pinger_refuse (self->pinger, 0, name, _ ("it names no host: write one per line"));
}

static void
end_feed (PingemHostFeed *self)
{
  self->is_done = TRUE;
  pingem_pinger_release (self->pinger);
}

/* Of hosts that never end, none makes room for another. */
static void
refuse_rest (PingemHostFeed *self)
{
  Host host;

  switch (next_host (self, &host))
    {
    case PINGEM_READ_LINE:
      refuse (self, &host,
              _ ("so many hosts at once go through the helper only with -c; give it, or use "
                 "--source raw as root; this host and what follows it are left out"));
      end_feed (self);
      break;
    case PINGEM_READ_LATER:
      break;
    case PINGEM_READ_END:
      end_feed (self);
      break;
    }
}

static gboolean
feed (gpointer user_data)
{
  PingemHostFeed *self = user_data;
  PingemReadResult result = PINGEM_READ_LINE;
  Host host;

  if (self->is_done)
    return G_SOURCE_CONTINUE;

  while (result == PINGEM_READ_LINE && self->n_look_ups < MAX_LOOK_UPS &&
         pingem_pinger_is_ready (self->pinger))
    {
      result = next_host (self, &host);
      if (result == PINGEM_READ_LINE)
        feed_host (self, &host);
    }

  if (result == PINGEM_READ_END)
    {
      check_file (self);
      end_feed (self);
    }
  else if (pingem_pinger_is_full (self->pinger) && self->options->spec.count == 0 &&
           self->n_look_ups == 0)
    refuse_rest (self);

  return G_SOURCE_CONTINUE;
}

PingemHostFeed *
pingem_host_feed_new (const PingemPingOptions *options, PingemPinger *pinger)
{
  PingemHostFeed *self = g_new0 (PingemHostFeed, 1);

  self->options = options;
  self->pinger = pinger;
  self->cancellable = g_cancellable_new ();
  if (options->targets_fd >= 0)
    self->reader = pingem_line_reader_new (options->targets_fd, feed, self);

  pingem_pinger_hold (pinger);
  pingem_pinger_set_room_func (pinger, feed, self);
  feed (self);

  return self;
}

void
pingem_host_feed_free (PingemHostFeed *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  pingem_pinger_set_room_func (self->pinger, NULL, NULL);
  pingem_line_reader_free (self->reader);
  g_free (self);
}
