/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "stats/varint.h"

size_t
pingem_varint_put (uint64_t number, uint8_t *ret_bytes)
{
  size_t n = 0;

  for (; number >= 0x80; number >>= 7)
    ret_bytes[n++] = (uint8_t) (number | 0x80);
  ret_bytes[n++] = (uint8_t) number;

  return n;
}

bool
pingem_varint_get (const uint8_t **at, const uint8_t *end, uint64_t max, uint64_t *ret_number)
{
  uint64_t number = 0;

  for (unsigned shift = 0; shift < 64 && *at < end; shift += 7)
    {
      uint8_t byte = *(*at)++;

      if (shift == 63 && byte > 1)
        return false;

      number |= (uint64_t) (byte & 0x7f) << shift;

      if (byte < 0x80)
        {
          *ret_number = number;
          return number <= max;
        }
    }

  return false;
}
