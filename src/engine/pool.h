/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No item. */
#define PINGEM_NONE UINT32_MAX

/* Items of one size in one array, told apart by their place in it. Taking one may move them all. */
typedef struct {
  uint8_t *items;
  uint32_t item_size; /* at least 4 bytes */
  uint32_t n_allocated;
  uint32_t n_touched; /* items taken at least once */
  uint32_t n_live;
  uint32_t first_free;
} PingemPool;

void pingem_pool_init (PingemPool *pool, uint32_t item_size);
void pingem_pool_clear (PingemPool *pool);
/* Makes sure that the next take succeeds; false without memory. */
bool pingem_pool_reserve (PingemPool *pool);
/* An item of any content, or PINGEM_NONE without memory. */
uint32_t pingem_pool_take (PingemPool *pool);
void pingem_pool_give (PingemPool *pool, uint32_t item);

/* What the next take will return, after a reserve. */
static inline uint32_t
pingem_pool_next (const PingemPool *pool)
{
  return pool->first_free != PINGEM_NONE ? pool->first_free : pool->n_touched;
}

/* @item: taken, or given back since and not to be believed */
static inline void *
pingem_pool_at (const PingemPool *pool, uint32_t item)
{
  return pool->items + (size_t) item * pool->item_size;
}
