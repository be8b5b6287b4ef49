/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/pool.h"

/* The key of a pool's item; it may be long to compute. @data: as given to init() */
typedef uint64_t (*PingemKeyOf) (const void *data, const void *item);

/* Items are below this. */
#define PINGEM_INDEX_MAX_ITEMS (UINT32_C (1) << 24)

/* Finds a pool's items by a key of 64 bits; keeps 4 bytes per cell and no key. */
typedef struct {
  const PingemPool *pool;
  PingemKeyOf key_of;
  const void *data;
  uint32_t *cells; /* an item and a part of its key's hash, or 0: empty */
  uint32_t n_cells;
  uint32_t n_used;
} PingemIndex;

void pingem_index_init (PingemIndex *index,
                        const PingemPool *pool,
                        PingemKeyOf key_of,
                        const void *data);
void pingem_index_clear (PingemIndex *index);
/* Makes room for one more; false without memory. */
bool pingem_index_reserve (PingemIndex *index);
/* After reserve(). No item of this key may be there. */
void pingem_index_add (PingemIndex *index, uint32_t item);
/* The item must be there, its key unchanged. */
void pingem_index_remove (PingemIndex *index, uint32_t item);
/* PINGEM_NONE where there is none. */
uint32_t pingem_index_find (const PingemIndex *index, uint64_t key);
