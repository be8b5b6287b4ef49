/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/destination.h"

#include <string.h>

static uint64_t
key_of_destination (const void *item)
{
  return ((const PingemDestination *) item)->key;
}

/*
 * Two addresses of one hash would share a count and a limit and nothing else,
 * and under a secret key nobody can make them.
 */
static uint64_t
hash_address (const PingemDestinations *destinations, const PingemAddress *address)
{
  return pingem_siphash (destinations->hash_key, address->bytes, pingem_address_n_bytes (address));
}

void
pingem_destinations_init (PingemDestinations *destinations,
                          const uint8_t hash_key[static PINGEM_SIPHASH_KEY_SIZE])
{
  *destinations = (PingemDestinations){ 0 };
  memcpy (destinations->hash_key, hash_key, PINGEM_SIPHASH_KEY_SIZE);
  pingem_pool_init (&destinations->pool, sizeof (PingemDestination));
  pingem_index_init (&destinations->by_address, &destinations->pool, key_of_destination);
}

void
pingem_destinations_clear (PingemDestinations *destinations)
{
  pingem_index_clear (&destinations->by_address);
  pingem_pool_clear (&destinations->pool);
}

PingemDestination *
pingem_destinations_at (const PingemDestinations *destinations, uint32_t destination)
{
  return pingem_pool_at (&destinations->pool, destination);
}

uint32_t
pingem_destinations_find (const PingemDestinations *destinations, const PingemAddress *address)
{
  return pingem_index_find (&destinations->by_address, hash_address (destinations, address));
}

uint32_t
pingem_destinations_get (PingemDestinations *destinations,
                         const PingemAddress *address,
                         uint16_t first_wire_seq)
{
  uint32_t destination = pingem_destinations_find (destinations, address);

  if (destination == PINGEM_NONE)
    {
      if (!pingem_index_reserve (&destinations->by_address))
        return PINGEM_NONE;
      destination = pingem_pool_take (&destinations->pool);
      if (destination == PINGEM_NONE)
        return PINGEM_NONE;

      *pingem_destinations_at (destinations, destination) = (PingemDestination){
        .key = hash_address (destinations, address),
        .head = PINGEM_NONE,
        .tail = PINGEM_NONE,
        .next_wire_seq = first_wire_seq,
      };
      pingem_index_add (&destinations->by_address, destination);
    }

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

void
pingem_destination_push (PingemDestination *destination, const PingemPool *slots, uint32_t slot)
{
  ((PingemSlot *) pingem_pool_at (slots, slot))->neighbour = PINGEM_NONE;

  if (destination->head == PINGEM_NONE)
    destination->head = slot;
  else
    ((PingemSlot *) pingem_pool_at (slots, destination->tail))->neighbour = slot;
  destination->tail = slot;
  destination->n_outstanding++;
}

/* Answers mostly come in the order of sending: then it is the head. */
void
pingem_destination_remove (PingemDestination *destination, const PingemPool *slots, uint32_t slot)
{
  uint32_t *link = &destination->head;
  uint32_t previous = PINGEM_NONE;

  while (*link != slot)
    {
      previous = *link;
      link = &((PingemSlot *) pingem_pool_at (slots, previous))->neighbour;
    }

  *link = ((PingemSlot *) pingem_pool_at (slots, slot))->neighbour;
  if (destination->tail == slot)
    destination->tail = previous;
  destination->n_outstanding--;
}
