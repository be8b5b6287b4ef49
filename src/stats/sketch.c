/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "stats/sketch.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define RELATIVE_ERROR 0.05
#define GAMMA ((1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR))
#define MAX_GAMMA_BITS 32

/* Bits, the highest of a byte first. */
typedef struct {
  uint8_t *bytes;
  size_t n_bits;
} Writer;

typedef struct {
  const uint8_t *bytes;
  size_t n_bits; /* that there are */
  size_t at;
} Reader;

/* Bucket i holds what is above gamma^(i - 1), up to gamma^i. */
static size_t
find_bucket (uint32_t value)
{
  double bucket = value > 1 ? ceil (log (value) / log (GAMMA)) : 0;

  return bucket < PINGEM_SKETCH_N_BUCKETS ? (size_t) bucket : PINGEM_SKETCH_N_BUCKETS - 1;
}

static double
find_middle (size_t bucket)
{
  return 2 * pow (GAMMA, (double) bucket) / (GAMMA + 1);
}

void
pingem_sketch_widen (PingemSketch *sketch, uint64_t n, uint32_t min, uint32_t max)
{
  if (sketch->n == 0 || min < sketch->min)
    sketch->min = min;
  if (sketch->n == 0 || max > sketch->max)
    sketch->max = max;
  sketch->n += n;
}

void
pingem_sketch_add (PingemSketch *sketch, uint32_t value)
{
  pingem_sketch_widen (sketch, 1, value, value);
  sketch->counts[find_bucket (value)]++;
}

void
pingem_sketch_merge (PingemSketch *sketch, const PingemSketch *other)
{
  if (other->n == 0)
    return;

  pingem_sketch_widen (sketch, other->n, other->min, other->max);
  for (size_t i = 0; i < PINGEM_SKETCH_N_BUCKETS; i++)
    sketch->counts[i] += other->counts[i];
}

int64_t
pingem_sketch_percentile (const PingemSketch *sketch, unsigned percent)
{
  uint64_t rank = sketch->n / 100 * percent + (sketch->n % 100 * percent + 99) / 100;
  uint64_t n = sketch->counts[0];
  size_t bucket = 0;
  int64_t value;

  if (sketch->n == 0)
    return -1;

  while (n < rank && bucket + 1 < PINGEM_SKETCH_N_BUCKETS)
    n += sketch->counts[++bucket];

  value = (int64_t) (find_middle (bucket) + 0.5);
  if (value < sketch->min)
    return sketch->min;

  return value < sketch->max ? value : sketch->max;
}

static void
put_bit (Writer *writer, bool bit)
{
  uint8_t *byte = &writer->bytes[writer->n_bits / 8];

  if (writer->n_bits % 8 == 0)
    *byte = 0;
  *byte |= (uint8_t) (bit << (7 - writer->n_bits % 8));
  writer->n_bits++;
}

/* Elias' gamma code: as many zeros as bits follow the first one. */
static void
put_gamma (Writer *writer, uint32_t number)
{
  int n_bits = 32 - __builtin_clz (number);

  for (int i = 1; i < n_bits; i++)
    put_bit (writer, false);
  for (int i = n_bits - 1; i >= 0; i--)
    put_bit (writer, number >> i & 1);
}

/* False at the end of the bits. */
static bool
get_bit (Reader *reader, bool *ret_bit)
{
  if (reader->at == reader->n_bits)
    return false;

  *ret_bit = reader->bytes[reader->at / 8] >> (7 - reader->at % 8) & 1;
  reader->at++;

  return true;
}

static bool
get_gamma (Reader *reader, uint32_t *ret_number)
{
  uint32_t number = 1;
  int n_zeros = 0;
  bool bit;

  for (;; n_zeros++)
    if (!get_bit (reader, &bit) || n_zeros == MAX_GAMMA_BITS)
      return false;
    else if (bit)
      break;

  for (int i = 0; i < n_zeros; i++)
    {
      if (!get_bit (reader, &bit))
        return false;
      number = number << 1 | bit;
    }

  *ret_number = number;

  return true;
}

size_t
pingem_sketch_pack (const PingemSketch *sketch, uint8_t *ret_bytes)
{
  Writer writer = { .bytes = ret_bytes + 2 };
  size_t first = 0, end = PINGEM_SKETCH_N_BUCKETS;

  if (sketch->n == 0)
    return 0;

  while (sketch->counts[first] == 0)
    first++;
  while (sketch->counts[end - 1] == 0)
    end--;

  ret_bytes[0] = (uint8_t) first;
  ret_bytes[1] = (uint8_t) (end - first);
  for (size_t i = first; i < end; i++)
    put_gamma (&writer, sketch->counts[i] + 1);

  return 2 + (writer.n_bits + 7) / 8;
}

size_t
pingem_sketch_unpack (PingemSketch *sketch, uint64_t n, const uint8_t *bytes, size_t n_bytes)
{
  uint64_t sum = 0;
  size_t first, end;
  Reader reader;

  if (n_bytes < 2)
    return 0;

  first = bytes[0];
  end = first + bytes[1];
  reader = (Reader){ bytes + 2, 8 * (n_bytes - 2), 0 };
  if (end > PINGEM_SKETCH_N_BUCKETS)
    return 0;

  for (size_t i = first; i < end; i++)
    {
      uint32_t number;

      if (!get_gamma (&reader, &number))
        return 0;
      sketch->counts[i] += number - 1;
      sum += number - 1;
    }

  return sum == n ? 2 + (reader.at + 7) / 8 : 0;
}
