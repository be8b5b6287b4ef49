/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PINGEM_ICMP_HEADER_SIZE 8
/* The longest IPv4 header, then the longest echo message. */
#define PINGEM_MAX_PACKET_SIZE (60 + PINGEM_ICMP_HEADER_SIZE + 65507)

/* How a received message begins. */
typedef enum {
  PINGEM_FRAMING_IPV4,  /* raw IPv4: with its IP header, its checksum not yet verified */
  PINGEM_FRAMING_ICMP4, /* datagram IPv4: the kernel took the header and verified */
  PINGEM_FRAMING_ICMP6, /* raw or datagram IPv6: as above */
} PingemFraming;

/* An echo message; @payload points into the packet it was parsed from. */
typedef struct {
  const uint8_t *payload;
  size_t n_payload;
  uint16_t identifier;
  uint16_t wire_seq;
} PingemEcho;

/* RFC 1071. */
uint16_t pingem_packet_checksum (const uint8_t *bytes, size_t n_bytes);
/*
 * Writes an echo request around the payload that already stands at
 * @packet + PINGEM_ICMP_HEADER_SIZE. For IPv6 the kernel adds the checksum.
 */
void pingem_packet_build_request (
    uint8_t *packet, size_t n_payload, bool is_ipv6, uint16_t identifier, uint16_t wire_seq);
/* False for everything but one whole, unfragmented, intact echo reply. */
bool pingem_packet_parse_reply (const uint8_t *packet,
                                size_t n_bytes,
                                PingemFraming framing,
                                PingemEcho *ret_echo);
/*
 * @quote: what an ICMP error quotes of our request, from its ICMP header on;
 * 8 bytes are enough, so the payload may be short or empty.
 */
bool pingem_packet_parse_quote (const uint8_t *quote,
                                size_t n_bytes,
                                bool is_ipv6,
                                PingemEcho *ret_echo);
