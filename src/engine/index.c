/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/index.h"

#include <stdlib.h>

#define MIN_CELLS 16u
#define ITEM_MASK (PINGEM_INDEX_MAX_ITEMS - 1)
#define IS_USED (UINT32_C (1) << 31)
#define EMPTY 0

/*
 * Fibonacci hashing: numbers in sequence are spread, so long runs cannot collide. The product's
 * upper half, as a fraction, is scaled to any number of cells: the table need not double to grow.
 */
static uint64_t
spread (uint64_t key)
{
  return key * 0x9e3779b97f4a7c15;
}

static uint32_t
home_of_key (const PingemIndex *index, uint64_t key)
{
  return (spread (key) >> 32) * index->n_cells >> 32;
}

/* Seven bits of the product's other half, which the home does not show, and one that is set. */
static uint32_t
mark_of_key (uint64_t key)
{
  return ((uint32_t) spread (key) >> 1 & ~ITEM_MASK) | IS_USED;
}

static uint64_t
key_of_item (const PingemIndex *index, uint32_t item)
{
  return index->key_of (index->data, pingem_pool_at (index->pool, item));
}

static uint32_t
next_cell (const PingemIndex *index, uint32_t cell)
{
  return cell + 1 < index->n_cells ? cell + 1 : 0;
}

/* How far @cell lies behind @home, going round. */
static uint32_t
distance (const PingemIndex *index, uint32_t home, uint32_t cell)
{
  return cell >= home ? cell - home : cell + index->n_cells - home;
}

/* From the home of @key on, the first cell of this content. */
static uint32_t
find_content (const PingemIndex *index, uint64_t key, uint32_t content)
{
  uint32_t cell = home_of_key (index, key);

  while (index->cells[cell] != content)
    cell = next_cell (index, cell);

  return cell;
}

void
pingem_index_add (PingemIndex *index, uint32_t item)
{
  uint64_t key = key_of_item (index, item);

  index->cells[find_content (index, key, EMPTY)] = mark_of_key (key) | item;
  index->n_used++;
}

static bool
resize (PingemIndex *index, uint32_t n_cells)
{
  PingemIndex old = *index;
  uint32_t *cells = calloc (n_cells, sizeof *cells);

  if (cells == NULL)
    return false;

  index->cells = cells;
  index->n_cells = n_cells;
  index->n_used = 0;
  for (uint32_t i = 0; i < old.n_cells; i++)
    if (old.cells[i] != EMPTY)
      pingem_index_add (index, old.cells[i] & ITEM_MASK);
  free (old.cells);

  return true;
}

void
pingem_index_init (PingemIndex *index, const PingemPool *pool, PingemKeyOf key_of, const void *data)
{
  *index = (PingemIndex){ .pool = pool, .key_of = key_of, .data = data };
}

void
pingem_index_clear (PingemIndex *index)
{
  free (index->cells);
  pingem_index_init (index, index->pool, index->key_of, index->data);
}

/* From 7/10 to 7/8 full: few bytes, and still few steps. */
bool
pingem_index_reserve (PingemIndex *index)
{
  if (index->cells == NULL)
    return resize (index, MIN_CELLS);
  if (index->n_used < index->n_cells - index->n_cells / 8)
    return true;

  return index->n_cells < UINT32_MAX / 2 && resize (index, index->n_cells + index->n_cells / 4);
}

void
pingem_index_remove (PingemIndex *index, uint32_t item)
{
  uint64_t key = key_of_item (index, item);
  uint32_t hole = find_content (index, key, mark_of_key (key) | item);

  /* Close the gap: what lies behind the hole moves up, unless that is before its home. */
  for (uint32_t cell = next_cell (index, hole); index->cells[cell] != EMPTY;
       cell = next_cell (index, cell))
    {
      uint32_t home = home_of_key (index, key_of_item (index, index->cells[cell] & ITEM_MASK));

      if (distance (index, home, cell) < distance (index, hole, cell))
        continue;
      index->cells[hole] = index->cells[cell];
      hole = cell;
    }

  index->cells[hole] = EMPTY;
  /* After a burst the memory goes back; without memory for less, the old cells do. */
  if (--index->n_used == 0 && index->n_cells > MIN_CELLS)
    resize (index, MIN_CELLS);
}

uint32_t
pingem_index_find (const PingemIndex *index, uint64_t key)
{
  uint32_t mark = mark_of_key (key);

  if (index->cells == NULL)
    return PINGEM_NONE;

  for (uint32_t cell = home_of_key (index, key); index->cells[cell] != EMPTY;
       cell = next_cell (index, cell))
    {
      uint32_t item = index->cells[cell] & ITEM_MASK;

      if ((index->cells[cell] & ~ITEM_MASK) == mark && key_of_item (index, item) == key)
        return item;
    }

  return PINGEM_NONE;
}
