/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/host-labels.h"

#include <gio/gio.h>

struct PingemHostLabels {
  GCancellable *cancellable; /* (owned) */
  GHashTable *labels;        /* (owned) address as text -> name, "" where none is known */
  guint n_busy;
};

typedef struct {
  PingemHostLabels *labels; /* (unowned) gone once the look-up is cancelled */
  char address[PINGEM_ADDRESS_STRLEN];
} LookUp;

PingemHostLabels *
pingem_host_labels_new (void)
{
  PingemHostLabels *self = g_new0 (PingemHostLabels, 1);

  self->cancellable = g_cancellable_new ();
  self->labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

void
pingem_host_labels_free (PingemHostLabels *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->labels);
  g_free (self);
}

static void
on_looked_up (GObject *resolver, GAsyncResult *result, gpointer user_data)
{
  g_autofree LookUp *look_up = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name =
      g_resolver_lookup_by_address_finish (G_RESOLVER (resolver), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  look_up->labels->n_busy--;
  if (name != NULL)
    g_hash_table_insert (look_up->labels->labels, g_strdup (look_up->address),
                         g_utf8_make_valid (name, -1));
}

static void
look_up (PingemHostLabels *self, const PingemAddress *address, const char *text)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autoptr (GInetAddress) inet_address = g_inet_address_new_from_bytes (
      address->bytes, address->family == AF_INET ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
  LookUp *question = g_new (LookUp, 1);

  question->labels = self;
  g_strlcpy (question->address, text, sizeof question->address);
  self->n_busy++;
  g_hash_table_insert (self->labels, g_strdup (text), g_strdup (""));
  g_resolver_lookup_by_address_async (resolver, inet_address, self->cancellable, on_looked_up,
                                      question);
}

const char *
pingem_host_labels_get (PingemHostLabels *self, const PingemAddress *address)
{
  char text[PINGEM_ADDRESS_STRLEN];
  const char *label = g_hash_table_lookup (self->labels, pingem_address_format (address, text));

  if (label == NULL)
    look_up (self, address, text);

  return label != NULL && *label != '\0' ? label : NULL;
}

gboolean
pingem_host_labels_is_busy (const PingemHostLabels *self)
{
  return self->n_busy > 0;
}
