/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>

#include "fuzz/echo.h"
#include "fuzz/fuzz.h"

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

/* The first byte chooses: of a raw socket, of one and mended first, of a datagram socket, or
 * quoted. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  uint8_t choice = fuzz_take_byte (&input);
  uint8_t *packet = malloc (input.n_bytes);
  PingemEcho echo;
  bool is_echo;

  size = input.n_bytes;
  fuzz_take (&input, packet, size);

  if (choice % 4 == 1)
    mend (packet, size);
  if (choice % 4 == 3)
    is_echo = pingem_packet_parse_quote (packet, size, false, &echo);
  else
    is_echo = pingem_packet_parse_reply (
        packet, size, choice % 4 == 2 ? PINGEM_FRAMING_ICMP4 : PINGEM_FRAMING_IPV4, &echo);

  if (is_echo)
    fuzz_touch (&echo, packet, size);
  free (packet);

  return 0;
}
