/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/pool.h"

/*
 * Which item of a pool is due first: a heap of 4 bytes per item, 4 wide so that it is half as deep.
 * An item begins with the time when it is due, an int64_t. What is taken out from the middle is
 * searched for.
 */
typedef struct {
  const PingemPool *pool;
  uint32_t *items;
  uint32_t n;
  uint32_t n_allocated;
} PingemAgenda;

void pingem_agenda_init (PingemAgenda *agenda, const PingemPool *pool);
void pingem_agenda_clear (PingemAgenda *agenda);
/* Makes room for so many items; false without memory. */
bool pingem_agenda_reserve (PingemAgenda *agenda, uint32_t n);
/* After reserve(); @item is not there yet. */
void pingem_agenda_add (PingemAgenda *agenda, uint32_t item);
/* After @item, which is there, was put off. */
void pingem_agenda_delay (PingemAgenda *agenda, uint32_t item);
void pingem_agenda_remove (PingemAgenda *agenda, uint32_t item);
/* Gives back the room of most of those that were removed; one more still finds room. */
void pingem_agenda_trim (PingemAgenda *agenda);

/* PINGEM_NONE where it is empty. */
static inline uint32_t
pingem_agenda_first (const PingemAgenda *agenda)
{
  return agenda->n > 0 ? agenda->items[0] : PINGEM_NONE;
}

/* INT64_MAX where it is empty. */
static inline int64_t
pingem_agenda_due (const PingemAgenda *agenda)
{
  return agenda->n > 0 ? *(const int64_t *) pingem_pool_at (agenda->pool, agenda->items[0])
                       : INT64_MAX;
}
