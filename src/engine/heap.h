/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  int64_t time_ns;
  uint32_t id;
} PingemHeapEntry;

/* Which of many small numbers comes first: a binary heap. Zero it to start. */
typedef struct {
  PingemHeapEntry *entries;
  uint32_t *places; /* by id: place in entries + 1, or 0 */
  uint32_t n;
  uint32_t n_allocated; /* ids below this have room */
} PingemHeap;

void pingem_heap_clear (PingemHeap *heap);
/* Makes room for @id; false without memory. */
bool pingem_heap_reserve (PingemHeap *heap, uint32_t id);
/* Adds or moves @id, reserved before. */
void pingem_heap_set (PingemHeap *heap, uint32_t id, int64_t time_ns);
/* An id that is not there is ignored. */
void pingem_heap_remove (PingemHeap *heap, uint32_t id);

/* NULL where it is empty. */
static inline const PingemHeapEntry *
pingem_heap_first (const PingemHeap *heap)
{
  return heap->n > 0 ? &heap->entries[0] : NULL;
}
