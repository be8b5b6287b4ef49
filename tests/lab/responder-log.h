/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stdio.h>

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

/* The first 8 bytes of the payload. */
uint64_t lab_request_number (const LabRequest *request);
/* Of @request, the @n-th that came; @line: of the rule that decides, or 0. */
LabEntry lab_entry_make (const LabRequest *request, uint32_t n, uint8_t line);
/* With the time of now; false where it cannot be written. */
bool lab_entry_write (LabEntry *entry, FILE *log);
