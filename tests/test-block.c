/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <string.h>

#include "ipc/error.h"
#include "monitor/block.h"

#define N_ROUNDS 400

static PingemSlot
ordinary_slot (guint i)
{
  return (PingemSlot){
    .seq = 1000 + i,
    .sent_us = G_GINT64_CONSTANT (1790000000000000) + i * 1000000 + i % 2 * 40,
    .rtt_us = 7189 + (gint32) i,
    .state = PINGEM_STATE_REPLY,
    .ttl = 57,
  };
}

static void
take_random_answer (GRand *rand, PingemSlot *slot)
{
  static const char *const hosts[] = { "192.0.2.7", "198.51.100.1", "2001:db8::1", "fe80::1%3" };

  slot->icmp_type = (guint8) g_rand_int_range (rand, 1, 12);
  slot->icmp_code = (guint8) g_rand_int_range (rand, 0, 16);
  g_assert_true (pingem_address_parse (hosts[g_rand_int_range (rand, 0, 4)], &slot->from));
}

static PingemSlot
random_slot (GRand *rand, const PingemSlot *last)
{
  PingemSlot slot = { .seq = last->seq + 1, .sent_us = last->sent_us + 1000000, .rtt_us = -1 };

  if (g_rand_int_range (rand, 0, 8) == 0)
    slot.seq += g_rand_int (rand);
  if (g_rand_int_range (rand, 0, 4) == 0)
    slot.sent_us += (gint32) g_rand_int (rand);

  slot.state = (guint8) g_rand_int_range (rand, 0, PINGEM_N_STATES);
  slot.ttl = (guint8) (g_rand_int_range (rand, 0, 4) == 0 ? g_rand_int (rand) : 57);

  if (g_rand_boolean (rand))
    slot.rtt_us = g_rand_int_range (rand, 0, G_MAXINT32);
  if (g_rand_int_range (rand, 0, 8) == 0)
    slot.duplicates = g_rand_int (rand);
  if (slot.state == PINGEM_STATE_UNSENT)
    slot.error = g_rand_boolean (rand) ? EAGAIN : ENETUNREACH;
  if (g_rand_int_range (rand, 0, 3) == 0)
    take_random_answer (rand, &slot);

  return slot;
}

static GArray *
random_slots (GRand *rand)
{
  guint n = (guint) g_rand_int_range (rand, 0, 100);
  GArray *slots = g_array_new (FALSE, TRUE, sizeof (PingemSlot));
  PingemSlot slot = { .seq = g_rand_int (rand), .sent_us = g_rand_int (rand) };

  for (guint i = 0; i < n; i++)
    {
      slot = random_slot (rand, &slot);
      g_array_append_val (slots, slot);
    }

  return slots;
}

static void
assert_same_slots (const GArray *a, const GArray *b, guint n)
{
  for (guint i = 0; i < n; i++)
    g_assert_cmpmem (&g_array_index (a, PingemSlot, i), sizeof (PingemSlot),
                     &g_array_index (b, PingemSlot, i), sizeof (PingemSlot));
}

static GByteArray *
encode (const GArray *slots)
{
  return pingem_block_encode ((const PingemSlot *) (void *) slots->data, slots->len);
}

static void
test_round_trip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_autoptr (GArray) slots = random_slots (rand);
      g_autoptr (GArray) read = g_array_new (FALSE, TRUE, sizeof (PingemSlot));
      g_autoptr (GByteArray) block = encode (slots);
      g_autoptr (GError) error = NULL;

      g_assert_true (pingem_block_decode (block->data, block->len, read, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (read->len, ==, slots->len);
      assert_same_slots (read, slots, slots->len);
    }
}

static void
test_extremes (void)
{
  const PingemSlot slots[] = {
    { .seq = 0, .sent_us = G_MININT64, .rtt_us = -1, .state = PINGEM_STATE_LOST },
    { .seq = 1, .sent_us = G_MAXINT64, .rtt_us = G_MAXINT32 - 1, .state = PINGEM_STATE_LATE },
    { .seq = G_MAXUINT64,
      .sent_us = 0,
      .rtt_us = 0,
      .error = G_MAXINT32,
      .duplicates = G_MAXUINT32,
      .state = PINGEM_STATE_UNSENT,
      .ttl = 255 },
  };
  g_autoptr (GByteArray) block = pingem_block_encode (slots, G_N_ELEMENTS (slots));
  g_autoptr (GArray) read = g_array_new (FALSE, TRUE, sizeof (PingemSlot));

  g_assert_true (pingem_block_decode (block->data, block->len, read, NULL));
  g_assert_cmpmem (read->data, read->len * sizeof (PingemSlot), slots, sizeof slots);
}

static guint
block_size (const PingemSlot *slots, guint n)
{
  g_autoptr (GByteArray) block = pingem_block_encode (slots, n);

  return block->len;
}

static void
test_size (void)
{
  PingemSlot slots[60];

  for (guint i = 0; i < 60; i++)
    slots[i] = ordinary_slot (i);

  /* A month of three targets stays below 40 MB. */
  g_assert_cmpuint (block_size (slots, 60) - block_size (slots, 59), <=, 4);
  g_assert_cmpuint (block_size (slots, 60), <=, 60 * 5);

  for (guint i = 0; i < 60; i++)
    slots[i].rtt_us += 1000000;

  g_assert_cmpuint (block_size (slots, 60), <=, 60 * 6);

  /* A hop's answers repeat their sender, for nothing. */
  for (guint i = 0; i < 60; i++)
    {
      slots[i].icmp_type = 11;
      g_assert_true (pingem_address_parse ("192.0.2.1", &slots[i].from));
    }

  g_assert_cmpuint (block_size (slots, 60), <=, 60 * 6);
}

static void
test_cut_short (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  g_autoptr (GArray) slots = random_slots (rand);
  g_autoptr (GByteArray) block = encode (slots);

  g_assert_cmpuint (slots->len, >, 10);
  g_assert_false (pingem_block_decode (NULL, 0, slots, NULL));

  for (guint length = 0; length < block->len; length++)
    {
      g_autoptr (GArray) read = g_array_new (FALSE, TRUE, sizeof (PingemSlot));
      g_autoptr (GError) error = NULL;
      g_autofree guint8 *cut = g_memdup2 (block->data, length);

      g_assert_false (pingem_block_decode (cut, length, read, &error));
      g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED);
      g_assert_cmpuint (read->len, <, slots->len);
      assert_same_slots (read, slots, read->len);
    }
}

static void
test_longer (void)
{
  const PingemSlot slot = ordinary_slot (0);
  g_autoptr (GByteArray) block = pingem_block_encode (&slot, 1);
  g_autoptr (GArray) read = g_array_new (FALSE, TRUE, sizeof (PingemSlot));

  g_byte_array_append (block, (const guint8 *) "", 1);

  g_assert_false (pingem_block_decode (block->data, block->len, read, NULL));
  g_assert_cmpuint (read->len, ==, 1);
}

/* A flipped bit may go unnoticed; what is read must still be in range and in order. */
static void
test_flipped_bits (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (GArray) slots = random_slots (rand);
  g_autoptr (GByteArray) block = encode (slots);

  for (guint bit = 0; bit < block->len * 8; bit++)
    {
      g_autoptr (GArray) read = g_array_new (FALSE, TRUE, sizeof (PingemSlot));
      g_autofree guint8 *data = g_memdup2 (block->data, block->len);

      data[bit / 8] ^= (guint8) (1 << bit % 8);
      pingem_block_decode (data, block->len, read, NULL);
      g_assert_cmpuint (read->len, <=, PINGEM_BLOCK_MAX_SLOTS);

      for (guint i = 0; i < read->len; i++)
        {
          const PingemSlot *slot = &g_array_index (read, PingemSlot, i);

          g_assert_cmpuint (slot->state, <, PINGEM_N_STATES);
          g_assert_cmpint (slot->rtt_us, >=, -1);
          g_assert_cmpint (slot->error, >=, 0);
          g_assert_true (i == 0 || slot->seq > (slot - 1)->seq);
        }
    }
}

static void
test_refused (void)
{
  static const struct {
    guint8 data[16];
    gsize length;
  } cases[] = {
    { { 2, 0 }, 2 },                                    /* another format */
    { { 1, 0xff, 0xff, 0x03 }, 4 },                     /* more slots than a block holds */
    { { 1, 1, 6, 0, 0 }, 5 },                           /* no such state */
    { { 1, 1, 1 | 0x40, 0, 0 }, 5 },                    /* the last answer, where there was none */
    { { 1, 1, 1 | 0x80, 0, 0, 11, 0, 0 }, 8 },          /* a new answer that is none */
    { { 1, 1, 1 | 0xc0, 0, 0, 11, 0, 5, 1, 2 }, 10 },   /* an address of 5 bytes */
    { { 1, 1, 1, 0, 0x80, 0x80, 0x80, 0x80, 0x10 }, 9 } /* an RTT beyond its range */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GArray) read = g_array_new (FALSE, TRUE, sizeof (PingemSlot));

      g_assert_false (pingem_block_decode (cases[i].data, cases[i].length, read, NULL));
      g_assert_cmpuint (read->len, ==, 0);
    }
}

static void
test_from_record (void)
{
  PingemRecord record = {
    .seq = 7,
    .sent_ns = G_GINT64_CONSTANT (1790000000123999999),
    .rtt_ns = 7189999,
    .duplicates = 2,
    .state = PINGEM_STATE_REPLY,
    .flags = PINGEM_RECORD_FINAL,
    .ttl = 57,
  };
  PingemSlot slot = pingem_slot_from_record (&record);

  g_assert_cmpuint (slot.seq, ==, 7);
  g_assert_cmpint (slot.sent_us, ==, G_GINT64_CONSTANT (1790000000123999));
  g_assert_cmpint (slot.rtt_us, ==, 7189);
  g_assert_cmpuint (slot.duplicates, ==, 2);
  g_assert_cmpuint (slot.ttl, ==, 57);

  record.rtt_ns = -1;
  g_assert_cmpint (pingem_slot_from_record (&record).rtt_us, ==, -1);
  record.rtt_ns = G_MAXINT64;
  g_assert_cmpint (pingem_slot_from_record (&record).rtt_us, ==, G_MAXINT32 - 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/block/round-trip", test_round_trip);
  g_test_add_func ("/block/extremes", test_extremes);
  g_test_add_func ("/block/size", test_size);
  g_test_add_func ("/block/cut-short", test_cut_short);
  g_test_add_func ("/block/longer", test_longer);
  g_test_add_func ("/block/flipped-bits", test_flipped_bits);
  g_test_add_func ("/block/refused", test_refused);
  g_test_add_func ("/block/from-record", test_from_record);

  return g_test_run ();
}
