/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/pool.h"

#include <stdlib.h>
#include <string.h>

#define MIN_ITEMS 64u
/* So large that the C library takes it from the kernel: growing on, it leaves no hole behind. */
#define LARGE_SIZE (256u << 10)

void
pingem_pool_init (PingemPool *pool, uint32_t item_size)
{
  *pool = (PingemPool){ .item_size = item_size, .first_free = PINGEM_NONE };
}

void
pingem_pool_clear (PingemPool *pool)
{
  free (pool->items);
  pingem_pool_init (pool, pool->item_size);
}

static bool
resize (PingemPool *pool, uint32_t n)
{
  uint8_t *items = reallocarray (pool->items, n, pool->item_size);

  if (items == NULL)
    return false;

  pool->items = items;
  pool->n_allocated = n;

  return true;
}

/* What is not touched yet costs no memory: the kernel gives a page when it is written. */
static bool
grow (PingemPool *pool)
{
  uint64_t n = (uint64_t) pool->n_allocated + pool->n_allocated / 2;

  if (n > MIN_ITEMS && n * pool->item_size < LARGE_SIZE)
    n = LARGE_SIZE / pool->item_size;

  return n < PINGEM_NONE && resize (pool, n > MIN_ITEMS ? n : MIN_ITEMS);
}

bool
pingem_pool_reserve (PingemPool *pool)
{
  return pool->first_free != PINGEM_NONE || pool->n_touched < pool->n_allocated || grow (pool);
}

uint32_t
pingem_pool_take (PingemPool *pool)
{
  uint32_t item;

  if (!pingem_pool_reserve (pool))
    return PINGEM_NONE;

  item = pingem_pool_next (pool);
  if (pool->first_free != PINGEM_NONE)
    memcpy (&pool->first_free, pingem_pool_at (pool, item), sizeof pool->first_free);
  else
    pool->n_touched++;

  pool->n_live++;

  return item;
}

void
pingem_pool_give (PingemPool *pool, uint32_t item)
{
  memcpy (pingem_pool_at (pool, item), &pool->first_free, sizeof pool->first_free);
  pool->first_free = item;

  if (--pool->n_live > 0)
    return;

  pool->n_touched = 0;
  pool->first_free = PINGEM_NONE;
  /* After a burst the memory goes back, but for a little: the next probe needs it. */
  if (pool->n_allocated > MIN_ITEMS)
    resize (pool, MIN_ITEMS);
}
