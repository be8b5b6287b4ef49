/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/block.h"

#include <string.h>

#include "ipc/error.h"
#include "stats/varint.h"

/*
 * A block: FORMAT, the number of slots, the step, the slots. Numbers are varints. A slot: its head,
 * then what the head says, in order: jump of seq, sent, RTT + 1, TTL, duplicates and error, who
 * answered. Sent is the zigzag difference, in microseconds, from the last slot's and as many steps
 * as seq went on. In FORMAT_MS, which is read only, there is no step: sent is in milliseconds, and
 * differs from where the last two slots point to.
 */
#define FORMAT_MS 1
#define FORMAT 2

enum {
  HEAD_STATE = 7,
  HEAD_JUMP = 1 << 3,   /* seq is not the last one's + 1 */
  HEAD_TTL = 1 << 4,    /* TTL is not the last answer's, or 0 of an unanswered slot */
  HEAD_RARE = 1 << 5,   /* duplicates or an error */
  HEAD_ANSWER = 1 << 6, /* an ICMP type, code or sender */
  HEAD_NEW = 1 << 7,    /* not those of the last slot that had any */
};

/* What the next slot is measured against; both ways alike. */
typedef struct {
  guint8 format;
  guint64 seq;  /* expected */
  guint64 sent; /* in the format's unit */
  guint64 step;
  gboolean has_slot;
  guint8 ttl;
  PingemSlot answer; /* its icmp_* and from */
} Expected;

typedef struct {
  const guint8 *at;
  const guint8 *end;
} Reader;

PingemSlot
pingem_slot_from_record (const PingemRecord *record)
{
  PingemSlot slot = { .seq = record->seq, .sent_us = record->sent_ns / 1000, .rtt_us = -1 };

  if (record->rtt_ns >= 0)
    slot.rtt_us = (gint32) MIN (record->rtt_ns / 1000, G_MAXINT32 - 1);

  slot.error = MAX (record->error, 0);
  slot.duplicates = record->duplicates;
  slot.state = record->state;
  slot.ttl = record->ttl;
  slot.icmp_type = record->icmp_type;
  slot.icmp_code = record->icmp_code;
  pingem_address_from_bytes (record->from.bytes, pingem_address_n_bytes (&record->from),
                             record->from.ifindex, &slot.from);

  return slot;
}

PingemRecord
pingem_slot_to_record (const PingemSlot *slot)
{
  return (PingemRecord){
    .seq = slot->seq,
    .sent_ns = slot->sent_us * 1000,
    .rtt_ns = slot->rtt_us >= 0 ? slot->rtt_us * G_GINT64_CONSTANT (1000) : -1,
    .duplicates = slot->duplicates,
    .error = slot->error,
    .state = slot->state,
    .ttl = slot->ttl,
    .icmp_type = slot->icmp_type,
    .icmp_code = slot->icmp_code,
    .from = slot->from,
  };
}

static gboolean
is_answered (const PingemSlot *slot)
{
  return slot->state == PINGEM_STATE_REPLY || slot->state == PINGEM_STATE_LATE;
}

static gboolean
has_answer (const PingemSlot *slot)
{
  return slot->icmp_type != 0 || slot->icmp_code != 0 || slot->from.family != 0;
}

static gboolean
same_answer (const PingemSlot *a, const PingemSlot *b)
{
  return a->icmp_type == b->icmp_type && a->icmp_code == b->icmp_code &&
         pingem_address_equal (&a->from, &b->from);
}

static guint8
expected_ttl (const Expected *expected, const PingemSlot *slot)
{
  return is_answered (slot) ? expected->ttl : 0;
}

/* Wraps around instead of overflowing: damaged data may hold any number. */
static guint64
expected_sent (const Expected *expected, guint64 seq)
{
  if (!expected->has_slot)
    return 0;
  if (expected->format == FORMAT_MS)
    return expected->sent + expected->step;

  return expected->sent + expected->step * (seq - expected->seq + 1);
}

static void
learn (Expected *expected, const PingemSlot *slot, guint64 sent)
{
  if (expected->format == FORMAT_MS)
    expected->step = expected->has_slot ? sent - expected->sent : 0;
  expected->sent = sent;
  expected->has_slot = TRUE;
  expected->seq = slot->seq + 1;

  if (is_answered (slot))
    expected->ttl = slot->ttl;

  if (has_answer (slot))
    expected->answer = *slot;
}

static void
put_byte (GByteArray *out, guint8 byte)
{
  g_byte_array_append (out, &byte, 1);
}

static void
put_number (GByteArray *out, guint64 number)
{
  guint8 bytes[PINGEM_VARINT_MAX_SIZE];

  g_byte_array_append (out, bytes, (guint) pingem_varint_put (number, bytes));
}

static guint64
zigzag (guint64 number)
{
  return (number << 1) ^ (number >> 63 ? G_MAXUINT64 : 0);
}

static guint64
unzigzag (guint64 number)
{
  return (number >> 1) ^ (number & 1 ? G_MAXUINT64 : 0);
}

static void
put_answer (GByteArray *out, const PingemSlot *slot)
{
  gsize n_bytes = pingem_address_n_bytes (&slot->from);

  put_byte (out, slot->icmp_type);
  put_byte (out, slot->icmp_code);
  put_byte (out, (guint8) n_bytes);
  g_byte_array_append (out, slot->from.bytes, (guint) n_bytes);

  if (n_bytes > 0)
    put_number (out, slot->from.ifindex);
}

static guint8
choose_head (const Expected *expected, const PingemSlot *slot)
{
  guint8 head = slot->state;

  if (slot->seq != expected->seq)
    head |= HEAD_JUMP;

  if (slot->ttl != expected_ttl (expected, slot))
    head |= HEAD_TTL;

  if (slot->duplicates != 0 || slot->error != 0)
    head |= HEAD_RARE;

  if (has_answer (slot))
    head |= HEAD_ANSWER;

  if (has_answer (slot) && !same_answer (slot, &expected->answer))
    head |= HEAD_NEW;

  return head;
}

static void
put_slot (GByteArray *out, const Expected *expected, const PingemSlot *slot)
{
  guint8 head = choose_head (expected, slot);

  put_byte (out, head);

  if (head & HEAD_JUMP)
    put_number (out, slot->seq - expected->seq);

  put_number (out, zigzag ((guint64) slot->sent_us - expected_sent (expected, slot->seq)));
  put_number (out, (guint64) ((gint64) slot->rtt_us + 1));

  if (head & HEAD_TTL)
    put_byte (out, slot->ttl);

  if (head & HEAD_RARE)
    {
      put_number (out, slot->duplicates);
      put_number (out, (guint64) slot->error);
    }

  if (head & HEAD_NEW)
    put_answer (out, slot);
}

/* The mean, in whole milliseconds as intervals are. */
static guint64
find_step (const PingemSlot *slots, guint n_slots)
{
  const PingemSlot *last;
  double step_ms;

  if (n_slots < 2)
    return 0;

  last = &slots[n_slots - 1];
  step_ms =
      ((double) last->sent_us - (double) slots->sent_us) / (double) (last->seq - slots->seq) / 1000;

  return (guint64) CLAMP (step_ms, 0.0, (double) PINGEM_BLOCK_SPAN_MS) * 1000;
}

GByteArray *
pingem_block_encode (const PingemSlot *slots, guint n_slots)
{
  GByteArray *out = g_byte_array_sized_new (16 + 8 * n_slots);
  Expected expected = { .format = FORMAT, .step = find_step (slots, n_slots) };

  put_byte (out, FORMAT);
  put_number (out, n_slots);
  put_number (out, expected.step);

  for (guint i = 0; i < n_slots; i++)
    {
      put_slot (out, &expected, &slots[i]);
      learn (&expected, &slots[i], (guint64) slots[i].sent_us);
    }

  return out;
}

static gboolean
get_byte (Reader *reader, guint8 *ret_byte)
{
  if (reader->at == reader->end)
    return FALSE;

  *ret_byte = *reader->at++;

  return TRUE;
}

static gboolean
get_number (Reader *reader, guint64 max, guint64 *ret_number)
{
  return pingem_varint_get (&reader->at, reader->end, max, ret_number);
}

static gboolean
get_answer (Reader *reader, PingemSlot *slot)
{
  guint64 ifindex;
  guint8 n_bytes;
  const guint8 *bytes;

  if (!get_byte (reader, &slot->icmp_type) || !get_byte (reader, &slot->icmp_code) ||
      !get_byte (reader, &n_bytes))
    return FALSE;

  if (n_bytes == 0)
    return TRUE;

  if (reader->end - reader->at < n_bytes)
    return FALSE;

  bytes = reader->at;
  reader->at += n_bytes;

  return get_number (reader, G_MAXUINT32, &ifindex) &&
         pingem_address_from_bytes (bytes, n_bytes, (guint32) ifindex, &slot->from);
}

/* What the head says of who answered, once the rest is read. */
static gboolean
get_head_answer (Reader *reader, guint8 head, const Expected *expected, PingemSlot *slot)
{
  if (head & HEAD_NEW)
    return head & HEAD_ANSWER && get_answer (reader, slot) && has_answer (slot);

  if (head & HEAD_ANSWER)
    {
      slot->icmp_type = expected->answer.icmp_type;
      slot->icmp_code = expected->answer.icmp_code;
      slot->from = expected->answer.from;

      return has_answer (slot);
    }

  return TRUE;
}

static gboolean
get_seq (Reader *reader, guint8 head, const Expected *expected, guint64 *ret_seq)
{
  guint64 jump = 0;

  /* Every seq was used: an expected 0 after a slot has wrapped around. */
  if (expected->has_slot && expected->seq == 0)
    return FALSE;

  if (head & HEAD_JUMP && !get_number (reader, G_MAXUINT64 - expected->seq, &jump))
    return FALSE;

  *ret_seq = expected->seq + jump;

  return TRUE;
}

static gboolean
get_rare (Reader *reader, PingemSlot *slot)
{
  guint64 duplicates, error;

  if (!get_number (reader, G_MAXUINT32, &duplicates) || !get_number (reader, G_MAXINT32, &error))
    return FALSE;

  slot->duplicates = (guint32) duplicates;
  slot->error = (gint32) error;

  return TRUE;
}

/* @ret_sent: in the format's unit */
static gboolean
get_slot (Reader *reader, const Expected *expected, PingemSlot *slot, guint64 *ret_sent)
{
  guint8 head;
  guint64 sent, rtt;

  if (!get_byte (reader, &head) || (head & HEAD_STATE) >= PINGEM_N_STATES)
    return FALSE;

  if (!get_seq (reader, head, expected, &slot->seq) || !get_number (reader, G_MAXUINT64, &sent) ||
      !get_number (reader, (guint64) G_MAXINT32, &rtt))
    return FALSE;

  slot->state = head & HEAD_STATE;
  *ret_sent = expected_sent (expected, slot->seq) + unzigzag (sent);
  slot->sent_us = (gint64) (*ret_sent * (expected->format == FORMAT_MS ? 1000 : 1));
  slot->rtt_us = (gint32) rtt - 1;
  slot->ttl = expected_ttl (expected, slot);

  if (head & HEAD_TTL && !get_byte (reader, &slot->ttl))
    return FALSE;

  if (head & HEAD_RARE && !get_rare (reader, slot))
    return FALSE;

  return get_head_answer (reader, head, expected, slot);
}

/* What stands before the slots. */
static gboolean
get_begin (Reader *reader, Expected *expected, guint64 *ret_n_slots)
{
  if (!get_byte (reader, &expected->format) || expected->format < FORMAT_MS ||
      expected->format > FORMAT || !get_number (reader, PINGEM_BLOCK_MAX_SLOTS, ret_n_slots))
    return FALSE;

  return expected->format == FORMAT_MS || get_number (reader, G_MAXUINT64, &expected->step);
}

gboolean
pingem_block_decode (const guint8 *data, gsize length, GArray *slots, GError **error)
{
  Reader reader = { data, length > 0 ? data + length : data };
  Expected expected = { 0 };
  guint64 n_slots = 0, n = 0;
  gboolean whole = get_begin (&reader, &expected, &n_slots);

  for (; whole && n < n_slots; n++)
    {
      PingemSlot slot = { 0 };
      guint64 sent;

      whole = get_slot (&reader, &expected, &slot, &sent);
      if (!whole)
        break;

      learn (&expected, &slot, sent);
      g_array_append_val (slots, slot);
    }

  if (whole && reader.at == reader.end)
    return TRUE;

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
               "A minute of the history is damaged: %" G_GUINT64_FORMAT " of its %" G_GUINT64_FORMAT
               " results could be read",
               n, n_slots);

  return FALSE;
}
