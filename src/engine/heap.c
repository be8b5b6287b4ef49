/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/heap.h"

#include <stdlib.h>
#include <string.h>

static void
put (PingemHeap *heap, uint32_t place, PingemHeapEntry entry)
{
  heap->entries[place] = entry;
  heap->places[entry.id] = place + 1;
}

static uint32_t
sift_up (PingemHeap *heap, uint32_t place, PingemHeapEntry entry)
{
  while (place > 0 && heap->entries[(place - 1) / 2].time_ns > entry.time_ns)
    {
      put (heap, place, heap->entries[(place - 1) / 2]);
      place = (place - 1) / 2;
    }

  return place;
}

static uint32_t
sift_down (PingemHeap *heap, uint32_t place, PingemHeapEntry entry)
{
  for (;;)
    {
      uint32_t child = 2 * place + 1;

      if (child + 1 < heap->n && heap->entries[child + 1].time_ns < heap->entries[child].time_ns)
        child++;
      if (child >= heap->n || heap->entries[child].time_ns >= entry.time_ns)
        return place;

      put (heap, place, heap->entries[child]);
      place = child;
    }
}

void
pingem_heap_clear (PingemHeap *heap)
{
  free (heap->entries);
  free (heap->places);
  *heap = (PingemHeap){ 0 };
}

bool
pingem_heap_reserve (PingemHeap *heap, uint32_t id)
{
  uint32_t n = heap->n_allocated > 0 ? heap->n_allocated : 16;
  PingemHeapEntry *entries;
  uint32_t *places;

  if (id < heap->n_allocated)
    return true;
  while (n <= id)
    n *= 2;

  entries = reallocarray (heap->entries, n, sizeof *entries);
  if (entries == NULL)
    return false;
  heap->entries = entries;

  places = reallocarray (heap->places, n, sizeof *places);
  if (places == NULL)
    return false;
  heap->places = places;

  memset (places + heap->n_allocated, 0, (n - heap->n_allocated) * sizeof *places);
  heap->n_allocated = n;

  return true;
}

void
pingem_heap_set (PingemHeap *heap, uint32_t id, int64_t time_ns)
{
  PingemHeapEntry entry = { .time_ns = time_ns, .id = id };
  uint32_t place = heap->places[id] != 0 ? heap->places[id] - 1 : heap->n++;

  place = sift_up (heap, place, entry);
  put (heap, sift_down (heap, place, entry), entry);
}

void
pingem_heap_remove (PingemHeap *heap, uint32_t id)
{
  PingemHeapEntry last;

  if (id >= heap->n_allocated || heap->places[id] == 0)
    return;

  last = heap->entries[--heap->n];
  if (last.id != id)
    {
      uint32_t place = sift_up (heap, heap->places[id] - 1, last);

      put (heap, sift_down (heap, place, last), last);
    }
  heap->places[id] = 0;
}
