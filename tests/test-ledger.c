/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <glib.h>

#include "engine/ledger.h"

#define MS G_GINT64_CONSTANT (1000000)
#define TIMEOUT (2000 * MS)
#define HOLD (60000 * MS)

static const guint8 key[PINGEM_SIPHASH_KEY_SIZE];

typedef struct {
  PingemLedger ledger;
  PingemTargetSpec spec;
} Fixture;

static void
add_target (Fixture *f, guint32 id, const char *address, guint32 timeout_ms, guint32 hold_ms)
{
  f->spec = (PingemTargetSpec){
    .id = id, .interval_ms = 1000, .timeout_ms = timeout_ms, .hold_ms = hold_ms, .size = 56
  };
  g_assert_true (pingem_address_parse (address, &f->spec.address));
  g_assert_cmpint (pingem_ledger_add_target (&f->ledger, &f->spec, 0), ==, 0);
}

/* @hold_ms: of target 1 */
static void
set_up (Fixture *f, gconstpointer hold_ms)
{
  pingem_ledger_init (&f->ledger, key);
  add_target (f, 1, "192.0.2.1", 2000, GPOINTER_TO_UINT (hold_ms));
}

static void
tear_down (Fixture *f, gconstpointer hold_ms)
{
  pingem_ledger_clear (&f->ledger);
}

static PingemSlot *
send_probe (Fixture *f, guint32 id, gint64 mono_ns)
{
  guint32 target = pingem_targets_find (&f->ledger.targets, id);
  PingemTarget *t = pingem_targets_at (&f->ledger.targets, target);
  guint64 seq = t->next_seq++;

  t->next_due_ns += pingem_targets_common_of (&f->ledger.targets, t)->interval_ms * MS;
  g_assert_true (pingem_ledger_reserve (&f->ledger));

  return pingem_ledger_send (&f->ledger, target, seq, mono_ns, 1000);
}

static gboolean
reply (Fixture *f, PingemSlot *slot, gint64 rtt_ns)
{
  return pingem_ledger_reply (&f->ledger, slot, &(PingemAnswer){ .rtt_ns = rtt_ns, .ttl = 57 });
}

static gboolean
fail (Fixture *f, PingemSlot *slot)
{
  PingemAnswer answer = { .rtt_ns = -1,
                          .icmp_type = 3,
                          .icmp_code = 1,
                          .flags = PINGEM_RECORD_UNAUTHENTICATED,
                          .from = f->spec.address };

  return pingem_ledger_error (&f->ledger, slot, &answer);
}

static void
assert_record (
    Fixture *f, const PingemSlot *slot, PingemState state, gint64 rtt_ns, guint duplicates)
{
  PingemRecord record = pingem_ledger_record (&f->ledger, slot);

  g_assert_cmpstr (pingem_state_word (record.state), ==, pingem_state_word (state));
  g_assert_cmpint (record.rtt_ns, ==, rtt_ns);
  g_assert_cmpuint (record.duplicates, ==, duplicates);
  g_assert_cmpint (record.sent_ns, ==, 1000);
  g_assert_cmpuint (record.flags & PINGEM_RECORD_FINAL, ==,
                    slot->is_final ? PINGEM_RECORD_FINAL : 0);
}

/* Nothing changes before @mono_ns, and then exactly one slot does. */
static PingemSlot *
expire_at (Fixture *f, gint64 mono_ns)
{
  PingemSlot *slot;

  g_assert_cmpint (pingem_ledger_deadline (&f->ledger), <=, mono_ns);
  g_assert_null (pingem_ledger_expire (&f->ledger, mono_ns - 1));
  slot = pingem_ledger_expire (&f->ledger, mono_ns);
  g_assert_nonnull (slot);
  g_assert_null (pingem_ledger_expire (&f->ledger, mono_ns));

  return slot;
}

static void
assert_ends (Fixture *f, PingemSlot *slot, gint64 mono_ns)
{
  guint64 number = pingem_ledger_number_of (&f->ledger, slot);

  g_assert_true (expire_at (f, mono_ns) == slot);
  g_assert_true (slot->is_final);
  pingem_ledger_drop (&f->ledger, slot);
  g_assert_null (pingem_ledger_find (&f->ledger, number));
  g_assert_cmpint (pingem_ledger_deadline (&f->ledger), ==, G_MAXINT64);
}

static guint
count_outstanding (Fixture *f)
{
  guint32 target = pingem_targets_find (&f->ledger.targets, 1);

  return pingem_ledger_destination_of (&f->ledger, pingem_targets_at (&f->ledger.targets, target))
      ->n_outstanding;
}

static void
test_reply (Fixture *f, gconstpointer hold_ms)
{
  PingemSlot *slot = send_probe (f, 1, 0);

  assert_record (f, slot, PINGEM_STATE_IN_FLIGHT, -1, 0);
  g_assert_cmpuint (count_outstanding (f), ==, 1);
  g_assert_cmpint (pingem_ledger_deadline (&f->ledger), ==, TIMEOUT);
  g_assert_true (pingem_ledger_find (&f->ledger, 0) == slot);

  g_assert_true (reply (f, slot, 5 * MS));
  g_assert_cmpuint (count_outstanding (f), ==, 0);
  assert_record (f, slot, PINGEM_STATE_REPLY, 5 * MS, 0);
  g_assert_cmpuint (pingem_ledger_record (&f->ledger, slot).ttl, ==, 57);

  g_assert_true (reply (f, slot, 9 * MS));
  g_assert_true (reply (f, slot, TIMEOUT + 9 * MS));
  assert_record (f, slot, PINGEM_STATE_REPLY, 5 * MS, 2);

  /* Its hold ends, though its timeout was nothing to tell. */
  assert_ends (f, slot, TIMEOUT + HOLD);
}

static void
test_late (Fixture *f, gconstpointer hold_ms)
{
  PingemSlot *slot = send_probe (f, 1, 100);

  g_assert_true (expire_at (f, 100 + TIMEOUT) == slot);
  assert_record (f, slot, PINGEM_STATE_LOST, -1, 0);
  g_assert_cmpuint (count_outstanding (f), ==, 0);

  g_assert_true (reply (f, slot, TIMEOUT));
  assert_record (f, slot, PINGEM_STATE_LATE, TIMEOUT, 0);
  g_assert_true (reply (f, slot, TIMEOUT + 1));
  assert_record (f, slot, PINGEM_STATE_LATE, TIMEOUT, 1);
  assert_ends (f, slot, 100 + TIMEOUT + HOLD);
}

/* The stamp decides, not the moment of reading. */
static void
test_read_after_timeout (Fixture *f, gconstpointer hold_ms)
{
  PingemSlot *slot = send_probe (f, 1, 0);

  g_assert_true (expire_at (f, TIMEOUT) == slot);
  g_assert_true (reply (f, slot, TIMEOUT - 1));
  assert_record (f, slot, PINGEM_STATE_REPLY, TIMEOUT - 1, 0);
}

static void
test_lost (Fixture *f, gconstpointer hold_ms)
{
  PingemSlot *slot = send_probe (f, 1, 0);

  g_assert_true (expire_at (f, TIMEOUT) == slot);
  g_assert_false (slot->is_final);
  g_assert_false (reply (f, slot, TIMEOUT + HOLD));
  assert_record (f, slot, PINGEM_STATE_LOST, -1, 0);
  assert_ends (f, slot, TIMEOUT + HOLD);
}

static void
test_error (Fixture *f, gconstpointer hold_ms)
{
  PingemSlot *slot = send_probe (f, 1, 0);
  PingemRecord record;

  g_assert_true (fail (f, slot));
  assert_record (f, slot, PINGEM_STATE_ERROR, -1, 0);
  record = pingem_ledger_record (&f->ledger, slot);
  g_assert_cmpuint (record.icmp_type, ==, 3);
  g_assert_cmpuint (record.icmp_code, ==, 1);
  g_assert_true (pingem_address_equal (&record.from, &f->spec.address));
  g_assert_cmpuint (record.flags, ==, PINGEM_RECORD_UNAUTHENTICATED);
  g_assert_cmpuint (count_outstanding (f), ==, 0);

  g_assert_false (fail (f, slot));
  if (hold_ms != NULL)
    {
      g_assert_true (expire_at (f, TIMEOUT) == slot);
      g_assert_cmpuint (pingem_ledger_record (&f->ledger, slot).flags, ==,
                        PINGEM_RECORD_UNAUTHENTICATED | PINGEM_RECORD_TIMED_OUT);
    }
  assert_ends (f, slot, TIMEOUT + HOLD);
}

/* Anybody can forge an error: a real reply wins, and nothing of the error stays. */
static void
test_reply_wins (Fixture *f, gconstpointer hold_ms)
{
  PingemSlot *slot = send_probe (f, 1, 0);
  PingemSlot *second = send_probe (f, 1, 1);
  PingemRecord record;

  g_assert_true (fail (f, slot));
  g_assert_true (reply (f, slot, 3 * MS));
  assert_record (f, slot, PINGEM_STATE_REPLY, 3 * MS, 0);
  record = pingem_ledger_record (&f->ledger, slot);
  g_assert_cmpuint (record.icmp_type, ==, 0);
  g_assert_cmpuint (record.from.family, ==, 0);
  g_assert_cmpuint (record.flags, ==, 0);
  g_assert_false (fail (f, slot));

  g_assert_true (fail (f, second));
  g_assert_true (reply (f, second, TIMEOUT + 1));
  assert_record (f, second, PINGEM_STATE_LATE, TIMEOUT + 1, 0);
}

static void
test_error_after_timeout (Fixture *f, gconstpointer hold_ms)
{
  PingemSlot *slot = send_probe (f, 1, 0);

  g_assert_true (expire_at (f, TIMEOUT) == slot);
  g_assert_false (fail (f, slot));
  assert_record (f, slot, PINGEM_STATE_LOST, -1, 0);
}

static void
test_no_hold (Fixture *f, gconstpointer hold_ms)
{
  PingemSlot *slot = send_probe (f, 1, 0);

  /* Known until its timeout, for duplicates. */
  g_assert_true (reply (f, slot, MS));
  g_assert_false (slot->is_final);
  g_assert_true (reply (f, slot, 2 * MS));
  assert_record (f, slot, PINGEM_STATE_REPLY, MS, 1);
  assert_ends (f, slot, TIMEOUT);

  slot = send_probe (f, 1, 0);
  g_assert_false (reply (f, slot, TIMEOUT));
  assert_record (f, slot, PINGEM_STATE_IN_FLIGHT, -1, 0);
  assert_ends (f, slot, TIMEOUT);
}

/* What the record said at the end of a slot that was lost for good. */
static void
test_no_hold_lost (Fixture *f, gconstpointer hold_ms)
{
  PingemSlot *slot = send_probe (f, 1, 0);

  g_assert_true (expire_at (f, TIMEOUT) == slot);
  assert_record (f, slot, PINGEM_STATE_LOST, -1, 0);
  g_assert_true (slot->is_final);
}

/* Different waits do not wait for one another. */
static void
test_lanes (Fixture *f, gconstpointer hold_ms)
{
  PingemSlot *slow, *fast;

  add_target (f, 2, "192.0.2.2", 500, 100);
  slow = send_probe (f, 1, 0);
  fast = send_probe (f, 2, 1);

  g_assert_true (expire_at (f, 500 * MS + 1) == fast);
  g_assert_true (expire_at (f, 600 * MS + 1) == fast);
  g_assert_true (fast->is_final);
  pingem_ledger_drop (&f->ledger, fast);
  g_assert_true (expire_at (f, TIMEOUT) == slow);
}

static void
test_wire_seq (Fixture *f, gconstpointer hold_ms)
{
  PingemAddress address = f->spec.address, other;
  PingemSlot *a, *b, *c;

  g_assert_true (pingem_address_parse ("192.0.2.2", &other));
  add_target (f, 2, "192.0.2.1", 3000, 0);
  add_target (f, 3, "192.0.2.2", 2000, 0);
  a = send_probe (f, 1, 0);
  b = send_probe (f, 2, 0);
  c = send_probe (f, 3, 0);

  /* One count for both targets of one destination, another for the other. */
  g_assert_cmpuint (a->wire_seq, ==, 0);
  g_assert_cmpuint (b->wire_seq, ==, 1);
  g_assert_cmpuint (c->wire_seq, ==, 0);
  g_assert_true (pingem_ledger_find_wire (&f->ledger, &address, 0) == a);
  g_assert_true (pingem_ledger_find_wire (&f->ledger, &address, 1) == b);
  g_assert_null (pingem_ledger_find_wire (&f->ledger, &address, 2));
  g_assert_true (pingem_ledger_find_wire (&f->ledger, &other, 0) == c);

  /* The last of the chain leaves, then another comes, then the first leaves. */
  g_assert_true (reply (f, b, MS));
  g_assert_null (pingem_ledger_find_wire (&f->ledger, &address, 1));
  b = send_probe (f, 2, 0);
  g_assert_true (pingem_ledger_find_wire (&f->ledger, &address, 2) == b);
  g_assert_true (reply (f, a, MS));
  g_assert_null (pingem_ledger_find_wire (&f->ledger, &address, 0));
  g_assert_true (pingem_ledger_find_wire (&f->ledger, &address, 2) == b);
  g_assert_cmpuint (count_outstanding (f), ==, 1);
}

/* A held probe refuses nothing, and memory goes back. */
static void
test_many (Fixture *f, gconstpointer hold_ms)
{
  PingemSlot *slot = send_probe (f, 1, 0);
  guint64 number = pingem_ledger_number_of (&f->ledger, slot);
  guint n = 0;

  g_assert_true (expire_at (f, TIMEOUT) == slot);
  for (guint i = 0; i < 200000; i++)
    send_probe (f, 1, TIMEOUT + i);
  assert_record (f, pingem_ledger_find (&f->ledger, number), PINGEM_STATE_LOST, -1, 0);
  g_assert_cmpuint (f->ledger.slots.n_live, ==, 200001);

  while ((slot = pingem_ledger_expire (&f->ledger, 2 * (TIMEOUT + HOLD))) != NULL)
    if (slot->is_final)
      {
        pingem_ledger_drop (&f->ledger, slot);
        n++;
      }
  g_assert_cmpuint (n, ==, 200001);
  g_assert_cmpuint (f->ledger.slots.n_allocated, <=, 64);
}

/* A probe is judged by what held when it was sent. */
static void
test_change (Fixture *f, gconstpointer hold_ms)
{
  PingemTargetSpec spec = f->spec;
  PingemSlot *slot = send_probe (f, 1, 0);
  gint64 due_ns = pingem_ledger_record (&f->ledger, slot).due_ns;

  spec.timeout_ms = 100;
  spec.interval_ms = 7;
  spec.hold_ms = 0;
  g_assert_cmpint (pingem_ledger_change_target (&f->ledger, &spec, 0), ==, 0);
  g_assert_cmpuint (f->ledger.targets.pool.n_live, ==, 2);
  g_assert_cmpint (pingem_ledger_record (&f->ledger, slot).due_ns, ==, due_ns);
  g_assert_true (
      pingem_targets_is_wanted (&f->ledger.targets, pingem_ledger_target_of (&f->ledger, slot)));
  g_assert_true (reply (f, slot, 150 * MS));
  assert_record (f, slot, PINGEM_STATE_REPLY, 150 * MS, 0);
  assert_ends (f, slot, TIMEOUT + HOLD);
  g_assert_cmpuint (f->ledger.targets.pool.n_live, ==, 1);
  g_assert_cmpuint (f->ledger.lanes.pool.n_live, ==, 1);

  spec.size = 15;
  g_assert_cmpint (pingem_ledger_change_target (&f->ledger, &spec, 0), ==, -ERANGE);
  spec.id = 99;
  g_assert_cmpint (pingem_ledger_change_target (&f->ledger, &spec, 0), ==, -ENOENT);
}

/* Its probes stay on the wire but are of no interest, also when the id is used again. */
static void
test_remove (Fixture *f, gconstpointer hold_ms)
{
  PingemSlot *slot = send_probe (f, 1, 0);
  const PingemTarget *target = pingem_ledger_target_of (&f->ledger, slot);

  g_assert_cmpint (pingem_ledger_add_target (&f->ledger, &f->spec, 0), ==, -EEXIST);
  g_assert_true (pingem_targets_is_wanted (&f->ledger.targets, target));
  g_assert_cmpint (pingem_ledger_remove_target (&f->ledger, 1), ==, 0);
  g_assert_cmpint (pingem_ledger_remove_target (&f->ledger, 1), ==, -ENOENT);
  g_assert_false (pingem_targets_is_wanted (&f->ledger.targets, target));
  g_assert_cmpint (pingem_ledger_add_target (&f->ledger, &f->spec, 0), ==, 0);
  g_assert_false (pingem_targets_is_wanted (&f->ledger.targets, target));

  g_assert_cmpuint (count_outstanding (f), ==, 1);
  g_assert_true (reply (f, slot, MS));
  g_assert_cmpuint (count_outstanding (f), ==, 0);
  g_assert_cmpint (pingem_ledger_remove_target (&f->ledger, 1), ==, 0);
  assert_ends (f, slot, TIMEOUT + HOLD);
  g_assert_cmpuint (f->ledger.targets.pool.n_live, ==, 0);
  g_assert_cmpuint (f->ledger.destinations[0].pool.n_live, ==, 0);
  g_assert_cmpuint (f->ledger.lanes.pool.n_live, ==, 0);
  g_assert_cmpuint (f->ledger.answers.replies.n_live, ==, 0);
}

#define ADD(path, hold_ms, function)                                                               \
  g_test_add ("/engine/ledger/" path, Fixture, GUINT_TO_POINTER (hold_ms), set_up, function,       \
              tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("reply", 60000, test_reply);
  ADD ("late", 60000, test_late);
  ADD ("read-after-timeout", 60000, test_read_after_timeout);
  ADD ("lost", 60000, test_lost);
  ADD ("error", 60000, test_error);
  ADD ("reply-wins", 60000, test_reply_wins);
  ADD ("error-after-timeout", 60000, test_error_after_timeout);
  ADD ("no-hold", 0, test_no_hold);
  ADD ("no-hold-lost", 0, test_no_hold_lost);
  ADD ("lanes", 60000, test_lanes);
  ADD ("wire-seq", 60000, test_wire_seq);
  ADD ("many", 60000, test_many);
  ADD ("change", 60000, test_change);
  ADD ("remove", 60000, test_remove);

  return g_test_run ();
}
