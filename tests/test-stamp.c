/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib.h>

#include "engine/stamp.h"

#define MS G_GINT64_CONSTANT (1000000)

static void
test_ids (void)
{
  PingemStamps stamps = { 0 };
  guint64 number;

  g_assert_false (pingem_stamps_take (&stamps, 0, &number));
  for (guint i = 0; i < 3; i++)
    pingem_stamps_add (&stamps, 100 + i);
  g_assert_cmpuint (stamps.n_awaited, ==, 3);

  g_assert_true (pingem_stamps_take (&stamps, 1, &number));
  g_assert_cmpuint (number, ==, 101);
  g_assert_true (pingem_stamps_take (&stamps, 0, &number));
  g_assert_cmpuint (number, ==, 100);
  g_assert_cmpuint (stamps.n_awaited, ==, 1);
  g_assert_false (pingem_stamps_take (&stamps, 3, &number));
  g_assert_false (pingem_stamps_take (&stamps, G_MAXUINT32, &number));
}

/* The kernel's count is of 32 bits and may come round. */
static void
test_old_ids (void)
{
  static const guint32 starts[] = { 0, 1000, G_MAXUINT32 - 30 };

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      PingemStamps stamps = { .n_sent = starts[i] };
      guint64 number;

      for (guint k = 0; k < PINGEM_STAMPS_SIZE + 9; k++)
        pingem_stamps_add (&stamps, k);
      g_assert_false (pingem_stamps_take (&stamps, starts[i] + 8, &number));
      g_assert_true (pingem_stamps_take (&stamps, starts[i] + 9, &number));
      g_assert_cmpuint (number, ==, 9);
    }
}

/* Sent at monotonic 1000 ms and 9000 ms of the wall clock. */
static void
test_apply (void)
{
  static const struct {
    gint64 stamp_ms;
    gint64 delay_ms; /* -1: not believed */
    PingemState state;
  } rows[] = {
    { 9000, 0, PINGEM_STATE_IN_FLIGHT },  { 9003, 3, PINGEM_STATE_IN_FLIGHT },
    { 9050, 50, PINGEM_STATE_IN_FLIGHT }, { 9051, -1, PINGEM_STATE_IN_FLIGHT },
    { 8999, -1, PINGEM_STATE_IN_FLIGHT }, { 12600, -1, PINGEM_STATE_IN_FLIGHT },
    { 9003, -1, PINGEM_STATE_REPLY },     { 9003, -1, PINGEM_STATE_LOST },
    { 9003, -1, PINGEM_STATE_UNSENT },    { 0, -1, PINGEM_STATE_IN_FLIGHT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemSlot slot = { .sent_mono_ns = 1000 * MS, .sent_real_ns = 9000 * MS };
      gint64 delay_ns = MAX (rows[i].delay_ms, 0) * MS;

      g_test_message ("row %u", i);
      slot.state = rows[i].state;
      pingem_stamp_apply (&slot, rows[i].stamp_ms * MS);
      g_assert_cmpint (slot.has_transmit_stamp, ==, rows[i].delay_ms >= 0);
      g_assert_cmpint (slot.sent_real_ns, ==, 9000 * MS + delay_ns);
      g_assert_cmpint (slot.sent_mono_ns, ==, 1000 * MS + delay_ns);
    }
}

/* A packet in fragments may have a stamp for each. */
static void
test_apply_once (void)
{
  PingemSlot slot = { .sent_real_ns = 9000 * MS, .state = PINGEM_STATE_IN_FLIGHT };

  pingem_stamp_apply (&slot, 9001 * MS);
  pingem_stamp_apply (&slot, 9002 * MS);
  g_assert_cmpint (slot.sent_real_ns, ==, 9001 * MS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/stamp/ids", test_ids);
  g_test_add_func ("/engine/stamp/old-ids", test_old_ids);
  g_test_add_func ("/engine/stamp/apply", test_apply);
  g_test_add_func ("/engine/stamp/apply-once", test_apply_once);

  return g_test_run ();
}
