/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <poll.h>

#include "engine-fixture.h"

#define MS G_GINT64_CONSTANT (1000000)
#define BOTH_STAMPS (PINGEM_RECORD_KERNEL_STAMP | PINGEM_RECORD_TRANSMIT_STAMP)

static const PingemRecord *
record_at (EngineFixture *f, guint i)
{
  return &g_array_index (f->records, PingemRecord, i);
}

static void
test_replies (EngineFixture *f, gconstpointer kind)
{
  static const char *addresses[] = { "127.0.0.1", "::1" };

  if (engine_fixture_skip ())
    return;

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      PingemTargetSpec spec = engine_fixture_make_spec (7, addresses[i]);

      spec.count = 3;
      g_array_set_size (f->records, 0);
      engine_fixture_add (f, &spec);
      g_assert_cmpint (pingem_engine_add (f->engine, &spec), ==, -EEXIST);
      for (guint k = 0; k < 3; k++)
        {
          engine_fixture_run_until (f, 2 * k + 2);
          engine_fixture_jump (f, 1000);
        }

      for (guint k = 0; k < 6; k++)
        {
          const PingemRecord *record = record_at (f, k);
          gboolean is_reply = k % 2 == 1;

          g_assert_cmpint (record->target, ==, 7);
          g_assert_cmpint (record->seq, ==, k / 2);
          g_assert_cmpint (record->due_ns, ==, record_at (f, 0)->due_ns + k / 2 * 1000 * MS);
          g_assert_cmpint (record->state, ==,
                           is_reply ? PINGEM_STATE_REPLY : PINGEM_STATE_IN_FLIGHT);
          g_assert_cmpint (record->ttl, ==, is_reply ? 64 : 0);
          g_assert_cmpint (record->rtt_ns, >=, is_reply ? 0 : -1);
          g_assert_cmpint (record->flags, ==, is_reply ? BOTH_STAMPS : 0);
          g_assert_cmpint (record->error, ==, 0);
        }
      g_assert_cmpint (pingem_engine_remove (f->engine, 7), ==, 0);
      g_assert_cmpint (pingem_engine_remove (f->engine, 7), ==, -ENOENT);
    }

  g_assert_cmpuint (pingem_engine_overflows (f->engine), ==, 0);
}

static void
test_no_route (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (1, "192.0.2.1");
  PingemTargetSpec spec6 = engine_fixture_make_spec (2, "2001:db8::1");

  if (engine_fixture_skip ())
    return;

  engine_fixture_add (f, &spec);
  engine_fixture_add (f, &spec6);
  engine_fixture_run_until (f, 2);

  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (record_at (f, i)->state, ==, PINGEM_STATE_UNSENT);
      g_assert_cmpint (record_at (f, i)->error, ==, ENETUNREACH);
      g_assert_cmpint (record_at (f, i)->flags, ==, PINGEM_RECORD_FINAL);
      g_assert_cmpint (record_at (f, i)->sent_ns, >, 0);
    }
}

static void
test_silence (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (1, "127.0.0.1");

  if (engine_fixture_skip ())
    return;

  engine_fixture_ignore_echo (TRUE);
  engine_fixture_add (f, &spec);
  engine_fixture_run_until (f, 1);
  engine_fixture_ignore_echo (FALSE);

  engine_fixture_jump (f, spec.timeout_ms);
  engine_fixture_run_until (f, 2);
  engine_fixture_jump (f, spec.hold_ms);
  engine_fixture_run_until (f, 3);

  g_assert_cmpint (record_at (f, 1)->state, ==, PINGEM_STATE_LOST);
  g_assert_cmpint (record_at (f, 1)->flags, ==,
                   PINGEM_RECORD_TRANSMIT_STAMP | PINGEM_RECORD_TIMED_OUT);
  g_assert_cmpint (record_at (f, 1)->rtt_ns, ==, -1);
  g_assert_cmpint (record_at (f, 2)->state, ==, PINGEM_STATE_LOST);
  g_assert_cmpint (record_at (f, 2)->flags, ==,
                   PINGEM_RECORD_FINAL | PINGEM_RECORD_TRANSMIT_STAMP | PINGEM_RECORD_TIMED_OUT);
  g_assert_cmpint (pingem_engine_deadline (f->engine), ==, INT64_MAX);
}

static void
test_sizes (EngineFixture *f, gconstpointer kind)
{
  static const guint32 sizes[] = { PINGEM_MIN_SIZE, 17, 1473, 60000, PINGEM_MAX_SIZE };

  if (engine_fixture_skip ())
    return;

  for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++)
    {
      PingemTargetSpec spec = engine_fixture_make_spec (i, i % 2 == 0 ? "127.0.0.1" : "::1");

      spec.size = sizes[i / 2];
      engine_fixture_add (f, &spec);
      engine_fixture_run_until (f, 2 * i + 2);
      g_assert_cmpint (engine_fixture_last (f, i)->state, ==, PINGEM_STATE_REPLY);
    }
}

static void
test_outstanding (EngineFixture *f, gconstpointer kind)
{
  const guint n_targets = 200, n_max = 128;

  if (engine_fixture_skip ())
    return;

  engine_fixture_ignore_echo (TRUE);
  for (guint i = 0; i < n_targets; i++)
    {
      PingemTargetSpec spec = engine_fixture_make_spec (i, "127.0.0.1");

      spec.hold_ms = 0;
      engine_fixture_add (f, &spec);
    }
  engine_fixture_run_until (f, n_targets);
  engine_fixture_ignore_echo (FALSE);

  for (guint i = 0; i < n_targets; i++)
    {
      const PingemRecord *record = record_at (f, i);

      g_assert_cmpint (record->state, ==, i < n_max ? PINGEM_STATE_IN_FLIGHT : PINGEM_STATE_UNSENT);
      g_assert_cmpint (record->error, ==, i < n_max ? 0 : EAGAIN);
      g_assert_cmpint (record->flags, ==, i < n_max ? 0 : PINGEM_RECORD_FINAL);
    }

  engine_fixture_jump (f, 10000);
  engine_fixture_run_until (f, n_targets + n_max);
  for (guint i = 0; i < n_max; i++)
    g_assert_cmpint (record_at (f, n_targets + i)->state, ==, PINGEM_STATE_LOST);
}

/* Ten seconds nobody called: one probe, and a jump of the sequence. */
static void
test_stall (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (1, "127.0.0.1");

  if (engine_fixture_skip ())
    return;

  spec.count = 11;
  spec.timeout_ms = 60000;
  engine_fixture_add (f, &spec);
  engine_fixture_run_until (f, 2);
  engine_fixture_jump (f, 10000);
  engine_fixture_run_until (f, 4);

  g_assert_cmpint (record_at (f, 1)->state, ==, PINGEM_STATE_REPLY);
  g_assert_cmpint (record_at (f, 2)->state, ==, PINGEM_STATE_IN_FLIGHT);
  g_assert_cmpint (record_at (f, 2)->seq, ==, 10);
  g_assert_cmpint (record_at (f, 2)->due_ns, ==, record_at (f, 0)->due_ns + 10000 * MS);
  g_assert_cmpint (record_at (f, 3)->state, ==, PINGEM_STATE_REPLY);
}

/* A reply lies in the socket past its timeout: the stamp tells when it came. */
static void
test_read_late (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (0, "127.0.0.1");

  if (engine_fixture_skip ())
    return;

  engine_fixture_add (f, &spec);
  engine_fixture_run_until (f, 1);
  engine_fixture_wait_readable (f);
  engine_fixture_jump (f, 15000);
  f->real_offset_ns += 15000 * MS;
  engine_fixture_run_until (f, 2);
  g_assert_cmpint (engine_fixture_last (f, 0)->state, ==, PINGEM_STATE_REPLY);
  g_assert_cmpint (engine_fixture_last (f, 0)->rtt_ns, <, 15000 * MS);
}

static gboolean
is_readable (EngineFixture *f)
{
  struct pollfd fd = { .fd = pingem_engine_fd (f->engine), .events = POLLIN };

  return poll (&fd, 1, 0) == 1;
}

/* Replies wait, unless so many are to come that the receive buffer might not hold them. */
static void
test_batch (EngineFixture *f, gconstpointer kind)
{
  const guint n_many = 25; /* of the largest: more than half the buffer of 8 MiB */
  PingemTargetSpec spec = engine_fixture_make_spec (0, "127.0.0.1");

  if (engine_fixture_skip ())
    return;

  /* Until the kernel is known to stamp them, an unread reply would seem to come late. */
  pingem_engine_set_batch (f->engine, TRUE);
  engine_fixture_add (f, &spec);
  pingem_engine_run (f->engine);
  engine_fixture_wait_readable (f);
  engine_fixture_run_until (f, 2);

  spec.id = n_many + 1;
  engine_fixture_add (f, &spec);
  pingem_engine_run (f->engine);
  g_assert_false (is_readable (f));

  engine_fixture_ignore_echo (TRUE);
  spec.size = PINGEM_MAX_SIZE;
  for (spec.id = 1; spec.id <= n_many; spec.id++)
    engine_fixture_add (f, &spec);
  pingem_engine_run (f->engine);
  engine_fixture_ignore_echo (FALSE);
  g_assert_false (is_readable (f));

  spec.id = n_many + 2;
  spec.size = PINGEM_DEFAULT_SIZE;
  engine_fixture_add (f, &spec);
  pingem_engine_run (f->engine);
  engine_fixture_wait_readable (f);
}

static void
run_twice (EngineFixture *f)
{
  for (guint i = 0; i < 2; i++)
    {
      engine_fixture_jump (f, 2);
      pingem_engine_run (f->engine);
    }
}

/* Above 1,000 probes a second, replies wait for the next millisecond as long as some come. */
static void
test_ticks (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (0, "127.0.0.1");

  if (engine_fixture_skip ())
    return;

  spec.interval_ms = 1;
  spec.count = 0;
  for (spec.id = 0; spec.id < 2; spec.id++)
    engine_fixture_add (f, &spec);
  engine_fixture_run_until (f, 20);

  run_twice (f);
  g_assert_false (is_readable (f));
  g_assert_cmpint (pingem_engine_deadline (f->engine), <=,
                   pingem_clock_kernel (NULL).boot_ns + f->offset_ns + 1000000);

  engine_fixture_ignore_echo (TRUE);
  run_twice (f);
  engine_fixture_ignore_echo (FALSE);
  g_assert_false (is_readable (f));
  engine_fixture_jump (f, 2);
  pingem_engine_run (f->engine);
  engine_fixture_wait_readable (f);
}

static void
test_remove (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec gone = engine_fixture_make_spec (1, "127.0.0.1");
  PingemTargetSpec other = engine_fixture_make_spec (2, "127.0.0.1");

  if (engine_fixture_skip ())
    return;

  engine_fixture_add (f, &gone);
  engine_fixture_run_until (f, 1);
  g_assert_cmpint (pingem_engine_remove (f->engine, 1), ==, 0);
  engine_fixture_add (f, &other);
  engine_fixture_run_until (f, 3);

  g_assert_cmpint (record_at (f, 1)->target, ==, 2);
  g_assert_cmpint (record_at (f, 2)->target, ==, 2);
  g_assert_cmpint (record_at (f, 2)->state, ==, PINGEM_STATE_REPLY);
}

static void
test_refused (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (1, "224.0.0.1");

  if (engine_fixture_skip ())
    return;

  g_assert_cmpint (pingem_engine_add (f->engine, &spec), ==, -EADDRNOTAVAIL);
  spec = engine_fixture_make_spec (1, "127.0.0.1");
  g_assert_cmpint (pingem_engine_change (f->engine, &spec), ==, -ENOENT);
  spec.timeout_ms = 0;
  g_assert_cmpint (pingem_engine_add (f->engine, &spec), ==, -ERANGE);
  g_assert_cmpint (pingem_engine_deadline (f->engine), ==, INT64_MAX);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  engine_fixture_enter_namespace ();

  ENGINE_TEST ("replies", test_replies);
  ENGINE_TEST ("no-route", test_no_route);
  ENGINE_TEST ("silence", test_silence);
  ENGINE_TEST ("sizes", test_sizes);
  ENGINE_TEST ("outstanding", test_outstanding);
  ENGINE_TEST ("stall", test_stall);
  ENGINE_TEST ("read-late", test_read_late);
  ENGINE_TEST ("batch", test_batch);
  ENGINE_TEST ("ticks", test_ticks);
  ENGINE_TEST ("remove", test_remove);
  ENGINE_TEST ("refused", test_refused);

  return g_test_run ();
}
