/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/siphash.h"

#include <endian.h>
#include <string.h>

static uint64_t
rotate (uint64_t x, unsigned n_bits)
{
  return x << n_bits | x >> (64 - n_bits);
}

static uint64_t
read_le64 (const uint8_t *bytes)
{
  uint64_t x;

  memcpy (&x, bytes, sizeof x);

  return le64toh (x);
}

static void
run_rounds (uint64_t v[static 4], int n)
{
  while (n-- > 0)
    {
      v[0] += v[1];
      v[2] += v[3];
      v[1] = rotate (v[1], 13) ^ v[0];
      v[3] = rotate (v[3], 16) ^ v[2];
      v[0] = rotate (v[0], 32);
      v[2] += v[1];
      v[0] += v[3];
      v[1] = rotate (v[1], 17) ^ v[2];
      v[3] = rotate (v[3], 21) ^ v[0];
      v[2] = rotate (v[2], 32);
    }
}

static void
take_word (uint64_t v[static 4], uint64_t word)
{
  v[3] ^= word;
  run_rounds (v, 2);
  v[0] ^= word;
}

uint64_t
pingem_siphash (const uint8_t key[static PINGEM_SIPHASH_KEY_SIZE], const void *data, size_t n_bytes)
{
  const uint8_t *bytes = data;
  uint64_t k0 = read_le64 (key);
  uint64_t k1 = read_le64 (key + 8);
  uint64_t v[4] = { k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
                    k1 ^ 0x7465646279746573 };
  uint8_t last[8] = { 0 };
  size_t i = 0;

  for (; i + 8 <= n_bytes; i += 8)
    take_word (v, read_le64 (bytes + i));

  if (n_bytes > i)
    memcpy (last, bytes + i, n_bytes - i);
  last[7] = n_bytes;
  take_word (v, read_le64 (last));

  v[2] ^= 0xff;
  run_rounds (v, 4);

  return v[0] ^ v[1] ^ v[2] ^ v[3];
}
