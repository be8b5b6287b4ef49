/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What every fuzz target defines, here so that its prototype is known. */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* An input that is read from its beginning; after its end come zeros. */
typedef struct {
  const uint8_t *bytes;
  size_t n_bytes;
} FuzzInput;

static inline void
fuzz_take (FuzzInput *input, void *ret, size_t n_bytes)
{
  size_t n = n_bytes < input->n_bytes ? n_bytes : input->n_bytes;

  memset (ret, 0, n_bytes);
  if (n > 0)
    memcpy (ret, input->bytes, n);
  input->bytes += n;
  input->n_bytes -= n;
}

static inline uint8_t
fuzz_take_byte (FuzzInput *input)
{
  uint8_t byte;

  fuzz_take (input, &byte, 1);

  return byte;
}
