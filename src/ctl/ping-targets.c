/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/ping-targets.h"

#include <string.h>

struct PingemPingTargets {
  PingemPingTarget *targets; /* (owned) (nullable) */
  guint32 n;
  guint32 n_allocated;
  GArray *free_ids;       /* (owned) guint32 */
  GString *labels;        /* (owned) each ends with its NUL */
  GArray *wide_addresses; /* (owned) PingemAddress: IPv6, or with an interface */
  GArray *free_wide;      /* (owned) guint32 */
};

PingemPingTargets *
pingem_ping_targets_new (void)
{
  PingemPingTargets *self = g_new0 (PingemPingTargets, 1);

  self->free_ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->labels = g_string_new (NULL);
  self->wide_addresses = g_array_new (FALSE, FALSE, sizeof (PingemAddress));
  self->free_wide = g_array_new (FALSE, FALSE, sizeof (guint32));

  return self;
}

void
pingem_ping_targets_free (PingemPingTargets *self)
{
  for (guint32 id = 0; id < self->n; id++)
    pingem_run_clear (&self->targets[id].run);

  g_free (self->targets);
  g_array_unref (self->free_ids);
  g_string_free (self->labels, TRUE);
  g_array_unref (self->wide_addresses);
  g_array_unref (self->free_wide);
  g_free (self);
}

guint32
pingem_ping_targets_end (const PingemPingTargets *self)
{
  return self->n;
}

guint32
pingem_ping_targets_free_id (const PingemPingTargets *self)
{
  guint n = self->free_ids->len;

  return n > 0 ? g_array_index (self->free_ids, guint32, n - 1) : self->n;
}

static void
make_room (PingemPingTargets *self, guint32 id)
{
  if (id >= self->n_allocated)
    {
      /* Pages that were never written to take no memory. */
      guint32 n = MAX (id + 1, self->n_allocated + self->n_allocated / 2 + 16);

      self->targets = g_renew (PingemPingTarget, self->targets, n);
      self->n_allocated = n;
    }
  if (id >= self->n)
    {
      memset (&self->targets[self->n], 0, (id + 1 - self->n) * sizeof *self->targets);
      self->n = id + 1;
    }
}

static guint32
take_place (PingemPingTargets *self)
{
  guint32 place = self->wide_addresses->len;

  if (self->free_wide->len > 0)
    {
      place = g_array_index (self->free_wide, guint32, self->free_wide->len - 1);
      g_array_set_size (self->free_wide, self->free_wide->len - 1);
    }
  else
    g_array_set_size (self->wide_addresses, place + 1);

  return place;
}

static void
set_address (PingemPingTargets *self, PingemPingTarget *target, const PingemAddress *address)
{
  target->is_wide = address->family != AF_INET || address->ifindex != 0;

  if (!target->is_wide)
    {
      memcpy (&target->address, address->bytes, sizeof target->address);
      return;
    }

  target->address = take_place (self);
  g_array_index (self->wide_addresses, PingemAddress, target->address) = *address;
}

static PingemAddress
get_address (const PingemPingTargets *self, const PingemPingTarget *target)
{
  PingemAddress address = { .family = AF_INET };

  if (target->is_wide)
    return g_array_index (self->wide_addresses, PingemAddress, target->address);

  memcpy (address.bytes, &target->address, sizeof target->address);

  return address;
}

static void
set_label (PingemPingTargets *self,
           PingemPingTarget *target,
           const char *label,
           const PingemAddress *address)
{
  g_autofree char *valid = NULL;
  char text[PINGEM_ADDRESS_STRLEN];

  if (label == NULL || g_str_equal (label, pingem_address_format (address, text)))
    return;

  valid = g_utf8_make_valid (label, -1);
  target->has_label = TRUE;
  target->label = (guint32) self->labels->len;
  g_string_append_len (self->labels, valid, (gssize) strlen (valid) + 1);
}

PingemPingTarget *
pingem_ping_targets_add (PingemPingTargets *self,
                         guint32 id,
                         const char *label,
                         const PingemAddress *address)
{
  guint n_free = self->free_ids->len;
  PingemPingTarget *target;

  make_room (self, id);
  if (n_free > 0 && g_array_index (self->free_ids, guint32, n_free - 1) == id)
    g_array_set_size (self->free_ids, n_free - 1);

  target = &self->targets[id];
  target->is_used = TRUE;
  set_address (self, target, address);
  set_label (self, target, label, address);

  return target;
}

PingemPingTarget *
pingem_ping_targets_find (const PingemPingTargets *self, guint32 id)
{
  return id < self->n && self->targets[id].is_used ? &self->targets[id] : NULL;
}

void
pingem_ping_targets_remove (PingemPingTargets *self, guint32 id)
{
  PingemPingTarget *target = &self->targets[id];

  pingem_run_clear (&target->run);
  if (target->is_wide)
    g_array_append_val (self->free_wide, target->address);

  memset (target, 0, sizeof *target);
  g_array_append_val (self->free_ids, id);
}

void
pingem_ping_targets_name (const PingemPingTargets *self,
                          const PingemPingTarget *target,
                          PingemPingNames *ret_names)
{
  PingemAddress address = get_address (self, target);

  pingem_address_format (&address, ret_names->address);
  ret_names->label = target->has_label ? self->labels->str + target->label : ret_names->address;
}
