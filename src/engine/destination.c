/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/destination.h"

#include <stddef.h>
#include <string.h>

/*
 * Two addresses of one hash would share a count and a limit and nothing else,
 * and under a secret key nobody can make them.
 */
static uint64_t
hash_bytes (const PingemDestinations *destinations, const uint8_t *bytes)
{
  return pingem_siphash (destinations->hash_key, bytes, destinations->n_bytes);
}

static uint64_t
key_of_destination (const void *data, const void *item)
{
  return hash_bytes (data, ((const PingemDestination *) item)->bytes);
}

void
pingem_destinations_init (PingemDestinations *destinations,
                          uint32_t n_bytes,
                          const uint8_t hash_key[static PINGEM_SIPHASH_KEY_SIZE])
{
  *destinations = (PingemDestinations){ .n_bytes = n_bytes };
  memcpy (destinations->hash_key, hash_key, PINGEM_SIPHASH_KEY_SIZE);
  pingem_pool_init (&destinations->pool, offsetof (PingemDestination, bytes) + n_bytes);
  pingem_index_init (&destinations->by_address, &destinations->pool, key_of_destination,
                     destinations);
}

void
pingem_destinations_clear (PingemDestinations *destinations)
{
  pingem_index_clear (&destinations->by_address);
  pingem_pool_clear (&destinations->pool);
}

uint32_t
pingem_destinations_find (const PingemDestinations *destinations, const uint8_t *bytes)
{
  return pingem_index_find (&destinations->by_address, hash_bytes (destinations, bytes));
}

static uint32_t
add_destination (PingemDestinations *destinations, const uint8_t *bytes, uint16_t first_wire_seq)
{
  PingemDestination *d;
  uint32_t destination;

  if (!pingem_index_reserve (&destinations->by_address))
    return PINGEM_NONE;

  destination = pingem_pool_take (&destinations->pool);
  if (destination == PINGEM_NONE)
    return PINGEM_NONE;

  d = pingem_destinations_at (destinations, destination);
  d->last = PINGEM_NONE;
  d->n_targets = 0;
  d->next_wire_seq = first_wire_seq;
  d->n_outstanding = 0;
  memcpy (d->bytes, bytes, destinations->n_bytes);
  pingem_index_add (&destinations->by_address, destination);

  return destination;
}

uint32_t
pingem_destinations_get (PingemDestinations *destinations,
                         const uint8_t *bytes,
                         uint16_t first_wire_seq)
{
  uint32_t destination = pingem_destinations_find (destinations, bytes);

  if (destination == PINGEM_NONE)
    destination = add_destination (destinations, bytes, first_wire_seq);
  if (destination != PINGEM_NONE)
    pingem_destinations_at (destinations, destination)->n_targets++;

  return destination;
}

void
pingem_destinations_release (PingemDestinations *destinations, uint32_t destination)
{
  if (--pingem_destinations_at (destinations, destination)->n_targets > 0)
    return;

  pingem_index_remove (&destinations->by_address, destination);
  pingem_pool_give (&destinations->pool, destination);
}

static uint32_t *
link_of_slot (const PingemPool *slots, uint32_t slot)
{
  return &((PingemSlot *) pingem_pool_at (slots, slot))->neighbour;
}

void
pingem_destination_push (PingemDestination *destination, const PingemPool *slots, uint32_t slot)
{
  uint32_t *link = link_of_slot (slots, slot);

  *link = slot;
  if (destination->last != PINGEM_NONE)
    {
      *link = *link_of_slot (slots, destination->last);
      *link_of_slot (slots, destination->last) = slot;
    }
  destination->last = slot;
  destination->n_outstanding++;
}

/* Answers mostly come in the order of sending: then it is the first. */
void
pingem_destination_remove (PingemDestination *destination, const PingemPool *slots, uint32_t slot)
{
  uint32_t previous = destination->last;

  while (*link_of_slot (slots, previous) != slot)
    previous = *link_of_slot (slots, previous);

  *link_of_slot (slots, previous) = *link_of_slot (slots, slot);
  if (destination->last == slot)
    destination->last = previous != slot ? previous : PINGEM_NONE;
  destination->n_outstanding--;
}

uint32_t
pingem_destination_first (const PingemDestination *destination, const PingemPool *slots)
{
  return destination->last != PINGEM_NONE ? *link_of_slot (slots, destination->last) : PINGEM_NONE;
}

uint32_t
pingem_destination_next (const PingemDestination *destination,
                         const PingemPool *slots,
                         uint32_t slot)
{
  return slot != destination->last ? *link_of_slot (slots, slot) : PINGEM_NONE;
}
