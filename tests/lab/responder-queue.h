/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "lab/responder-packet.h"

/*
 * What stands in the log, one after the other: a request that came, or an answer
 * to it. Times are CLOCK_REALTIME, numbers in this machine's byte order.
 */
typedef struct {
  int64_t time_ns;
  uint64_t number;    /* the first 8 bytes of the payload, as the sender counts */
  uint8_t source[16]; /* of the request; IPv4 in the first 4 */
  uint8_t destination[16];
  uint32_t request;    /* which one, from 0 */
  uint16_t n_bytes;    /* of the packet, with its IP header */
  uint16_t identifier; /* of the request, as is all that follows but the last two */
  uint16_t wire_seq;
  uint8_t family; /* 4 or 6 */
  uint8_t ttl;
  uint8_t dscp;
  uint8_t event;  /* LabEvent */
  uint8_t line;   /* of the script, which decided; 0: none */
  uint8_t action; /* which of this line, from 0 */
} LabEntry;

_Static_assert(sizeof (LabEntry) == 64, "stands in a file");

typedef enum {
  LAB_REQUEST, /* came */
  LAB_ANSWER,  /* was written */
  LAB_FAILED,  /* could not be written */
} LabEvent;

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
