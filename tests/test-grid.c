/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <glib.h>

#include "engine/schedule.h"

#define MS G_GINT64_CONSTANT (1000000)

static const guint8 key[PINGEM_SIPHASH_KEY_SIZE];

typedef struct {
  PingemTargets targets;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  pingem_targets_init (&f->targets, key);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  pingem_targets_clear (&f->targets);
}

static PingemTargetSpec
make_spec (guint32 id, guint32 interval_ms, guint32 count)
{
  PingemTargetSpec spec = {
    .id = id, .interval_ms = interval_ms, .count = count, .timeout_ms = 1, .size = 16
  };

  g_assert_true (pingem_address_parse ("192.0.2.1", &spec.address));

  return spec;
}

static void
add (Fixture *f, const PingemTargetSpec *spec, gint64 boot_ns)
{
  guint32 profile = pingem_profiles_get (&f->targets.profiles, spec);

  g_assert_cmpuint (pingem_targets_add (&f->targets, spec->id, profile, 0, boot_ns), !=,
                    PINGEM_NONE);
}

static void
replace (Fixture *f, const PingemTargetSpec *spec, gint64 boot_ns)
{
  guint32 profile = pingem_profiles_get (&f->targets.profiles, spec);
  guint32 target = pingem_targets_find (&f->targets, spec->id);

  g_assert_cmpuint (pingem_targets_change (&f->targets, target, profile, 0, boot_ns), !=,
                    PINGEM_NONE);
}

/* The next thing due by @boot_ms is slot @seq of target @id, on the grid at @due_ms. */
static void
assert_due (Fixture *f, gint64 boot_ms, guint32 id, guint64 seq, gint64 due_ms)
{
  guint64 got_seq;
  guint32 target = pingem_targets_take_due (&f->targets, boot_ms * MS, &got_seq);

  g_assert_cmpuint (target, !=, PINGEM_NONE);
  g_assert_cmpuint (pingem_targets_at (&f->targets, target)->id, ==, id);
  g_assert_cmpuint (got_seq, ==, seq);
  g_assert_cmpint (
      pingem_targets_due_ns (&f->targets, pingem_targets_at (&f->targets, target), seq), ==,
      due_ms * MS);
}

static void
assert_idle (Fixture *f, gint64 boot_ms)
{
  guint64 seq;

  g_assert_cmpuint (pingem_targets_take_due (&f->targets, boot_ms * MS, &seq), ==, PINGEM_NONE);
}

static void
test_grid (Fixture *f, gconstpointer data)
{
  PingemTargetSpec spec = make_spec (1, 100, 0);

  g_assert_cmpint (pingem_targets_deadline (&f->targets), ==, G_MAXINT64);
  add (f, &spec, 1000 * MS);
  g_assert_cmpint (pingem_targets_deadline (&f->targets), ==, 1000 * MS);

  assert_idle (f, 999);
  assert_due (f, 1000, 1, 0, 1000);
  assert_idle (f, 1099);
  /* Called late: the next is due where it always was. */
  assert_due (f, 1150, 1, 1, 1100);
  assert_idle (f, 1199);
  assert_due (f, 1200, 1, 2, 1200);
}

static void
test_missed (Fixture *f, gconstpointer data)
{
  PingemTargetSpec spec = make_spec (1, 100, 1000);

  add (f, &spec, 0);
  assert_due (f, 0, 1, 0, 0);
  assert_due (f, 10050, 1, 100, 10000);
  assert_idle (f, 10099);
  assert_due (f, 10100, 1, 101, 10100);
  /* Never beyond its count. */
  assert_due (f, 1000000, 1, 999, 99900);
  assert_idle (f, 2000000);
  g_assert_cmpint (pingem_targets_deadline (&f->targets), ==, G_MAXINT64);
}

/* A scheduler's hiccup costs no slot, however short the interval. */
static void
test_caught_up (Fixture *f, gconstpointer data)
{
  PingemTargetSpec spec = make_spec (1, 1, 1000);

  add (f, &spec, 0);
  for (guint k = 0; k < 1000; k++)
    assert_due (f, 999, 1, k, k);
  assert_idle (f, 2000);
}

static void
test_order (Fixture *f, gconstpointer data)
{
  PingemTargetSpec a = make_spec (1, 30, 0), b = make_spec (2, 20, 3);

  add (f, &a, 1 * MS);
  add (f, &b, 0);
  assert_due (f, 0, 2, 0, 0);
  assert_due (f, 1, 1, 0, 1);
  assert_due (f, 20, 2, 1, 20);
  assert_due (f, 31, 1, 1, 31);
  assert_due (f, 40, 2, 2, 40);
  assert_due (f, 61, 1, 2, 61);
  assert_idle (f, 90);
  pingem_targets_retire (&f->targets, pingem_targets_find (&f->targets, 1));
  assert_idle (f, 10000);
}

static void
test_aligned (Fixture *f, gconstpointer data)
{
  PingemTargetSpec spec = make_spec (1, 1000, 0);

  spec.flags = PINGEM_TARGET_ALIGNED;
  add (f, &spec, 1234 * MS);
  assert_idle (f, 1999);
  assert_due (f, 2000, 1, 0, 2000);

  spec.interval_ms = 700;
  replace (f, &spec, 2001 * MS);
  assert_due (f, 2100, 1, 1, 2100);
  assert_due (f, 2800, 1, 2, 2800);
}

static void
change (Fixture *f, guint32 interval_ms, guint32 count, gint64 boot_ms)
{
  PingemTargetSpec spec = make_spec (1, interval_ms, count);

  replace (f, &spec, boot_ms * MS);
}

static void
test_change (Fixture *f, gconstpointer data)
{
  PingemTargetSpec spec = make_spec (1, 100, 0);

  add (f, &spec, 0);
  assert_due (f, 0, 1, 0, 0);

  /* The same interval: nothing moves. */
  change (f, 100, 0, 50);
  assert_idle (f, 99);
  assert_due (f, 100, 1, 1, 100);

  /* Another: it counts from the last slot, in either direction. */
  change (f, 1000, 0, 150);
  assert_idle (f, 1099);
  assert_due (f, 1100, 1, 2, 1100);
  change (f, 10, 0, 1505);
  assert_idle (f, 1509);
  assert_due (f, 1510, 1, 3, 1510);

  /* A new count after the old one: what would have been due between never was. */
  change (f, 10, 4, 1511);
  assert_idle (f, 3000);
  change (f, 10, 6, 3005);
  assert_due (f, 3010, 1, 4, 3010);
  assert_due (f, 3020, 1, 5, 3020);
  assert_idle (f, 4000);
}

static void
test_change_before_start (Fixture *f, gconstpointer data)
{
  PingemTargetSpec spec = make_spec (1, 100, 0);

  add (f, &spec, 0);
  change (f, 30, 0, 1);
  assert_due (f, 1, 1, 0, 0);
  assert_due (f, 30, 1, 1, 30);
}

static void
test_check (Fixture *f, gconstpointer data)
{
  PingemTargetSpec good = make_spec (1, 1000, 0), bad;

#define REFUSED(error, ...)                                                                        \
  bad = good;                                                                                      \
  __VA_ARGS__;                                                                                     \
  g_assert_cmpint (pingem_target_check (&bad), ==, error)

  REFUSED (0, );
  REFUSED (0, bad.size = 65507, bad.ttl = 255, bad.dscp = 63, bad.interval_ms = G_MAXUINT32);
  REFUSED (0, bad.flags = PINGEM_TARGET_HOP | PINGEM_TARGET_ALIGNED, bad.ttl = 1);
  REFUSED (0, bad.interval_ms = 0);
  REFUSED (0, bad.interval_ms = 0, bad.flags = PINGEM_TARGET_ALIGNED);
  REFUSED (-ERANGE, bad.interval_ms = 0, bad.flags = PINGEM_TARGET_HOP, bad.ttl = 1);
  REFUSED (-ERANGE, bad.timeout_ms = 0);
  REFUSED (-ERANGE, bad.size = 15);
  REFUSED (-ERANGE, bad.size = 65508);
  REFUSED (-ERANGE, bad.ttl = 256);
  REFUSED (-ERANGE, bad.dscp = 64);
  REFUSED (-ERANGE, bad.flags = 8);
  REFUSED (0, bad.flags = PINGEM_TARGET_WHOLE, bad.source = good.address, bad.ifindex = 1);
  REFUSED (-EADDRNOTAVAIL, bad.source.family = AF_INET6);
  REFUSED (-ERANGE, bad.flags = PINGEM_TARGET_HOP);
  REFUSED (-ERANGE, bad.flags = PINGEM_TARGET_HOP, bad.ttl = 1, bad.interval_ms = 999);
  REFUSED (-EADDRNOTAVAIL, bad.address.bytes[0] = 224);
  REFUSED (-EADDRNOTAVAIL, bad.address.family = 0);
#undef REFUSED
}

#define ADD(path, function)                                                                        \
  g_test_add ("/engine/grid/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("grid", test_grid);
  ADD ("missed", test_missed);
  ADD ("caught-up", test_caught_up);
  ADD ("order", test_order);
  ADD ("aligned", test_aligned);
  ADD ("change", test_change);
  ADD ("change-before-start", test_change_before_start);
  ADD ("check", test_check);

  return g_test_run ();
}
