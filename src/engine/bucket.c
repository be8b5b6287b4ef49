/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/bucket.h"

#define NS_PER_S INT64_C (1000000000)

bool
pingem_bucket_has_token (const PingemBucket *bucket, const PingemRate *rate, int64_t now_ns)
{
  return bucket->full_ns - now_ns <= (int64_t) (rate->burst - 1) * NS_PER_S / rate->per_second;
}

void
pingem_bucket_take (PingemBucket *bucket, const PingemRate *rate, int64_t now_ns)
{
  bucket->full_ns =
      (bucket->full_ns > now_ns ? bucket->full_ns : now_ns) + NS_PER_S / rate->per_second;
}
