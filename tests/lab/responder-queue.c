/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "lab/responder-queue.h"

#include <stdlib.h>

#define MAX_ITEMS 2000000

static bool
is_before (const LabPending *a, const LabPending *b)
{
  return a->due_ns < b->due_ns || (a->due_ns == b->due_ns && a->order < b->order);
}

static bool
make_room (LabQueue *queue)
{
  size_t n_room = queue->n_room > 0 ? queue->n_room * 2 : 1024;
  LabPending **items;

  if (queue->n_items < queue->n_room)
    return true;
  if (n_room > MAX_ITEMS)
    return false;

  items = realloc (queue->items, n_room * sizeof (LabPending *));
  if (items == NULL)
    return false;

  queue->items = items;
  queue->n_room = n_room;

  return true;
}

bool
lab_queue_push (LabQueue *queue, LabPending *pending)
{
  size_t i = queue->n_items;

  if (!make_room (queue))
    return false;

  pending->order = queue->n_pushed++;
  queue->n_items++;
  for (; i > 0 && is_before (pending, queue->items[(i - 1) / 2]); i = (i - 1) / 2)
    queue->items[i] = queue->items[(i - 1) / 2];
  queue->items[i] = pending;

  return true;
}

const LabPending *
lab_queue_peek (const LabQueue *queue)
{
  return queue->n_items > 0 ? queue->items[0] : NULL;
}

LabPending *
lab_queue_pop (LabQueue *queue)
{
  LabPending *first = queue->n_items > 0 ? queue->items[0] : NULL;
  LabPending *last;
  size_t i = 0;

  if (first == NULL)
    return NULL;

  last = queue->items[--queue->n_items];
  for (size_t child = 1; child < queue->n_items; child = i * 2 + 1)
    {
      if (child + 1 < queue->n_items && is_before (queue->items[child + 1], queue->items[child]))
        child++;
      if (!is_before (queue->items[child], last))
        break;
      queue->items[i] = queue->items[child];
      i = child;
    }
  queue->items[i] = last;

  return first;
}
