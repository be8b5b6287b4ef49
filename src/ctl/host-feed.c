/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/host-feed.h"

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/host-name.h"
#include "ctl/number.h"

struct PingemHostFeed {
  const PingemPingOptions *options; /* (unowned) */
  PingemPinger *pinger;             /* (unowned) */
  GCancellable *cancellable;        /* (owned) */
};

/* A name that is looked up. */
typedef struct {
  PingemHostFeed *feed; /* (unowned) gone once the look-up is cancelled */
  guint32 id;
} LookUp;

static void
refuse (PingemHostFeed *self, guint32 id, const char *why)
{
  g_autofree char *quoted = pingem_quote (self->options->arguments[id]);

  pingem_complain ("%s: %s", quoted, why);
  pingem_pinger_worsen (self->pinger, PINGEM_EXIT_BAD_INPUT);
}

static gboolean
has_family (PingemHostFeed *self, const PingemAddress *address)
{
  return self->options->family == AF_UNSPEC || self->options->family == address->family;
}

static void
add_address (PingemHostFeed *self, guint32 id, const PingemAddress *address)
{
  const char *refusal = pingem_address_refusal (address);
  PingemTargetSpec spec = self->options->spec;
  char text[PINGEM_ADDRESS_STRLEN];

  if (refusal != NULL)
    {
      g_autofree char *why = g_strdup_printf (_ ("this cannot be probed, as it is %s"), refusal);

      refuse (self, id, why);
      return;
    }
  pingem_address_format (address, text);
  if (self->options->is_verbose && !g_str_equal (text, self->options->arguments[id]))
    pingem_complain (_ ("%s is %s"), self->options->arguments[id], text);

  spec.id = id;
  spec.address = *address;
  pingem_pinger_add (self->pinger, self->options->arguments[id], &spec);
}

static void
on_looked_up (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree LookUp *look_up = user_data;
  PingemHostFeed *self = look_up->feed;
  g_autoptr (GError) error = NULL;
  PingemAddress address;

  if (pingem_host_name_look_up_finish (result, &address, &error))
    add_address (self, look_up->id, &address);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  else
    refuse (self, look_up->id, error->message);

  pingem_pinger_release (self->pinger);
}

static void
start_look_up (PingemHostFeed *self, guint32 id)
{
  LookUp *look_up = g_new (LookUp, 1);

  *look_up = (LookUp){ self, id };
  pingem_pinger_hold (self->pinger);
  pingem_host_name_look_up_async (self->options->arguments[id], self->options->family,
                                  self->cancellable, on_looked_up, look_up);
}

static void
feed_host (PingemHostFeed *self, guint32 id)
{
  const char *host = self->options->arguments[id];
  PingemAddress address;

  if (*host == '\0')
    refuse (self, id, _ ("a host has a name or an address"));
  else if (!pingem_address_parse (host, &address))
    start_look_up (self, id);
  else if (has_family (self, &address))
    add_address (self, id, &address);
  else
    refuse (self, id, _ ("this address is of the other family: leave out -4 or -6"));
}

PingemHostFeed *
pingem_host_feed_new (const PingemPingOptions *options, PingemPinger *pinger)
{
  PingemHostFeed *self = g_new0 (PingemHostFeed, 1);

  self->options = options;
  self->pinger = pinger;
  self->cancellable = g_cancellable_new ();

  pingem_pinger_hold (pinger);
  for (guint32 id = 0; options->arguments[id] != NULL; id++)
    feed_host (self, id);
  pingem_pinger_release (pinger);

  return self;
}

void
pingem_host_feed_free (PingemHostFeed *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_free (self);
}
