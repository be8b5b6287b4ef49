/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/bucket.h"

#define NS_PER_S G_GINT64_CONSTANT (1000000000)

gboolean
pingem_bucket_has_token (const PingemBucket *bucket, const PingemRate *rate, gint64 now_ns)
{
  return bucket->full_ns - now_ns <= (gint64) (rate->burst - 1) * NS_PER_S / rate->per_second;
}

void
pingem_bucket_take (PingemBucket *bucket, const PingemRate *rate, gint64 now_ns)
{
  bucket->full_ns = MAX (bucket->full_ns, now_ns) + NS_PER_S / rate->per_second;
}
