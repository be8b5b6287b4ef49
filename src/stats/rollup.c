/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "stats/rollup.h"

#include "stats/varint.h"

/*
 * Packed: which counts there are, one bit each; those counts; where there is loss, its bursts;
 * where there are replies, their TTL, how many have an RTT, the least, the most above it, the
 * jumps, and the packed sketch.
 */
#define N_COUNTS 8

typedef struct {
  uint8_t *bytes;
  size_t n;
} Writer;

/* A rollup that is read, without its sketch: that goes where it is added. */
typedef struct {
  PingemTally tally;
  PingemBursts bursts;
  uint64_t n_rtts;
  uint64_t n_jumps;
  uint64_t jumps_us;
  uint32_t min;
  uint32_t max;
  uint8_t ttl;
} Part;

static void
list_counts (PingemTally *tally, uint64_t *ret_counts[N_COUNTS])
{
  ret_counts[0] = &tally->reply;
  ret_counts[1] = &tally->late;
  ret_counts[2] = &tally->lost;
  ret_counts[3] = &tally->unsent;
  ret_counts[4] = &tally->held;
  ret_counts[5] = &tally->error;
  ret_counts[6] = &tally->in_flight;
  ret_counts[7] = &tally->duplicates;
}

static bool
has_loss (const PingemTally *tally)
{
  return tally->lost + tally->unsent + tally->error > 0;
}

static void
note_rtt (PingemRollup *rollup, uint32_t us)
{
  if (rollup->rtts.n > 0)
    {
      rollup->jumps_us += us > rollup->newest_us ? us - rollup->newest_us : rollup->newest_us - us;
      rollup->n_jumps++;
    }

  rollup->newest_us = us;
  pingem_sketch_add (&rollup->rtts, us);
}

void
pingem_rollup_add (PingemRollup *rollup,
                   PingemState state,
                   int error,
                   int64_t rtt_us,
                   uint32_t duplicates,
                   uint8_t ttl)
{
  pingem_tally_add (&rollup->tally, state, error);
  rollup->tally.duplicates += duplicates;
  pingem_bursts_add (&rollup->bursts, state, error);

  if (state != PINGEM_STATE_REPLY && state != PINGEM_STATE_LATE)
    return;

  rollup->ttl = ttl;
  if (rtt_us >= 0)
    note_rtt (rollup, rtt_us < UINT32_MAX ? (uint32_t) rtt_us : UINT32_MAX);
}

void
pingem_rollup_append (PingemRollup *rollup, const PingemRollup *next)
{
  pingem_tally_merge (&rollup->tally, &next->tally);
  pingem_bursts_append (&rollup->bursts, &next->bursts);
  pingem_sketch_merge (&rollup->rtts, &next->rtts);
  rollup->jumps_us += next->jumps_us;
  rollup->n_jumps += next->n_jumps;
  if (next->ttl != 0)
    rollup->ttl = next->ttl;
}

int64_t
pingem_rollup_jitter (const PingemRollup *rollup)
{
  return rollup->n_jumps > 0
             ? (int64_t) ((rollup->jumps_us + rollup->n_jumps / 2) / rollup->n_jumps)
             : -1;
}

static void
put (Writer *writer, uint64_t number)
{
  writer->n += pingem_varint_put (number, writer->bytes + writer->n);
}

static void
put_rtts (Writer *writer, const PingemRollup *rollup)
{
  writer->bytes[writer->n++] = rollup->ttl;
  put (writer, rollup->rtts.n);
  if (rollup->rtts.n == 0)
    return;

  put (writer, rollup->rtts.min);
  put (writer, rollup->rtts.max - rollup->rtts.min);
  put (writer, rollup->n_jumps);
  put (writer, rollup->jumps_us);
  writer->n += pingem_sketch_pack (&rollup->rtts, writer->bytes + writer->n);
}

size_t
pingem_rollup_pack (const PingemRollup *rollup, uint8_t *ret_bytes)
{
  PingemTally tally = rollup->tally;
  Writer writer = { ret_bytes, 1 };
  uint64_t *counts[N_COUNTS];

  list_counts (&tally, counts);
  ret_bytes[0] = 0;
  for (int i = 0; i < N_COUNTS; i++)
    if (*counts[i] > 0)
      {
        ret_bytes[0] |= (uint8_t) (1 << i);
        put (&writer, *counts[i]);
      }

  if (has_loss (&tally))
    {
      put (&writer, rollup->bursts.n);
      put (&writer, rollup->bursts.longest);
      put (&writer, rollup->bursts.current);
      put (&writer, rollup->bursts.head);
    }
  if (tally.reply + tally.late > 0)
    put_rtts (&writer, rollup);

  return writer.n;
}

static bool
get_32 (const uint8_t **at, const uint8_t *end, uint32_t *ret_number)
{
  uint64_t number;

  if (!pingem_varint_get (at, end, UINT32_MAX, &number))
    return false;

  *ret_number = (uint32_t) number;

  return true;
}

static bool
get_counts (const uint8_t **at, const uint8_t *end, PingemTally *tally)
{
  uint64_t *counts[N_COUNTS];
  uint8_t which;

  if (*at == end)
    return false;

  list_counts (tally, counts);
  which = *(*at)++;
  for (int i = 0; i < N_COUNTS; i++)
    if ((which >> i & 1) != 0 && !pingem_varint_get (at, end, UINT32_MAX, counts[i]))
      return false;

  return true;
}

/* Adds the sketch to that of @rollup, and the rest to @next. */
static bool
get_rtts (const uint8_t **at, const uint8_t *end, PingemRollup *rollup, Part *next)
{
  uint32_t range;
  size_t n;

  if (*at == end)
    return false;

  next->ttl = *(*at)++;
  if (!pingem_varint_get (at, end, next->tally.reply + next->tally.late, &next->n_rtts))
    return false;
  if (next->n_rtts == 0)
    return true;

  if (!get_32 (at, end, &next->min) || !get_32 (at, end, &range) ||
      range > UINT32_MAX - next->min ||
      !pingem_varint_get (at, end, next->n_rtts, &next->n_jumps) ||
      !pingem_varint_get (at, end, UINT64_MAX, &next->jumps_us))
    return false;

  next->max = next->min + range;
  n = pingem_sketch_unpack (&rollup->rtts, next->n_rtts, *at, (size_t) (end - *at));
  *at += n;

  return n > 0;
}

static bool
get_part (const uint8_t **at, const uint8_t *end, PingemRollup *rollup, Part *next)
{
  PingemBursts *bursts = &next->bursts;

  if (!get_counts (at, end, &next->tally))
    return false;

  bursts->has_reply = next->tally.reply + next->tally.late > 0;
  if (has_loss (&next->tally) &&
      !(get_32 (at, end, &bursts->n) && get_32 (at, end, &bursts->longest) &&
        get_32 (at, end, &bursts->current) && get_32 (at, end, &bursts->head)))
    return false;

  return !bursts->has_reply || get_rtts (at, end, rollup, next);
}

static void
append_part (PingemRollup *rollup, const Part *next)
{
  pingem_tally_merge (&rollup->tally, &next->tally);
  pingem_bursts_append (&rollup->bursts, &next->bursts);
  if (next->n_rtts > 0)
    pingem_sketch_widen (&rollup->rtts, next->n_rtts, next->min, next->max);
  rollup->jumps_us += next->jumps_us;
  rollup->n_jumps += next->n_jumps;
  if (next->ttl != 0)
    rollup->ttl = next->ttl;
}

bool
pingem_rollup_append_packed (PingemRollup *rollup, const uint8_t **at, const uint8_t *end)
{
  Part next = { 0 };
  bool is_whole = get_part (at, end, rollup, &next);

  if (is_whole)
    append_part (rollup, &next);

  return is_whole;
}
