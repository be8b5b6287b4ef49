/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <assert.h>
#include <stdlib.h>

#include "engine/packet.h"
#include "engine/payload.h"
#include "fuzz/fuzz.h"

#define N_CHOICES 5

static void
touch (const PingemEcho *echo, const uint8_t *data, size_t size)
{
  assert (echo->payload >= data && echo->payload + echo->n_payload == data + size);
  if (echo->n_payload >= PINGEM_PAYLOAD_HEAD_SIZE)
    pingem_payload_check (echo->payload, echo->n_payload, pingem_payload_number (echo->payload), 0);
}

/* Length and checksum as an IPv4 header has them: else hardly an input gets beyond. */
static void
mend (uint8_t *packet, size_t size)
{
  size_t n_header = size > 0 ? (packet[0] & 0xf) * 4 : 0;
  uint16_t sum;

  if (n_header < 20 || size < n_header + PINGEM_ICMP_HEADER_SIZE)
    return;

  packet[2] = size >> 8;
  packet[3] = size;
  packet[n_header + 2] = packet[n_header + 3] = 0;
  sum = pingem_packet_checksum (packet + n_header, size - n_header);
  packet[n_header + 2] = sum >> 8;
  packet[n_header + 3] = sum;
}

/*
 * The first byte chooses: raw IPv4, datagram IPv4, IPv6, or the quotes of either;
 * and whether a raw one is mended first.
 */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  uint8_t choice = fuzz_take_byte (&input);
  uint8_t framing = choice % N_CHOICES;
  uint8_t *packet = malloc (input.n_bytes);
  PingemEcho echo;

  size = input.n_bytes;
  fuzz_take (&input, packet, size);
  if (framing == PINGEM_FRAMING_IPV4 && choice / N_CHOICES % 2 == 1)
    mend (packet, size);

  if (framing <= PINGEM_FRAMING_ICMP6
          ? pingem_packet_parse_reply (packet, size, (PingemFraming) framing, &echo)
          : pingem_packet_parse_quote (packet, size, framing == 4, &echo))
    touch (&echo, packet, size);
  free (packet);

  return 0;
}
