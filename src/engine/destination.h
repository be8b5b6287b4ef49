/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/index.h"
#include "engine/siphash.h"
#include "engine/slot.h"

/* A host answers about this many requests at once and drops more in silence. */
#define PINGEM_MAX_OUTSTANDING 128

/* One address that targets probe, and its probes in flight in the order of sending. */
typedef struct {
  uint32_t last; /* whose neighbour is the first; PINGEM_NONE: nothing is in flight */
  uint32_t n_targets;
  uint16_t next_wire_seq;
  uint16_t n_outstanding;
  uint8_t bytes[16]; /* of IPv4 only the first 4 are there */
} PingemDestination;

/* The addresses of one family. */
typedef struct {
  PingemPool pool;
  PingemIndex by_address;
  uint32_t n_bytes; /* of an address */
  uint8_t hash_key[PINGEM_SIPHASH_KEY_SIZE];
} PingemDestinations;

/*
 * @hash_key: random. An address is known by its keyed hash alone; the scope has no part in it. Not
 * to be moved afterwards.
 */
void pingem_destinations_init (PingemDestinations *destinations,
                               uint32_t n_bytes,
                               const uint8_t hash_key[static PINGEM_SIPHASH_KEY_SIZE]);
void pingem_destinations_clear (PingemDestinations *destinations);
/* For one more target; @first_wire_seq where it is new. PINGEM_NONE without memory. */
uint32_t pingem_destinations_get (PingemDestinations *destinations,
                                  const uint8_t *bytes,
                                  uint16_t first_wire_seq);
/* Nothing may be in flight to it if this was its last target. */
void pingem_destinations_release (PingemDestinations *destinations, uint32_t destination);
/* PINGEM_NONE where no target has this address. */
uint32_t pingem_destinations_find (const PingemDestinations *destinations, const uint8_t *bytes);

static inline PingemDestination *
pingem_destinations_at (const PingemDestinations *destinations, uint32_t destination)
{
  return pingem_pool_at (&destinations->pool, destination);
}

void
pingem_destination_push (PingemDestination *destination, const PingemPool *slots, uint32_t slot);
/* @slot must be in flight to it. */
void
pingem_destination_remove (PingemDestination *destination, const PingemPool *slots, uint32_t slot);
/* The slot in flight that was sent first, and the one after @slot; PINGEM_NONE: there is none. */
uint32_t pingem_destination_first (const PingemDestination *destination, const PingemPool *slots);
uint32_t pingem_destination_next (const PingemDestination *destination,
                                  const PingemPool *slots,
                                  uint32_t slot);
