/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>

#include "fuzz/echo.h"
#include "fuzz/fuzz.h"

/* The first byte chooses: a reply, or what is quoted. */
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

  is_echo = choice % 2 == 0 ? pingem_packet_parse_reply (packet, size, PINGEM_FRAMING_ICMP6, &echo)
                            : pingem_packet_parse_quote (packet, size, true, &echo);

  if (is_echo)
    fuzz_touch (&echo, packet, size);
  free (packet);

  return 0;
}
