/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "lab/responder-log.h"

#include <string.h>
#include <time.h>

#define PAYLOAD 8

uint64_t
lab_request_number (const LabRequest *request)
{
  uint64_t number = 0;

  for (size_t i = PAYLOAD; i < PAYLOAD + 8 && i < request->n_icmp; i++)
    number = number << 8 | request->icmp[i];

  return number;
}

LabEntry
lab_entry_make (const LabRequest *request, uint32_t n, uint8_t line)
{
  const uint8_t *icmp = request->icmp;
  LabEntry entry = {
    .number = lab_request_number (request),
    .request = n,
    .n_bytes = request->n_packet,
    .identifier = icmp[4] << 8 | icmp[5],
    .wire_seq = icmp[6] << 8 | icmp[7],
    .family = request->family,
    .ttl = request->ttl,
    .dscp = request->traffic_class >> 2,
    .event = LAB_REQUEST,
    .line = line,
  };

  memcpy (entry.source, request->source, sizeof entry.source);
  memcpy (entry.destination, request->destination, sizeof entry.destination);

  return entry;
}

bool
lab_entry_write (LabEntry *entry, FILE *log)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  entry->time_ns = now.tv_sec * INT64_C (1000000000) + now.tv_nsec;

  return fwrite (entry, sizeof *entry, 1, log) == 1;
}
