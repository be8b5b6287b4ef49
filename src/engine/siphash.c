/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/siphash.h"

#include <endian.h>
#include <string.h>

typedef struct {
  uint64_t a, b, c, d;
} State;

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

static inline State
run_round (State s)
{
  s.a += s.b;
  s.c += s.d;
  s.b = rotate (s.b, 13) ^ s.a;
  s.d = rotate (s.d, 16) ^ s.c;
  s.a = rotate (s.a, 32);
  s.c += s.b;
  s.a += s.d;
  s.b = rotate (s.b, 17) ^ s.c;
  s.d = rotate (s.d, 21) ^ s.a;
  s.c = rotate (s.c, 32);

  return s;
}

static inline State
take_word (State s, uint64_t word)
{
  s.d ^= word;
  s = run_round (run_round (s));
  s.a ^= word;

  return s;
}

/* The rest, and the length in the last byte. */
static uint64_t
last_word (const uint8_t *rest, size_t n_rest, size_t n_bytes)
{
  uint64_t word = (uint64_t) n_bytes << 56;

  for (size_t i = 0; i < n_rest; i++)
    word |= (uint64_t) rest[i] << 8 * i;

  return word;
}

uint64_t
pingem_siphash (const uint8_t key[static PINGEM_SIPHASH_KEY_SIZE], const void *data, size_t n_bytes)
{
  const uint8_t *bytes = data;
  uint64_t k0 = read_le64 (key);
  uint64_t k1 = read_le64 (key + 8);
  State s = { k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
              k1 ^ 0x7465646279746573 };
  size_t i = 0;

  for (; i + 8 <= n_bytes; i += 8)
    s = take_word (s, read_le64 (bytes + i));
  s = take_word (s, last_word (bytes + i, n_bytes - i, n_bytes));

  s.c ^= 0xff;
  s = run_round (run_round (run_round (run_round (s))));

  return s.a ^ s.b ^ s.c ^ s.d;
}
