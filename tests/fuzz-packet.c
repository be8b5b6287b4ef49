/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <assert.h>
#include <string.h>

#include "engine/packet.h"
#include "engine/payload.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
touch (const PingemEcho *echo, const uint8_t *data, size_t size)
{
  assert (echo->payload >= data && echo->payload + echo->n_payload == data + size);
  if (echo->n_payload >= PINGEM_PAYLOAD_HEAD_SIZE)
    pingem_payload_check (echo->payload, echo->n_payload, pingem_payload_number (echo->payload), 0);
}

/* The first byte chooses: raw IPv4, datagram IPv4, IPv6, or the quotes of either. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  PingemEcho echo;
  uint8_t choice;

  if (size == 0)
    return 0;

  choice = data[0] % 5;
  data++;
  size--;

  if (choice <= PINGEM_FRAMING_ICMP6
          ? pingem_packet_parse_reply (data, size, (PingemFraming) choice, &echo)
          : pingem_packet_parse_quote (data, size, choice == 4, &echo))
    touch (&echo, data, size);

  return 0;
}
