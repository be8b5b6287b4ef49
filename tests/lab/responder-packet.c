/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "lab/responder-packet.h"

#include <string.h>

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define FRAGMENT_HEADER 8
#define ICMP_HEADER 8
#define PROTOCOL_ICMP 1
#define PROTOCOL_ICMP6 58
#define PROTOCOL_FRAGMENT 44
#define MAX_QUOTE4 548
#define MAX_QUOTE6 1232

static uint16_t
read16 (const uint8_t *bytes)
{
  return bytes[0] << 8 | bytes[1];
}

static void
write16 (uint8_t *bytes, uint32_t value)
{
  bytes[0] = value >> 8;
  bytes[1] = value;
}

static uint32_t
add_words (uint32_t sum, const uint8_t *bytes, size_t n_bytes)
{
  for (size_t i = 0; i < n_bytes; i++)
    sum += i % 2 == 0 ? bytes[i] << 8 : bytes[i];

  return sum;
}

static uint16_t
fold (uint32_t sum)
{
  while (sum > UINT16_MAX)
    sum = (sum & UINT16_MAX) + (sum >> 16);

  return ~sum;
}

static bool
parse4 (const uint8_t *packet, size_t n_packet, LabRequest *request)
{
  size_t n_header = (packet[0] & 0xf) * 4;

  if (n_packet < n_header + ICMP_HEADER || packet[9] != PROTOCOL_ICMP ||
      (read16 (packet + 6) & 0x3fff) != 0 || packet[n_header] != 8)
    return false;

  request->family = 4;
  request->icmp = packet + n_header;
  request->ttl = packet[8];
  request->traffic_class = packet[1];
  memcpy (request->source, packet + 12, 4);
  memcpy (request->destination, packet + 16, 4);

  return true;
}

static bool
parse6 (const uint8_t *packet, size_t n_packet, LabRequest *request)
{
  if (n_packet < IPV6_HEADER + ICMP_HEADER || packet[6] != PROTOCOL_ICMP6 ||
      packet[IPV6_HEADER] != 128)
    return false;

  request->family = 6;
  request->icmp = packet + IPV6_HEADER;
  request->ttl = packet[7];
  request->traffic_class = read16 (packet) >> 4;
  memcpy (request->source, packet + 8, 16);
  memcpy (request->destination, packet + 24, 16);

  return true;
}

bool
lab_request_parse (const uint8_t *packet, size_t n_packet, LabRequest *ret_request)
{
  LabRequest request = { .packet = packet, .n_packet = n_packet };
  int version = n_packet > IPV4_HEADER ? packet[0] >> 4 : 0;

  if (!(version == 4 && parse4 (packet, n_packet, &request)) &&
      !(version == 6 && parse6 (packet, n_packet, &request)))
    return false;

  request.n_icmp = n_packet - (request.icmp - packet);
  *ret_request = request;

  return true;
}

/* After what follows it: the length counts. */
static void
write_header (const LabRequest *request, const LabAction *action, uint8_t *packet, size_t n_icmp)
{
  const uint8_t *from = action->from.family != 0 ? action->from.address : request->destination;

  if (request->family == 6)
    {
      memset (packet, 0, IPV6_HEADER);
      write16 (packet, 0x6000 | request->traffic_class << 4);
      write16 (packet + 4, n_icmp);
      packet[6] = PROTOCOL_ICMP6;
      packet[7] = action->ttl;
      memcpy (packet + 8, from, 16);
      memcpy (packet + 24, request->source, 16);
      return;
    }

  memset (packet, 0, IPV4_HEADER);
  packet[0] = 0x45;
  packet[1] = request->traffic_class;
  write16 (packet + 2, IPV4_HEADER + n_icmp);
  memcpy (packet + 4, request->icmp + 6, 2); /* fragments of one answer belong together */
  packet[8] = action->ttl;
  packet[9] = PROTOCOL_ICMP;
  memcpy (packet + 12, from, 4);
  memcpy (packet + 16, request->source, 4);
  write16 (packet + 10, fold (add_words (0, packet, IPV4_HEADER)));
}

/* What an ICMPv6 checksum covers beside the message. */
static uint32_t
pseudo_header (const uint8_t *packet, size_t n_icmp)
{
  return packet[0] >> 4 == 6 ? add_words (n_icmp + PROTOCOL_ICMP6, packet + 8, 32) : 0;
}

static void
write_checksum (const uint8_t *packet, uint8_t *icmp, size_t n_icmp)
{
  if (n_icmp < 4)
    return;

  write16 (icmp + 2, 0);
  write16 (icmp + 2, fold (add_words (pseudo_header (packet, n_icmp), icmp, n_icmp)));
}

static size_t
write_echo (const LabRequest *request, uint8_t *icmp)
{
  memcpy (icmp, request->icmp, request->n_icmp);
  icmp[0] = request->family == 6 ? 129 : 0;

  return request->n_icmp;
}

static uint8_t
error_type (LabKind kind, int family)
{
  if (kind == LAB_EXCEEDED)
    return family == 6 ? 3 : 11;
  if (kind == LAB_TOO_BIG && family == 6)
    return 2;

  return family == 6 ? 1 : 3;
}

static size_t
write_error (const LabRequest *request, const LabAction *action, uint64_t random, uint8_t *icmp)
{
  size_t n_header = request->icmp - request->packet;
  size_t n_max = request->family == 6 ? MAX_QUOTE6 : MAX_QUOTE4;
  size_t n_quote = request->n_packet;

  if (action->n_quote < request->n_icmp)
    n_quote = n_header + action->n_quote;
  if (n_quote > n_max)
    n_quote = n_max;

  memset (icmp, 0, ICMP_HEADER);
  icmp[0] = error_type (action->kind, request->family);
  if (action->kind != LAB_TOO_BIG)
    icmp[1] = action->code;
  else if (request->family == 4)
    icmp[1] = 4;
  if (action->kind == LAB_TOO_BIG)
    write16 (icmp + 6, action->code);

  memcpy (icmp + ICMP_HEADER, request->packet, n_quote);
  for (size_t i = n_header; action->is_garbage && i < n_quote; i++)
    icmp[ICMP_HEADER + i] = (random * (i + 1)) >> 56;

  return ICMP_HEADER + n_quote;
}

/* @n_room: for the message */
static size_t
change_size (const LabAction *action, uint8_t *icmp, size_t n_icmp, size_t n_room)
{
  size_t n_grow = action->n_grow < n_room - n_icmp ? action->n_grow : n_room - n_icmp;

  if (action->n_icmp < n_icmp)
    return action->n_icmp;

  memset (icmp + n_icmp, 0xaa, n_grow);

  return n_icmp + n_grow;
}

static void
flip (const LabRequest *request,
      const LabAction *action,
      uint64_t random,
      uint8_t *icmp,
      size_t n_icmp)
{
  size_t offset = action->flip_offset;
  uint32_t bit = action->flip_bit;

  if (action->flip_offset == LAB_RANDOM_FLIP)
    {
      offset = random / 8 % n_icmp;
      bit = random % 8;
    }
  if (action->is_in_quote)
    offset += ICMP_HEADER + (request->icmp - request->packet);

  if (offset < n_icmp)
    icmp[offset] ^= 1 << bit;
}

size_t
lab_answer_build (const LabRequest *request,
                  const LabAction *action,
                  uint64_t random,
                  uint8_t *packet)
{
  size_t n_header = request->family == 6 ? IPV6_HEADER : IPV4_HEADER;
  uint8_t *icmp = packet + n_header;
  bool is_echo = action->kind == LAB_REPLY || action->kind == LAB_REPLAY;
  size_t n_icmp =
      is_echo ? write_echo (request, icmp) : write_error (request, action, random, icmp);

  n_icmp = change_size (action, icmp, n_icmp, LAB_MAX_PACKET - n_header);
  write_header (request, action, packet, n_icmp);
  write_checksum (packet, icmp, n_icmp);
  if (action->flip_offset != LAB_NO_FLIP && n_icmp > 0)
    flip (request, action, random, icmp, n_icmp);
  if (action->is_sealed)
    write_checksum (packet, icmp, n_icmp);

  return n_header + n_icmp;
}

static size_t
write_fragment_header (const uint8_t *packet, uint8_t *fragment, size_t n_data, uint32_t place)
{
  if (packet[0] >> 4 == 6)
    {
      memcpy (fragment, packet, IPV6_HEADER);
      write16 (fragment + 4, FRAGMENT_HEADER + n_data);
      fragment[6] = PROTOCOL_FRAGMENT;
      memset (fragment + IPV6_HEADER, 0, FRAGMENT_HEADER);
      fragment[IPV6_HEADER] = PROTOCOL_ICMP6;
      write16 (fragment + IPV6_HEADER + 2, (place & 0x1fff) << 3 | place >> 13);
      memcpy (fragment + IPV6_HEADER + 6, packet + IPV6_HEADER + 6, 2);
      return IPV6_HEADER + FRAGMENT_HEADER;
    }

  memcpy (fragment, packet, IPV4_HEADER);
  write16 (fragment + 2, IPV4_HEADER + n_data);
  write16 (fragment + 6, place);
  write16 (fragment + 10, 0);
  write16 (fragment + 10, fold (add_words (0, fragment, IPV4_HEADER)));

  return IPV4_HEADER;
}

size_t
lab_fragment_build (const uint8_t *packet,
                    size_t n_packet,
                    size_t n_fragment,
                    size_t offset,
                    uint8_t *fragment,
                    size_t *ret_next)
{
  size_t n_header = packet[0] >> 4 == 6 ? IPV6_HEADER : IPV4_HEADER;
  size_t n_rest = n_packet - n_header - offset;
  bool is_last = n_rest <= n_fragment;
  size_t n_data = is_last ? n_rest : n_fragment;
  uint32_t more = is_last ? 0 : 1 << 13;
  size_t n_new = write_fragment_header (packet, fragment, n_data, more | offset / 8);

  memcpy (fragment + n_new, packet + n_header + offset, n_data);
  *ret_next = is_last ? 0 : offset + n_data;

  return n_new + n_data;
}
