/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>

#include "engine-fixture.h"
#include "engine/ledger.h"

#define MS G_GINT64_CONSTANT (1000000)
#define NOW (50000 * MS)

static const guint8 key[PINGEM_SIPHASH_KEY_SIZE];

/* A ledger alone. */
typedef struct {
  PingemLedger ledger;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  pingem_ledger_init (&f->ledger, key);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  pingem_ledger_clear (&f->ledger);
}

static PingemTargetSpec
make_spec (guint32 id, guint32 interval_ms)
{
  PingemTargetSpec spec = { .id = id, .interval_ms = interval_ms, .timeout_ms = 1000, .size = 56 };

  g_assert_true (pingem_address_parse ("192.0.2.1", &spec.address));

  return spec;
}

static void
add_target (Fixture *f, guint32 id, guint32 interval_ms)
{
  PingemTargetSpec spec = make_spec (id, interval_ms);

  g_assert_cmpint (pingem_ledger_add_target (&f->ledger, &spec, NOW), ==, 0);
}

/* The id of the target whose slot is due at @boot_ns, or 0; CLOCK_MONOTONIC is 7 s behind. */
static guint32
take_due (Fixture *f, gint64 boot_ns, guint32 *ret_target)
{
  PingemTime now = { .mono_ns = boot_ns - 7000 * MS, .boot_ns = boot_ns };
  guint64 seq;

  *ret_target = pingem_ledger_take_due (&f->ledger, &now, &seq);
  if (*ret_target == PINGEM_NONE)
    return 0;

  pingem_targets_end_turn (&f->ledger.targets, *ret_target, boot_ns);

  return pingem_ledger_spec_of (&f->ledger, pingem_targets_at (&f->ledger.targets, *ret_target)).id;
}

static guint32
skip_due (Fixture *f, gint64 boot_ns)
{
  guint32 target;

  return take_due (f, boot_ns, &target);
}

/* As take_due, and it is sent. */
static guint32
send_due (Fixture *f, gint64 boot_ns, PingemSlot **ret_slot)
{
  guint32 target;
  guint32 id = take_due (f, boot_ns, &target);

  *ret_slot = NULL;
  if (id == 0)
    return 0;

  g_assert_true (pingem_ledger_reserve (&f->ledger));
  *ret_slot = pingem_ledger_send (&f->ledger, target,
                                  pingem_targets_at (&f->ledger.targets, target)->next_seq - 1,
                                  boot_ns - 7000 * MS, 0);

  return id;
}

/* How many of @id could be sent at once. */
static guint
fill (Fixture *f, gint64 boot_ns, guint32 id)
{
  PingemSlot *slot;
  guint n = 0;

  while (n < 1000 && send_due (f, boot_ns, &slot) == id)
    n++;

  return n;
}

/* Each has its turn, and who has a grid does not wait for who has none. */
static void
test_turns (Fixture *f, gconstpointer data)
{
  add_target (f, 1, 0);
  add_target (f, 2, 0);
  add_target (f, 3, 0);
  add_target (f, 9, 10);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (skip_due (f, NOW), !=, 0);

  for (guint round = 0; round < 30; round++)
    {
      gint64 boot_ns = NOW + (10 + round / 10 * 10) * MS;
      guint sum = 0;

      if (round % 10 == 0)
        g_assert_cmpuint (skip_due (f, boot_ns), ==, 9);
      for (guint i = 0; i < 3; i++)
        sum |= 1 << skip_due (f, boot_ns);
      g_assert_cmpuint (sum, ==, 1 << 1 | 1 << 2 | 1 << 3);
    }
}

/* A host with enough outstanding: nothing is due, and nothing is held back, until a probe is done.
 */
static void
test_room (Fixture *f, gconstpointer data)
{
  PingemSlot *slot;
  gint64 wake_ns = NOW - 6000 * MS;

  add_target (f, 1, 0);
  g_assert_cmpuint (send_due (f, NOW, &slot), ==, 1);
  g_assert_cmpuint (fill (f, NOW, 1), ==, PINGEM_MAX_OUTSTANDING - 1);
  g_assert_cmpint (pingem_targets_deadline (&f->ledger.targets), ==, G_MAXINT64);
  g_assert_cmpuint (skip_due (f, NOW + 999 * MS), ==, 0);

  slot = pingem_pool_at (&f->ledger.slots, 0);
  g_assert_true (pingem_ledger_reply (&f->ledger, slot, &(PingemAnswer){ .rtt_ns = MS }));
  g_assert_cmpint (pingem_targets_deadline (&f->ledger.targets), <=, NOW);
  g_assert_cmpuint (fill (f, NOW + MS, 1), ==, 1);

  /* A timeout gives room as a reply does; no sequence number is left out. */
  g_assert_true (pingem_ledger_expire (&f->ledger, wake_ns) == slot);
  pingem_ledger_drop (&f->ledger, slot);
  slot = pingem_ledger_expire (&f->ledger, wake_ns);
  g_assert_cmpint (slot->state, ==, PINGEM_STATE_LOST);
  g_assert_cmpuint (send_due (f, NOW + 1000 * MS, &slot), ==, 1);
  g_assert_cmpuint (pingem_ledger_record (&f->ledger, slot).seq, ==, PINGEM_MAX_OUTSTANDING + 1);
}

/* The room is used by another target, which tells nobody when it leaves. */
static void
test_no_room_left (Fixture *f, gconstpointer data)
{
  add_target (f, 1, 0);
  g_assert_cmpuint (fill (f, NOW, 1), ==, PINGEM_MAX_OUTSTANDING);
  add_target (f, 2, 0);
  g_assert_cmpuint (skip_due (f, NOW), ==, 0);
  g_assert_cmpint (pingem_targets_deadline (&f->ledger.targets), ==, NOW + MS);
  g_assert_cmpuint (skip_due (f, NOW + MS), ==, 0);
  g_assert_cmpint (pingem_targets_deadline (&f->ledger.targets), ==, NOW + 2 * MS);
}

/* A target that waits may be changed and removed. */
static void
test_leaves_while_waiting (Fixture *f, gconstpointer data)
{
  PingemTargetSpec spec = make_spec (1, 0);
  PingemSlot *slot;

  add_target (f, 1, 0);
  g_assert_cmpuint (send_due (f, NOW, &slot), ==, 1);
  fill (f, NOW, 1);
  spec.interval_ms = 100;
  g_assert_cmpint (pingem_ledger_change_target (&f->ledger, &spec, NOW), ==, 0);
  spec.interval_ms = 0;
  g_assert_cmpint (pingem_ledger_change_target (&f->ledger, &spec, NOW), ==, 0);
  g_assert_cmpint (pingem_ledger_remove_target (&f->ledger, 1), ==, 0);

  slot = pingem_pool_at (&f->ledger.slots, 0);
  g_assert_true (pingem_ledger_reply (&f->ledger, slot, &(PingemAnswer){ .rtt_ns = MS }));
  g_assert_cmpint (pingem_targets_deadline (&f->ledger.targets), ==, G_MAXINT64);
  g_assert_cmpuint (skip_due (f, NOW + MS), ==, 0);
}

/* Due when it is sent, whatever follows. */
static void
test_due_ns (Fixture *f, gconstpointer data)
{
  PingemSlot *first, *second;

  add_target (f, 1, 0);
  g_assert_cmpuint (send_due (f, NOW, &first), ==, 1);
  g_assert_cmpuint (send_due (f, NOW + 5 * MS, &second), ==, 1);
  g_assert_cmpint (pingem_ledger_record (&f->ledger, first).due_ns, ==, NOW);
  g_assert_cmpint (pingem_ledger_record (&f->ledger, second).due_ns, ==, NOW + 5 * MS);
}

static gint64
choose_wake (Fixture *f, gint64 deadline_ns)
{
  return pingem_targets_choose_wake (&f->ledger.targets, deadline_ns);
}

/* Above 1,000 probes a second whole milliseconds; the grid stays. */
static void
test_ticks (Fixture *f, gconstpointer data)
{
  const gint64 deadline_ns = 123456 * MS + 1;
  PingemTargetSpec once = make_spec (3, 1);

  add_target (f, 1, 1);
  g_assert_cmpint (choose_wake (f, deadline_ns), ==, deadline_ns);
  add_target (f, 2, 3600000);
  g_assert_cmpint (choose_wake (f, deadline_ns), ==, 123457 * MS);
  g_assert_cmpint (choose_wake (f, 123457 * MS), ==, 123457 * MS);
  g_assert_cmpint (choose_wake (f, G_MAXINT64), ==, G_MAXINT64);
  g_assert_cmpint (pingem_ledger_remove_target (&f->ledger, 2), ==, 0);
  g_assert_cmpint (choose_wake (f, deadline_ns), ==, deadline_ns);

  /* What has come to its end wakes nobody. */
  once.count = 1;
  g_assert_cmpint (pingem_ledger_add_target (&f->ledger, &once, NOW - 1), ==, 0);
  g_assert_cmpint (choose_wake (f, deadline_ns), ==, 123457 * MS);
  g_assert_cmpuint (skip_due (f, NOW), ==, 3);
  g_assert_cmpint (choose_wake (f, deadline_ns), ==, deadline_ns);
  g_assert_cmpint (pingem_ledger_remove_target (&f->ledger, 3), ==, 0);
  g_assert_cmpint (choose_wake (f, deadline_ns), ==, deadline_ns);

  /* Interval 0 is due at once. */
  add_target (f, 4, 1);
  g_assert_cmpint (choose_wake (f, deadline_ns), ==, 123457 * MS);
  while (skip_due (f, NOW) != 0)
    continue;
  add_target (f, 5, 0);
  g_assert_cmpint (choose_wake (f, deadline_ns), ==, deadline_ns);
}

/* Many probes end on whole milliseconds; what is due keeps its time. */
static void
test_many_ends (Fixture *f, gconstpointer data)
{
  const gint64 exact_ns = 123456 * MS + 1;
  PingemSlot *slot;

  for (guint i = 0; i <= 1000; i++)
    {
      PingemTargetSpec spec = make_spec (i + 1, 0);

      spec.count = 1;
      spec.address.bytes[3] = i;
      spec.address.bytes[2] = i >> 8;
      g_assert_cmpint (pingem_ledger_choose_wake (&f->ledger, G_MAXINT64, exact_ns), ==, exact_ns);
      g_assert_cmpint (pingem_ledger_add_target (&f->ledger, &spec, NOW), ==, 0);
      g_assert_cmpuint (send_due (f, NOW, &slot), ==, i + 1);
    }

  g_assert_cmpint (pingem_ledger_choose_wake (&f->ledger, G_MAXINT64, exact_ns), ==, 123457 * MS);
  g_assert_cmpint (pingem_ledger_choose_wake (&f->ledger, exact_ns, G_MAXINT64), ==, exact_ns);
  g_assert_cmpint (pingem_ledger_choose_wake (&f->ledger, G_MAXINT64, G_MAXINT64), ==, G_MAXINT64);
}

static const PingemRecord *
record_at (EngineFixture *f, guint i)
{
  return &g_array_index (f->records, PingemRecord, i);
}

/* Far more than may be outstanding: every slot is sent and answered. */
static void
test_flood (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (1, "127.0.0.1");
  guint n_replies = 0;

  if (engine_fixture_skip ())
    return;

  spec.interval_ms = 0;
  spec.count = 5000;
  engine_fixture_add (f, &spec);
  engine_fixture_run_until (f, 2 * 5000);

  for (guint i = 0; i < 2 * 5000; i++)
    {
      g_assert_cmpint (record_at (f, i)->state, !=, PINGEM_STATE_UNSENT);
      n_replies += record_at (f, i)->state == PINGEM_STATE_REPLY;
    }
  g_assert_cmpuint (n_replies, ==, 5000);
  g_assert_cmpuint (engine_fixture_last (f, 1)->seq, ==, 4999);
}

/* A silent host is sent 128, and when they have timed out 128 more. */
static void
test_silent (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (1, "127.0.0.1");

  if (engine_fixture_skip ())
    return;

  spec.interval_ms = 0;
  spec.count = 0;
  engine_fixture_ignore_echo (TRUE);
  engine_fixture_add (f, &spec);
  pingem_engine_run (f->engine);
  pingem_engine_run (f->engine);
  g_assert_cmpuint (f->records->len, ==, PINGEM_MAX_OUTSTANDING);
  g_assert_cmpint (pingem_engine_deadline (f->engine), >, f->offset_ns);

  engine_fixture_jump (f, spec.timeout_ms);
  pingem_engine_run (f->engine);
  g_assert_cmpuint (f->records->len, ==, 3 * PINGEM_MAX_OUTSTANDING);
  g_assert_cmpint (engine_fixture_last (f, 1)->state, ==, PINGEM_STATE_IN_FLIGHT);
  g_assert_cmpuint (engine_fixture_last (f, 1)->seq, ==, 2 * PINGEM_MAX_OUTSTANDING - 1);
  engine_fixture_ignore_echo (FALSE);
}

/* What cannot be sent is not tried without a pause. */
static void
test_no_route (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (1, "192.0.2.1");

  if (engine_fixture_skip ())
    return;

  spec.interval_ms = 0;
  spec.count = 0;
  engine_fixture_add (f, &spec);
  pingem_engine_run (f->engine);
  g_assert_cmpuint (f->records->len, ==, 1);
  g_assert_cmpint (record_at (f, 0)->error, ==, ENETUNREACH);
  g_assert_cmpint (pingem_engine_deadline (f->engine), >=, record_at (f, 0)->due_ns + MS);

  engine_fixture_jump (f, 2);
  pingem_engine_run (f->engine);
  g_assert_cmpuint (f->records->len, ==, 2);
}

typedef struct {
  guint n_asked;
  guint n_tokens;
} Admission;

static bool
admit (uint32_t id, int64_t boot_ns, void *data)
{
  Admission *admission = data;

  admission->n_asked++;
  if (admission->n_tokens == 0)
    return false;

  admission->n_tokens--;

  return true;
}

/* Who may not send yet waits, and is not asked for without a pause; nothing is told. */
static void
test_admission (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (1, "127.0.0.1");
  Admission admission = { .n_tokens = 3 };

  if (engine_fixture_skip ())
    return;

  spec.interval_ms = 0;
  spec.count = 4;
  engine_fixture_ignore_echo (TRUE);
  pingem_engine_set_admission (f->engine, admit, &admission);
  engine_fixture_add (f, &spec);
  for (guint i = 0; i < 100; i++)
    pingem_engine_run (f->engine);
  g_assert_cmpuint (f->records->len, ==, 3);
  g_assert_cmpuint (admission.n_asked, <, 100);

  admission.n_tokens = 1;
  engine_fixture_jump (f, 2);
  pingem_engine_run (f->engine);
  g_assert_cmpuint (f->records->len, ==, 4);
  g_assert_cmpuint (engine_fixture_last (f, 1)->seq, ==, 3);
  engine_fixture_ignore_echo (FALSE);
}

/* On a grid each slot has its record: held back it is not sent, and not later either. */
static void
test_held_back (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (1, "127.0.0.1");
  Admission admission = { .n_tokens = 1 };

  if (engine_fixture_skip ())
    return;

  spec.interval_ms = 100;
  spec.count = 2;
  engine_fixture_ignore_echo (TRUE);
  pingem_engine_set_admission (f->engine, admit, &admission);
  engine_fixture_add (f, &spec);
  pingem_engine_run (f->engine);
  engine_fixture_jump (f, 100);
  pingem_engine_run (f->engine);
  g_assert_cmpuint (f->records->len, ==, 2);
  g_assert_cmpint (record_at (f, 0)->state, ==, PINGEM_STATE_IN_FLIGHT);
  g_assert_cmpint (record_at (f, 1)->state, ==, PINGEM_STATE_UNSENT);
  g_assert_cmpint (record_at (f, 1)->error, ==, EAGAIN);
  g_assert_cmpuint (record_at (f, 1)->flags, ==, PINGEM_RECORD_FINAL);
  g_assert_cmpuint (admission.n_asked, ==, 2);

  admission.n_tokens = 1;
  engine_fixture_jump (f, 100);
  pingem_engine_run (f->engine);
  g_assert_cmpuint (f->records->len, ==, 2);
  engine_fixture_ignore_echo (FALSE);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/engine/flood/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  engine_fixture_enter_namespace ();

  ADD ("turns", test_turns);
  ADD ("room", test_room);
  ADD ("no-room-left", test_no_room_left);
  ADD ("leaves-while-waiting", test_leaves_while_waiting);
  ADD ("due-ns", test_due_ns);
  ADD ("ticks", test_ticks);
  ADD ("many-ends", test_many_ends);
  ENGINE_TEST ("flood", test_flood);
  ENGINE_TEST ("flood-silent", test_silent);
  ENGINE_TEST ("flood-no-route", test_no_route);
  ENGINE_TEST ("flood R12 admission", test_admission);
  ENGINE_TEST ("R12 R28 held-back", test_held_back);

  return g_test_run ();
}
