/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/pool.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_ITEMS 256u

void
pingem_pool_init (PingemPool *pool, uint32_t item_size)
{
  *pool = (PingemPool){ .item_size = item_size, .first_free = PINGEM_NONE };
}

/* Keeps @n_kept pages. */
static void
free_pages (PingemPool *pool, uint32_t n_kept)
{
  while (pool->n_pages > n_kept)
    free (pool->pages[--pool->n_pages]);
}

void
pingem_pool_clear (PingemPool *pool)
{
  free_pages (pool, 0);
  free (pool->pages);
  pingem_pool_init (pool, pool->item_size);
}

static bool
add_page (PingemPool *pool)
{
  uint8_t **pages = reallocarray (pool->pages, pool->n_pages + 1, sizeof *pages);

  if (pages == NULL)
    return false;

  pool->pages = pages;
  pages[pool->n_pages] = reallocarray (NULL, PAGE_ITEMS, pool->item_size);
  if (pages[pool->n_pages] == NULL)
    return false;

  pool->n_pages++;

  return true;
}

bool
pingem_pool_reserve (PingemPool *pool)
{
  return pool->first_free != PINGEM_NONE || pool->n_touched < pool->n_pages * PAGE_ITEMS ||
         add_page (pool);
}

uint32_t
pingem_pool_take (PingemPool *pool)
{
  uint32_t item = pool->first_free;

  if (!pingem_pool_reserve (pool))
    return PINGEM_NONE;

  if (item != PINGEM_NONE)
    memcpy (&pool->first_free, pingem_pool_at (pool, item), sizeof pool->first_free);
  else
    item = pool->n_touched++;

  memset (pingem_pool_at (pool, item), 0, pool->item_size);
  pool->n_live++;

  return item;
}

void
pingem_pool_give (PingemPool *pool, uint32_t item)
{
  memcpy (pingem_pool_at (pool, item), &pool->first_free, sizeof pool->first_free);
  pool->first_free = item;

  /* After a burst the memory goes back; one page stays, for the next probe. */
  if (--pool->n_live == 0)
    {
      free_pages (pool, 1);
      pool->n_touched = 0;
      pool->first_free = PINGEM_NONE;
    }
}

void *
pingem_pool_at (const PingemPool *pool, uint32_t item)
{
  return pool->pages[item / PAGE_ITEMS] + (size_t) (item % PAGE_ITEMS) * pool->item_size;
}
