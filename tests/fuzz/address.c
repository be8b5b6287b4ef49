/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/address.h"

#include <assert.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"

/* What can be read can be written, and read again. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  char *text = strndup ((const char *) data, size);
  char buffer[PINGEM_ADDRESS_STRLEN];
  struct sockaddr_storage sa;
  PingemAddress address, again;

  if (pingem_address_parse (text, &address))
    {
      pingem_address_refusal (&address);
      assert (pingem_address_parse (pingem_address_format (&address, buffer), &again));
      assert (pingem_address_equal (&address, &again));
      assert (pingem_address_to_sockaddr (&address, &sa) <= sizeof sa);
      assert (pingem_address_from_sockaddr ((struct sockaddr *) &sa, &again));
      assert (pingem_address_equal (&address, &again));
    }
  free (text);

  return 0;
}
