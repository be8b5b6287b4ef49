/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "lab/responder-log.h"

/* An answer that waits for its time. */
typedef struct {
  int64_t due_ns; /* CLOCK_MONOTONIC */
  uint64_t order; /* equal times: first come, first served */
  LabEntry entry;
  size_t n_fragment;
  bool is_short;
  size_t n_packet;
  uint8_t packet[];
} LabPending;

/* By time; a binary heap. All zero: empty. */
typedef struct {
  LabPending **items;
  size_t n_items;
  size_t n_room;
  uint64_t n_pushed;
} LabQueue;

/* Takes @pending; false where there are too many or no memory. */
bool lab_queue_push (LabQueue *queue, LabPending *pending);
/* The earliest, or NULL. */
const LabPending *lab_queue_peek (const LabQueue *queue);
/* To be freed; NULL: empty. */
LabPending *lab_queue_pop (LabQueue *queue);
