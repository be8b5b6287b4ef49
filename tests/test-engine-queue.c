/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "engine-fixture.h"

/* As many as the device's queue holds. Nobody answers there. */
#define QUEUE_SIZE 4
#define N_TARGETS 10

/* Without a queueing discipline (it has none where it comes up without a queue) nothing waits
 * elsewhere. */
static const char *script = "set -e\n"
                            "ip link set full0 txqueuelen 0\n"
                            "echo 1 >/proc/sys/net/ipv6/conf/full0/disable_ipv6\n"
                            "ip address add 10.77.0.1/24 dev full0\n"
                            "ip link set full0 up\n"
                            "ip link set full0 txqueuelen 4\n";

static int tun_fd = -1;

/* A device whose packets wait until somebody reads them here. */
static void
make_device (void)
{
  struct ifreq request = { .ifr_name = "full0", .ifr_flags = IFF_TUN | IFF_NO_PI };
  const char *argv[] = { "sh", "-c", script, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  tun_fd = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (tun_fd < 0 || ioctl (tun_fd, TUNSETIFF, &request) < 0)
    return;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static guint
empty_queue (void)
{
  guint8 packet[2048];
  guint n = 0;

  while (read (tun_fd, packet, sizeof packet) > 0)
    n++;

  return n;
}

static gboolean
skip (void)
{
  if (engine_fixture_skip ())
    return TRUE;
  if (tun_fd < 0)
    g_test_skip ("no TUN device");

  return tun_fd < 0;
}

static void
fill_queue (EngineFixture *f)
{
  empty_queue ();

  for (guint i = 0; i < N_TARGETS; i++)
    {
      g_autofree char *address = g_strdup_printf ("10.77.0.%u", i + 2);
      PingemTargetSpec spec = engine_fixture_make_spec (i, address);

      engine_fixture_add (f, &spec);
    }

  engine_fixture_run_until (f, QUEUE_SIZE);
  g_assert_cmpuint (f->records->len, ==, QUEUE_SIZE);
}

static guint
count (EngineFixture *f, PingemState state)
{
  guint n = 0;

  for (guint i = 0; i < f->records->len; i++)
    n += g_array_index (f->records, PingemRecord, i).state == state;

  return n;
}

/* Each millisecond there is another try: what finds room is sent, in turn. */
static void
test_full_for_a_moment (EngineFixture *f, gconstpointer kind)
{
  if (skip ())
    return;

  fill_queue (f);
  for (guint n = QUEUE_SIZE; n < N_TARGETS; n += QUEUE_SIZE)
    {
      g_assert_cmpint (pingem_engine_deadline (f->engine), <=,
                       pingem_clock_kernel (NULL).boot_ns + 1000000);
      g_assert_cmpuint (empty_queue (), ==, QUEUE_SIZE);
      engine_fixture_run_until (f, MIN (n + QUEUE_SIZE, N_TARGETS));
    }

  g_assert_cmpuint (f->records->len, ==, N_TARGETS);
  g_assert_cmpuint (count (f, PINGEM_STATE_IN_FLIGHT), ==, N_TARGETS);
  for (guint i = 0; i < N_TARGETS; i++)
    g_assert_cmpuint (g_array_index (f->records, PingemRecord, i).target, ==, i);
}

/* When the next slot is due, it was not sent: that is no loss. */
static void
test_full_for_long (EngineFixture *f, gconstpointer kind)
{
  if (skip ())
    return;

  fill_queue (f);
  engine_fixture_jump (f, 900);
  pingem_engine_run (f->engine);
  g_assert_cmpuint (f->records->len, ==, QUEUE_SIZE);
  engine_fixture_jump (f, 100);
  engine_fixture_run_until (f, N_TARGETS);

  g_assert_cmpuint (count (f, PINGEM_STATE_UNSENT), ==, N_TARGETS - QUEUE_SIZE);
  for (guint i = QUEUE_SIZE; i < N_TARGETS; i++)
    g_assert_cmpint (g_array_index (f->records, PingemRecord, i).error, ==, ENOBUFS);
  g_assert_cmpuint (empty_queue (), ==, QUEUE_SIZE);
}

/* A removed target is not tried again; a changed one goes on with its slot. */
static void
test_removed_while_full (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (N_TARGETS - 1, "10.77.0.99");

  if (skip ())
    return;

  fill_queue (f);
  for (guint i = QUEUE_SIZE; i < N_TARGETS - 1; i++)
    g_assert_cmpint (pingem_engine_remove (f->engine, i), ==, 0);
  spec.count = 1;
  g_assert_cmpint (pingem_engine_change (f->engine, &spec), ==, 0);
  empty_queue ();
  engine_fixture_run_until (f, QUEUE_SIZE + 1);

  g_assert_cmpuint (engine_fixture_last (f, N_TARGETS - 1)->state, ==, PINGEM_STATE_IN_FLIGHT);
  g_assert_cmpuint (empty_queue (), ==, 1);
  engine_fixture_jump (f, 5000);
  pingem_engine_run (f->engine);
  g_assert_cmpuint (f->records->len, ==, QUEUE_SIZE + 1);
}

/* More than it remembers for another try: the others wait on their grid, and none is forgotten. */
static void
test_very_many (EngineFixture *f, gconstpointer kind)
{
  const guint n_targets = 600;

  if (skip ())
    return;

  empty_queue ();
  for (guint i = 0; i < n_targets; i++)
    {
      g_autofree char *address = g_strdup_printf ("10.77.0.%u", i % 250 + 2);
      PingemTargetSpec spec = engine_fixture_make_spec (i, address);

      engine_fixture_add (f, &spec);
    }

  for (guint n = QUEUE_SIZE; n <= n_targets; n += QUEUE_SIZE)
    {
      engine_fixture_run_until (f, n);
      g_assert_cmpuint (empty_queue (), ==, QUEUE_SIZE);
    }

  g_assert_cmpuint (count (f, PINGEM_STATE_IN_FLIGHT), ==, n_targets);
}

/* A slot that waits for room is told before any later one of its target, or it would seem to be
 * gone. */
static void
test_in_order (EngineFixture *f, gconstpointer kind)
{
  const guint n_slots = 40;

  if (skip ())
    return;

  for (guint interval_ms = 0; interval_ms < 2; interval_ms++)
    {
      PingemTargetSpec spec = engine_fixture_make_spec (interval_ms, "10.77.0.9");
      guint64 next_seq = 0;

      empty_queue ();
      g_array_set_size (f->records, 0);
      spec.interval_ms = interval_ms;
      spec.count = n_slots;
      engine_fixture_add (f, &spec);
      while (f->records->len < n_slots)
        {
          engine_fixture_run_until (f, MIN (f->records->len + QUEUE_SIZE, n_slots));
          empty_queue ();
        }

      for (guint i = 0; i < n_slots; i++)
        g_assert_cmpuint (g_array_index (f->records, PingemRecord, i).seq, ==, next_seq++);
    }
}

/* Another try is not put off to the tick of a batch, and none is made when it is too late. */
static void
test_retry_in_time (EngineFixture *f, gconstpointer kind)
{
  if (skip ())
    return;

  pingem_engine_set_batch (f->engine, TRUE);
  fill_queue (f);
  g_assert_true (pingem_engine_is_urgent (f->engine));
  empty_queue ();
  engine_fixture_jump (f, 1500);
  pingem_engine_run (f->engine);
  g_assert_cmpuint (f->records->len, ==, N_TARGETS);
  g_assert_cmpuint (count (f, PINGEM_STATE_UNSENT), ==, N_TARGETS - QUEUE_SIZE);
  g_assert_cmpuint (empty_queue (), ==, 0);
  g_assert_false (pingem_engine_is_urgent (f->engine));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (engine_fixture_enter_namespace ())
    make_device ();

  ENGINE_TEST ("queue/R18 full-for-a-moment", test_full_for_a_moment);
  ENGINE_TEST ("queue/R18 full-for-long", test_full_for_long);
  ENGINE_TEST ("queue/removed-while-full", test_removed_while_full);
  ENGINE_TEST ("queue/very-many", test_very_many);
  ENGINE_TEST ("queue/in-order", test_in_order);
  ENGINE_TEST ("queue/retry-in-time", test_retry_in_time);

  return g_test_run ();
}
