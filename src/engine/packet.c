/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/packet.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#define IPV4_HEADER_SIZE 20
#define IPV4_MORE_FRAGMENTS_AND_OFFSET 0x3fff

static uint16_t
read_be16 (const uint8_t *bytes)
{
  return bytes[0] << 8 | bytes[1];
}

static void
write_be16 (uint8_t *bytes, uint16_t value)
{
  bytes[0] = value >> 8;
  bytes[1] = value;
}

uint16_t
pingem_packet_checksum (const uint8_t *bytes, size_t n_bytes)
{
  uint64_t sum = 0;
  size_t i = 0;

  for (; i + 2 <= n_bytes; i += 2)
    sum += read_be16 (bytes + i);
  if (i < n_bytes)
    sum += bytes[i] << 8;

  while (sum > UINT16_MAX)
    sum = (sum & UINT16_MAX) + (sum >> 16);

  return ~sum;
}

void
pingem_packet_build_request (
    uint8_t *packet, size_t n_payload, bool is_ipv6, uint16_t identifier, uint16_t wire_seq)
{
  memset (packet, 0, PINGEM_ICMP_HEADER_SIZE);
  packet[0] = is_ipv6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
  write_be16 (packet + 4, identifier);
  write_be16 (packet + 6, wire_seq);

  if (!is_ipv6)
    write_be16 (packet + 2, pingem_packet_checksum (packet, PINGEM_ICMP_HEADER_SIZE + n_payload));
}

/* Options are stepped over, never parsed. */
static bool
skip_ipv4_header (const uint8_t **packet, size_t *n_bytes)
{
  size_t n_header;

  if (*n_bytes < IPV4_HEADER_SIZE || (*packet)[0] >> 4 != 4)
    return false;

  n_header = ((*packet)[0] & 0xf) * 4;
  if (n_header < IPV4_HEADER_SIZE || n_header > *n_bytes || read_be16 (*packet + 2) != *n_bytes)
    return false;
  if ((read_be16 (*packet + 6) & IPV4_MORE_FRAGMENTS_AND_OFFSET) != 0)
    return false;
  if ((*packet)[9] != IPPROTO_ICMP)
    return false;

  *packet += n_header;
  *n_bytes -= n_header;

  return true;
}

static bool
parse_echo (const uint8_t *icmp, size_t n_bytes, uint8_t type, PingemEcho *ret_echo)
{
  if (n_bytes < PINGEM_ICMP_HEADER_SIZE || icmp[0] != type || icmp[1] != 0)
    return false;

  *ret_echo = (PingemEcho){
    .payload = icmp + PINGEM_ICMP_HEADER_SIZE,
    .n_payload = n_bytes - PINGEM_ICMP_HEADER_SIZE,
    .identifier = read_be16 (icmp + 4),
    .wire_seq = read_be16 (icmp + 6),
  };

  return true;
}

bool
pingem_packet_parse_reply (const uint8_t *packet,
                           size_t n_bytes,
                           PingemFraming framing,
                           PingemEcho *ret_echo)
{
  uint8_t type = framing == PINGEM_FRAMING_ICMP6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;

  /* A raw socket hands out replies with a wrong checksum too. */
  if (framing == PINGEM_FRAMING_IPV4 &&
      (!skip_ipv4_header (&packet, &n_bytes) || pingem_packet_checksum (packet, n_bytes) != 0))
    return false;

  return parse_echo (packet, n_bytes, type, ret_echo);
}

bool
pingem_packet_parse_quote (const uint8_t *quote, size_t n_bytes, bool is_ipv6, PingemEcho *ret_echo)
{
  return parse_echo (quote, n_bytes, is_ipv6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO, ret_echo);
}
