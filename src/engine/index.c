/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/index.h"

#include <stdlib.h>

#define MIN_CELLS 16u

/*
 * Fibonacci hashing: numbers in sequence are spread, so long runs cannot collide. The product's
 * upper half, as a fraction, is scaled to any number of cells: the table need not double to grow.
 */
static uint32_t
home_of_key (const PingemIndex *index, uint64_t key)
{
  return (key * 0x9e3779b97f4a7c15 >> 32) * index->n_cells >> 32;
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

/* The cell of @key, or the empty one where it would stand. */
static uint32_t
find_cell (const PingemIndex *index, uint64_t key)
{
  uint32_t cell = home_of_key (index, key);

  while (index->cells[cell] != 0 && key_of_item (index, index->cells[cell] - 1) != key)
    cell = next_cell (index, cell);

  return cell;
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
    if (old.cells[i] != 0)
      pingem_index_add (index, old.cells[i] - 1);
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
pingem_index_add (PingemIndex *index, uint32_t item)
{
  index->cells[find_cell (index, key_of_item (index, item))] = item + 1;
  index->n_used++;
}

void
pingem_index_remove (PingemIndex *index, uint32_t item)
{
  uint32_t hole = find_cell (index, key_of_item (index, item));

  /* Close the gap: what lies behind the hole moves up, unless that is before its home. */
  for (uint32_t cell = next_cell (index, hole); index->cells[cell] != 0;
       cell = next_cell (index, cell))
    {
      uint32_t home = home_of_key (index, key_of_item (index, index->cells[cell] - 1));

      if (distance (index, home, cell) < distance (index, hole, cell))
        continue;
      index->cells[hole] = index->cells[cell];
      hole = cell;
    }

  index->cells[hole] = 0;
  /* After a burst the memory goes back; without memory for less, the old cells do. */
  if (--index->n_used == 0 && index->n_cells > MIN_CELLS)
    resize (index, MIN_CELLS);
}

uint32_t
pingem_index_find (const PingemIndex *index, uint64_t key)
{
  return index->cells != NULL ? index->cells[find_cell (index, key)] - 1 : PINGEM_NONE;
}
