/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/index.h"

#include <stdlib.h>

#define MIN_BITS 4

static uint32_t
count_cells (const PingemIndex *index)
{
  return index->cells != NULL ? UINT32_C (1) << index->n_bits : 0;
}

/* Fibonacci hashing: numbers in sequence are spread, so long runs cannot collide. */
static uint32_t
home_of_key (const PingemIndex *index, uint64_t key)
{
  return key * 0x9e3779b97f4a7c15 >> (64 - index->n_bits);
}

static uint64_t
key_of_cell (const PingemIndex *index, uint32_t cell)
{
  return index->key_of (pingem_pool_at (index->pool, index->cells[cell] - 1));
}

static uint32_t
next_cell (const PingemIndex *index, uint32_t cell)
{
  return (cell + 1) & (count_cells (index) - 1);
}

/* The cell of @key, or the empty one where it would stand. */
static uint32_t
find_cell (const PingemIndex *index, uint64_t key)
{
  uint32_t cell = home_of_key (index, key);

  while (index->cells[cell] != 0 && key_of_cell (index, cell) != key)
    cell = next_cell (index, cell);

  return cell;
}

static bool
resize (PingemIndex *index, uint32_t n_bits)
{
  PingemIndex old = *index;
  uint32_t *cells = calloc (UINT64_C (1) << n_bits, sizeof *cells);

  if (cells == NULL)
    return false;

  index->cells = cells;
  index->n_bits = n_bits;
  index->n_used = 0;
  for (uint32_t i = 0; i < count_cells (&old); i++)
    if (old.cells[i] != 0)
      pingem_index_add (index, old.cells[i] - 1);
  free (old.cells);

  return true;
}

void
pingem_index_init (PingemIndex *index, const PingemPool *pool, PingemKeyOf key_of)
{
  *index = (PingemIndex){ .pool = pool, .key_of = key_of };
}

void
pingem_index_clear (PingemIndex *index)
{
  free (index->cells);
  pingem_index_init (index, index->pool, index->key_of);
}

bool
pingem_index_reserve (PingemIndex *index)
{
  if (index->cells == NULL)
    return resize (index, MIN_BITS);
  if (index->n_used < count_cells (index) / 4 * 3)
    return true;

  return resize (index, index->n_bits + 1);
}

void
pingem_index_add (PingemIndex *index, uint32_t item)
{
  uint64_t key = index->key_of (pingem_pool_at (index->pool, item));

  index->cells[find_cell (index, key)] = item + 1;
  index->n_used++;
}

void
pingem_index_remove (PingemIndex *index, uint32_t item)
{
  uint32_t mask = count_cells (index) - 1;
  uint32_t hole = find_cell (index, index->key_of (pingem_pool_at (index->pool, item)));

  /* Close the gap: what lies behind the hole moves up, unless that is before its home. */
  for (uint32_t cell = next_cell (index, hole); index->cells[cell] != 0;
       cell = next_cell (index, cell))
    {
      uint32_t home = home_of_key (index, key_of_cell (index, cell));

      if (((cell - home) & mask) < ((cell - hole) & mask))
        continue;
      index->cells[hole] = index->cells[cell];
      hole = cell;
    }

  index->cells[hole] = 0;
  /* After a burst the memory goes back; without memory for less, the old cells do. */
  if (--index->n_used == 0 && index->n_bits > MIN_BITS)
    resize (index, MIN_BITS);
}

uint32_t
pingem_index_find (const PingemIndex *index, uint64_t key)
{
  return index->cells != NULL ? index->cells[find_cell (index, key)] - 1 : PINGEM_NONE;
}
