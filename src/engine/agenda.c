/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/agenda.h"

#include <stdlib.h>

#define WIDTH 4u
#define MIN_ITEMS 16u

static int64_t
due_of_item (const PingemAgenda *agenda, uint32_t item)
{
  return *(const int64_t *) pingem_pool_at (agenda->pool, item);
}

void
pingem_agenda_init (PingemAgenda *agenda, const PingemPool *pool)
{
  *agenda = (PingemAgenda){ .pool = pool };
}

void
pingem_agenda_clear (PingemAgenda *agenda)
{
  free (agenda->items);
  pingem_agenda_init (agenda, agenda->pool);
}

static bool
resize (PingemAgenda *agenda, uint32_t n)
{
  uint64_t n_wanted = (uint64_t) n + n / 2;
  uint32_t *items;

  if (n_wanted < MIN_ITEMS)
    n_wanted = MIN_ITEMS;

  items = reallocarray (agenda->items, n_wanted, sizeof *items);
  if (items == NULL)
    return false;

  agenda->items = items;
  agenda->n_allocated = n_wanted;

  return true;
}

bool
pingem_agenda_reserve (PingemAgenda *agenda, uint32_t n)
{
  return n <= agenda->n_allocated || resize (agenda, n);
}

static void
move_up (PingemAgenda *agenda, uint32_t place, uint32_t item)
{
  int64_t due_ns = due_of_item (agenda, item);

  while (place > 0 && due_of_item (agenda, agenda->items[(place - 1) / WIDTH]) > due_ns)
    {
      agenda->items[place] = agenda->items[(place - 1) / WIDTH];
      place = (place - 1) / WIDTH;
    }

  agenda->items[place] = item;
}

/* Of the items below @place the one that is due first, by its place; @agenda->n: there is none. */
static uint32_t
find_child (const PingemAgenda *agenda, uint32_t place, int64_t *ret_due_ns)
{
  uint64_t begin = (uint64_t) place * WIDTH + 1;
  uint32_t first = agenda->n;

  *ret_due_ns = INT64_MAX;
  for (uint64_t child = begin; child < begin + WIDTH && child < agenda->n; child++)
    {
      int64_t due_ns = due_of_item (agenda, agenda->items[child]);

      if (due_ns < *ret_due_ns)
        {
          first = child;
          *ret_due_ns = due_ns;
        }
    }

  return first;
}

static void
move_down (PingemAgenda *agenda, uint32_t place, uint32_t item)
{
  int64_t due_ns = due_of_item (agenda, item);
  int64_t child_ns;
  uint32_t child;

  while ((child = find_child (agenda, place, &child_ns)) < agenda->n && child_ns < due_ns)
    {
      agenda->items[place] = agenda->items[child];
      place = child;
    }

  agenda->items[place] = item;
}

void
pingem_agenda_add (PingemAgenda *agenda, uint32_t item)
{
  move_up (agenda, agenda->n++, item);
}

static uint32_t
find_place (const PingemAgenda *agenda, uint32_t item)
{
  uint32_t place = 0;

  while (agenda->items[place] != item)
    place++;

  return place;
}

void
pingem_agenda_delay (PingemAgenda *agenda, uint32_t item)
{
  move_down (agenda, find_place (agenda, item), item);
}

void
pingem_agenda_remove (PingemAgenda *agenda, uint32_t item)
{
  uint32_t place = find_place (agenda, item);
  uint32_t last = agenda->items[--agenda->n];

  if (last == item)
    return;

  move_down (agenda, place, last);
  if (agenda->items[place] == last)
    move_up (agenda, place, last);
}

/* Without memory for less, the old ones stay. */
void
pingem_agenda_trim (PingemAgenda *agenda)
{
  if (agenda->n_allocated > MIN_ITEMS && agenda->n < agenda->n_allocated / 4)
    resize (agenda, agenda->n);
}
