/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <math.h>
#include <string.h>

#include <glib.h>

#include "stats/rollup.h"

typedef struct {
  PingemState state;
  int error;
  int rtt_us;
  guint duplicates;
} Slot;

static Slot
make_slot (void)
{
  static const PingemState states[] = { PINGEM_STATE_REPLY, PINGEM_STATE_REPLY,
                                        PINGEM_STATE_REPLY, PINGEM_STATE_LATE,
                                        PINGEM_STATE_LOST,  PINGEM_STATE_UNSENT,
                                        PINGEM_STATE_ERROR, PINGEM_STATE_IN_FLIGHT };
  Slot slot = { .state = states[g_test_rand_int_range (0, G_N_ELEMENTS (states))] };

  slot.rtt_us = exp (g_test_rand_double_range (0, 16));
  if (slot.state == PINGEM_STATE_UNSENT)
    slot.error = g_test_rand_bit () ? EAGAIN : ENETUNREACH;
  slot.duplicates = g_test_rand_int_range (0, 20) == 0;

  return slot;
}

static void
add (PingemRollup *rollup, const Slot *slot)
{
  pingem_rollup_add (rollup, slot->state, slot->error, slot->rtt_us, slot->duplicates, 57);
}

/* All but the newest RTT, which ends with its rollup. */
static void
assert_equal (const PingemRollup *a, const PingemRollup *b)
{
  g_assert_cmpmem (&a->tally, sizeof a->tally, &b->tally, sizeof b->tally);
  g_assert_cmpuint (a->bursts.n, ==, b->bursts.n);
  g_assert_cmpuint (a->bursts.longest, ==, b->bursts.longest);
  g_assert_cmpuint (a->bursts.current, ==, b->bursts.current);
  g_assert_cmpuint (a->bursts.head, ==, b->bursts.head);
  g_assert_cmpint (a->bursts.has_reply, ==, b->bursts.has_reply);
  g_assert_cmpmem (&a->rtts, sizeof a->rtts, &b->rtts, sizeof b->rtts);
  g_assert_cmpuint (a->ttl, ==, b->ttl);
}

static PingemRollup
pack_and_unpack (const PingemRollup *rollup)
{
  guint64 n_replies = rollup->tally.reply + rollup->tally.late;
  g_autofree guint8 *bytes = g_malloc (PINGEM_ROLLUP_MAX_PACKED (n_replies));
  gsize n = pingem_rollup_pack (rollup, bytes);
  const guint8 *at = bytes;
  PingemRollup again = { 0 };

  g_assert_cmpuint (n, <=, PINGEM_ROLLUP_MAX_PACKED (n_replies));
  g_assert_true (pingem_rollup_append_packed (&again, &at, bytes + n));
  g_assert_true (at == bytes + n);
  for (gsize cut = 0; cut < n; cut++)
    {
      PingemRollup part = { 0 };

      at = bytes;
      g_assert_false (pingem_rollup_append_packed (&part, &at, bytes + cut));
    }

  return again;
}

/* A whole is the sum of its parts, wherever it is cut, and after both were packed. */
static void
test_parts_make_the_whole (void)
{
  for (guint round = 0; round < 2000; round++)
    {
      guint n = g_test_rand_int_range (0, 80), cut = g_test_rand_int_range (0, n + 1);
      PingemRollup whole = { 0 }, first = { 0 }, second = { 0 }, sum;

      for (guint i = 0; i < n; i++)
        {
          Slot slot = make_slot ();

          add (&whole, &slot);
          add (i < cut ? &first : &second, &slot);
        }

      sum = pack_and_unpack (&first);
      second = pack_and_unpack (&second);
      pingem_rollup_append (&sum, &second);
      assert_equal (&sum, &whole);
      sum = pack_and_unpack (&whole);
      assert_equal (&sum, &whole);
    }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return *(const int *) a - *(const int *) b;
}

static void
test_percentiles_are_within_5_percent (void)
{
  for (guint round = 0; round < 200; round++)
    {
      PingemRollup rollup = { 0 };
      int rtts[500];

      for (guint i = 0; i < G_N_ELEMENTS (rtts); i++)
        {
          rtts[i] = exp (g_test_rand_double_range (0, 18));
          pingem_rollup_add (&rollup, PINGEM_STATE_REPLY, 0, rtts[i], 0, 57);
        }
      qsort (rtts, G_N_ELEMENTS (rtts), sizeof *rtts, compare);

      for (guint percent = 1; percent <= 100; percent++)
        {
          int exact = rtts[(G_N_ELEMENTS (rtts) * percent + 99) / 100 - 1];

          g_assert_cmpfloat_with_epsilon (pingem_sketch_percentile (&rollup.rtts, percent), exact,
                                          exact * 0.05 + 1);
        }
      g_assert_cmpint (rollup.rtts.min, ==, rtts[0]);
      g_assert_cmpint (rollup.rtts.max, ==, rtts[G_N_ELEMENTS (rtts) - 1]);
    }
}

/* Even where the RTTs of a minute lie as far apart as they can. */
static void
test_a_minute_takes_64_bytes_at_most (void)
{
  gsize most = 0;

  for (guint round = 0; round < 5000; round++)
    {
      PingemRollup rollup = { 0 };
      guint8 bytes[PINGEM_ROLLUP_MAX_PACKED (60)];
      double widest = g_test_rand_double_range (1, 18.4);

      for (guint i = 0; i < 60; i++)
        if (g_test_rand_int_range (0, 10) > 0)
          pingem_rollup_add (&rollup, PINGEM_STATE_REPLY, 0,
                             exp (g_test_rand_double_range (0, widest)), 0, 57);
        else
          pingem_rollup_add (&rollup, PINGEM_STATE_LOST, 0, -1, 0, 0);
      most = MAX (most, pingem_rollup_pack (&rollup, bytes));
    }

  g_assert_cmpuint (most, <=, 64);
}

static void
test_jitter (void)
{
  PingemRollup rollup = { 0 };

  g_assert_cmpint (pingem_rollup_jitter (&rollup), ==, -1);
  pingem_rollup_add (&rollup, PINGEM_STATE_REPLY, 0, 1000, 0, 57);
  g_assert_cmpint (pingem_rollup_jitter (&rollup), ==, -1);
  for (guint i = 0; i < 100; i++)
    pingem_rollup_add (&rollup, PINGEM_STATE_REPLY, 0, i % 2 == 0 ? 17000 : 1000, 0, 57);
  g_assert_cmpint (pingem_rollup_jitter (&rollup), ==, 16000);
}

static void
test_damage (void)
{
  PingemRollup rollup = { 0 };
  guint8 bytes[PINGEM_ROLLUP_MAX_PACKED (60)];
  gsize n;

  for (guint i = 0; i < 60; i++)
    {
      Slot slot = make_slot ();

      add (&rollup, &slot);
    }
  n = pingem_rollup_pack (&rollup, bytes);

  for (guint round = 0; round < 20000; round++)
    {
      guint8 damaged[sizeof bytes];
      const guint8 *at = damaged;
      PingemRollup again = { 0 };

      memcpy (damaged, bytes, n);
      damaged[g_test_rand_int_range (0, n)] ^= 1 << g_test_rand_int_range (0, 8);
      if (pingem_rollup_append_packed (&again, &at, damaged + n))
        g_assert_true (at <= damaged + n);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/rollup/parts-make-the-whole", test_parts_make_the_whole);
  g_test_add_func ("/stats/rollup/within-5-percent", test_percentiles_are_within_5_percent);
  g_test_add_func ("/stats/rollup/64-bytes", test_a_minute_takes_64_bytes_at_most);
  g_test_add_func ("/stats/rollup/jitter", test_jitter);
  g_test_add_func ("/stats/rollup/damage", test_damage);

  return g_test_run ();
}
