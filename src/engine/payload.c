/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/payload.h"

#include <endian.h>
#include <string.h>

static uint64_t
read_be64 (const uint8_t *bytes)
{
  uint64_t x;

  memcpy (&x, bytes, sizeof x);

  return be64toh (x);
}

static void
write_be64 (uint8_t *bytes, uint64_t value)
{
  value = htobe64 (value);
  memcpy (bytes, &value, sizeof value);
}

uint64_t
pingem_payload_cookie (const uint8_t key[static PINGEM_SIPHASH_KEY_SIZE],
                       uint32_t target,
                       uint64_t count)
{
  uint8_t message[12];

  write_be64 (message, count);
  memcpy (message + 8, &target, sizeof target);

  return pingem_siphash (key, message, sizeof message);
}

void
pingem_payload_write (uint8_t *payload, size_t n_bytes, uint64_t number, uint64_t cookie)
{
  write_be64 (payload, number);
  write_be64 (payload + 8, cookie);

  for (size_t i = PINGEM_PAYLOAD_HEAD_SIZE; i < n_bytes; i++)
    payload[i] = i;
}

uint64_t
pingem_payload_number (const uint8_t payload[static PINGEM_PAYLOAD_HEAD_SIZE])
{
  return read_be64 (payload);
}

bool
pingem_payload_check (const uint8_t *payload, size_t n_bytes, uint64_t number, uint64_t cookie)
{
  /* One comparison of whole words: no early exit to be timed. */
  uint64_t difference = (read_be64 (payload) ^ number) | (read_be64 (payload + 8) ^ cookie);
  uint8_t wrong = 0;

  for (size_t i = PINGEM_PAYLOAD_HEAD_SIZE; i < n_bytes; i++)
    wrong |= payload[i] ^ (uint8_t) i;

  return (difference | wrong) == 0;
}
