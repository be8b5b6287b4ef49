/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib.h>

#include "engine/ledger.h"

#define MS G_GINT64_CONSTANT (1000000)

static const guint8 key[PINGEM_SIPHASH_KEY_SIZE];

typedef struct {
  PingemLedger ledger;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  PingemTargetSpec spec = { .id = 1, .interval_ms = 1000, .timeout_ms = 1000, .size = 56 };

  pingem_ledger_init (&f->ledger, key);
  g_assert_true (pingem_address_parse ("192.0.2.1", &spec.address));
  g_assert_cmpint (pingem_ledger_add_target (&f->ledger, &spec, 0), ==, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  pingem_ledger_clear (&f->ledger);
}

static PingemSlot *
send_probe (Fixture *f)
{
  guint32 target = pingem_targets_find (&f->ledger.targets, 1);
  guint64 seq = pingem_targets_at (&f->ledger.targets, target)->next_seq++;

  g_assert_true (pingem_ledger_reserve (&f->ledger));

  return pingem_ledger_send (&f->ledger, target, seq, 0, 0);
}

/* Both counts go on beyond 32 bits, for probes sent before and after the wrap. */
static void
test_wide (Fixture *f, gconstpointer data)
{
  const guint64 count = G_GUINT64_CONSTANT (0x1fffffffe), seq = G_GUINT64_CONSTANT (0x7fffffffe);
  guint64 numbers[4];

  f->ledger.next_count = count;
  pingem_targets_at (&f->ledger.targets, pingem_targets_find (&f->ledger.targets, 1))->next_seq =
      seq;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      numbers[i] = pingem_ledger_next_number (&f->ledger);
      g_assert_cmpuint (pingem_ledger_number_of (&f->ledger, send_probe (f)), ==, numbers[i]);
    }

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      PingemSlot *slot = pingem_ledger_find (&f->ledger, numbers[i]);

      g_assert_nonnull (slot);
      g_assert_cmpuint (pingem_ledger_count_of (&f->ledger, slot), ==, count + i);
      g_assert_cmpuint (pingem_ledger_record (&f->ledger, slot).seq, ==, seq + i);
    }

  /* Still right when nearly 2^32 others have followed. */
  f->ledger.next_count = count + G_GUINT64_CONSTANT (0x100000000);
  g_assert_nonnull (pingem_ledger_find (&f->ledger, numbers[0]));
}

/* Whatever number comes from the wire: only a probe that is out is found. */
static void
test_stale_number (Fixture *f, gconstpointer data)
{
  PingemSlot *slot = send_probe (f);
  guint64 number = pingem_ledger_number_of (&f->ledger, slot);

  send_probe (f);
  for (guint64 index = 0; index < PINGEM_MAX_SLOTS; index += index < 100 ? 1 : 65535)
    g_assert_cmpint (pingem_ledger_find (&f->ledger, number + index) != NULL, ==, index == 0);

  /* Given back, then used again: the old number is nobody's. */
  g_assert_true (pingem_ledger_expire (&f->ledger, 1000 * MS) == slot);
  pingem_ledger_drop (&f->ledger, slot);
  g_assert_null (pingem_ledger_find (&f->ledger, number));
  g_assert_true (send_probe (f) == slot);
  g_assert_null (pingem_ledger_find (&f->ledger, number));
  g_assert_true (pingem_ledger_find (&f->ledger, pingem_ledger_number_of (&f->ledger, slot)) ==
                 slot);
}

/* The number has no room for more. */
static void
test_full (Fixture *f, gconstpointer data)
{
  PingemPool *slots = &f->ledger.slots;

  send_probe (f);
  slots->n_touched = slots->n_allocated = PINGEM_MAX_SLOTS - 1;
  slots->n_allocated++;
  g_assert_true (pingem_ledger_reserve (&f->ledger));
  slots->n_touched++;
  slots->n_allocated++;
  g_assert_false (pingem_ledger_reserve (&f->ledger));

  /* One given back makes room again. */
  slots->first_free = 5;
  g_assert_true (pingem_ledger_reserve (&f->ledger));
  slots->first_free = PINGEM_NONE;
}

#define ADD(path, function)                                                                        \
  g_test_add ("/engine/ledger-number/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("wide", test_wide);
  ADD ("stale", test_stale_number);
  ADD ("full", test_full);

  return g_test_run ();
}
