/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads addresses, each as a byte of its length, 4 or 16, and its bytes; writes "1" for each that
 * the engine refuses to probe, and "0" for each other. */

#include <stdio.h>
#include <stdlib.h>

#include "engine/address.h"

int
main (void)
{
  uint8_t bytes[16];
  int n_bytes;

  while ((n_bytes = getchar ()) != EOF)
    {
      PingemAddress address;

      if (n_bytes > 16 || fread (bytes, 1, n_bytes, stdin) != (size_t) n_bytes ||
          !pingem_address_from_bytes (bytes, n_bytes, 0, &address))
        return EXIT_FAILURE;

      putchar (pingem_address_refusal (&address) != NULL ? '1' : '0');
    }

  return EXIT_SUCCESS;
}
