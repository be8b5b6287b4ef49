/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <signal.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine-fixture.h"

/*
 * This namespace is 10.9.0.1, its router 10.9.0.2 is another one, $1. The
 * router knows no way to 198.51.100.0/24, would forward 203.0.113.0/24, and knows a narrow way
 * to 192.0.2.0/24.
 */
static const char *script =
    "set -e\n"
    "ip link add near0 type veth peer name far0 netns $1\n"
    "ip addr add 10.9.0.1/24 dev near0; ip addr add fd00:9::1/64 dev near0 nodad\n"
    "ip link set near0 up\n"
    "nsenter -t $1 -n sh -e <<'END'\n"
    "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding\n"
    "echo 0 >/proc/sys/net/ipv4/icmp_ratemask; echo 0 >/proc/sys/net/ipv6/icmp/ratelimit\n"
    "ip addr add 10.9.0.2/24 dev far0; ip addr add fd00:9::2/64 dev far0 nodad\n"
    "ip link set far0 up\n"
    "ip route add unreachable 198.51.100.0/24; ip route add 203.0.113.0/24 via 10.9.0.1\n"
    "ip link add narrow0 mtu 1280 type veth peer name narrow1; ip link set narrow0 up\n"
    "ip link set narrow1 up\n"
    "ip route add 192.0.2.0/24 dev narrow0; ip route add 2001:db8:3::/48 dev narrow0\n"
    "ip route add unreachable 2001:db8:1::/48; ip route add 2001:db8:2::/48 via fd00:9::1\n"
    "END\n"
    "ip route add default via 10.9.0.2; ip route add default via fd00:9::2\n";

/* Returns the process that holds the router's namespace; it dies with us. */
static pid_t
start_router (void)
{
  g_autofree char *pid_text = NULL;
  g_autoptr (GError) error = NULL;
  int pipe_fds[2], status;
  char byte;
  pid_t pid;

  g_assert_cmpint (pipe (pipe_fds), ==, 0);
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      if (unshare (CLONE_NEWNET) < 0 || write (pipe_fds[1], "", 1) != 1)
        _exit (1);
      for (;;)
        pause ();
    }

  close (pipe_fds[1]);
  g_assert_cmpint (read (pipe_fds[0], &byte, 1), ==, 1);
  close (pipe_fds[0]);

  pid_text = g_strdup_printf ("%d", pid);
  {
    const char *argv[] = { "sh", "-c", script, "sh", pid_text, NULL };

    g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
                  &error);
  }
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);

  return pid;
}

static void
assert_from (const PingemRecord *record, const char *expected)
{
  char text[PINGEM_ADDRESS_STRLEN];

  g_assert_cmpstr (pingem_address_format (&record->from, text), ==, expected);
}

static void
test_hop (EngineFixture *f, gconstpointer kind)
{
  static const struct {
    const char *address;
    const char *from;
    guint icmp_type;
  } rows[] = { { "203.0.113.9", "10.9.0.2", 11 }, { "2001:db8:2::9", "fd00:9::2", 3 } };

  if (engine_fixture_skip ())
    return;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemTargetSpec spec = engine_fixture_make_spec (i, rows[i].address);
      const PingemRecord *record;

      spec.flags = PINGEM_TARGET_HOP;
      spec.ttl = 1;
      engine_fixture_add (f, &spec);
      engine_fixture_run_until (f, 2 * i + 2);

      record = engine_fixture_last (f, i);
      g_assert_cmpint (record->state, ==, PINGEM_STATE_REPLY);
      g_assert_cmpint (record->flags & PINGEM_RECORD_UNAUTHENTICATED, !=, 0);
      g_assert_cmpint (record->icmp_type, ==, rows[i].icmp_type);
      g_assert_cmpint (record->icmp_code, ==, 0);
      g_assert_cmpint (record->rtt_ns, >=, 0);
      assert_from (record, rows[i].from);
    }
}

/* The path is shorter than its TTL: the target itself answers. */
static void
test_hop_reaches_target (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (1, "10.9.0.2");

  if (engine_fixture_skip ())
    return;

  spec.flags = PINGEM_TARGET_HOP;
  spec.ttl = 5;
  engine_fixture_add (f, &spec);
  engine_fixture_run_until (f, 2);
  g_assert_cmpint (engine_fixture_last (f, 1)->state, ==, PINGEM_STATE_REPLY);
  g_assert_cmpint (engine_fixture_last (f, 1)->flags, ==,
                   PINGEM_RECORD_KERNEL_STAMP | PINGEM_RECORD_TRANSMIT_STAMP);
  assert_from (engine_fixture_last (f, 1), "");
}

static void
test_error (EngineFixture *f, gconstpointer kind)
{
  static const struct {
    const char *address;
    const char *from;
    guint icmp_type;
    guint icmp_code;
    guint32 flags;
    guint32 ttl;
  } rows[] = {
    { "198.51.100.1", "10.9.0.2", 3, 1, 0, 0 },
    { "198.51.100.1", "10.9.0.2", 3, 1, PINGEM_TARGET_HOP, 9 },
    { "203.0.113.9", "10.9.0.2", 11, 0, 0, 1 }, /* no hop target: a loop, say */
    { "2001:db8:1::1", "fd00:9::2", 1, 0, 0, 0 },
  };

  if (engine_fixture_skip ())
    return;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemTargetSpec spec = engine_fixture_make_spec (i, rows[i].address);
      const PingemRecord *record;

      spec.flags = rows[i].flags;
      spec.ttl = rows[i].ttl;
      engine_fixture_add (f, &spec);
      engine_fixture_run_until (f, 2 * i + 2);

      record = engine_fixture_last (f, i);
      g_assert_cmpint (record->state, ==, PINGEM_STATE_ERROR);
      g_assert_cmpint (record->flags, ==,
                       PINGEM_RECORD_UNAUTHENTICATED | PINGEM_RECORD_TRANSMIT_STAMP);
      g_assert_cmpint (record->icmp_type, ==, rows[i].icmp_type);
      g_assert_cmpint (record->icmp_code, ==, rows[i].icmp_code);
      g_assert_cmpint (record->rtt_ns, ==, -1);
      assert_from (record, rows[i].from);
    }
}

/* The error of one probe surfaces at the send of the next: nothing may count as unsent. */
static void
test_foreign_send_error (EngineFixture *f, gconstpointer kind)
{
  const guint n_targets = 60;

  if (engine_fixture_skip ())
    return;

  for (guint i = 0; i < n_targets; i++)
    {
      PingemTargetSpec spec = engine_fixture_make_spec (i, i % 2 == 0 ? "203.0.113.9" : "10.9.0.2");

      spec.ttl = i % 2 == 0 ? 1 : 0;
      engine_fixture_add (f, &spec);
    }
  engine_fixture_run_until (f, 2 * n_targets);

  for (guint i = 0; i < n_targets; i++)
    g_assert_cmpint (engine_fixture_last (f, i)->state, ==,
                     i % 2 == 0 ? PINGEM_STATE_ERROR : PINGEM_STATE_REPLY);
}

/* Else they would fill the receive buffer, and replies would count as lost. */
static void
test_error_wakes_batch (EngineFixture *f, gconstpointer kind)
{
  const guint n_targets = 10;
  PingemTargetSpec spec = engine_fixture_make_spec (0, "203.0.113.9");

  if (engine_fixture_skip ())
    return;

  /* Of the second round so many are due that none is stamped: then nothing is read after the send.
   */
  spec.ttl = 1;
  spec.count = 2;
  pingem_engine_set_batch (f->engine, TRUE);
  for (; spec.id < n_targets; spec.id++)
    engine_fixture_add (f, &spec);
  engine_fixture_run_until (f, 2 * n_targets);

  engine_fixture_jump (f, 1000);
  pingem_engine_run (f->engine);
  g_assert_cmpuint (f->records->len, <, 4 * n_targets);
  engine_fixture_wait_readable (f);
  pingem_engine_run (f->engine);
  g_assert_cmpuint (f->records->len, ==, 4 * n_targets);
}

static void
test_fragments (EngineFixture *f, gconstpointer kind)
{
  static const char *addresses[] = { "10.9.0.2", "fd00:9::2" };

  if (engine_fixture_skip ())
    return;

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      PingemTargetSpec spec = engine_fixture_make_spec (i, addresses[i]);

      spec.size = 20000;
      engine_fixture_add (f, &spec);
      engine_fixture_run_until (f, 2 * i + 2);
      g_assert_cmpint (engine_fixture_last (f, i)->state, ==, PINGEM_STATE_REPLY);
    }
}

static void
test_broadcast (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (1, "10.9.0.255");

  if (engine_fixture_skip ())
    return;

  engine_fixture_add (f, &spec);
  engine_fixture_run_until (f, 1);
  g_assert_cmpint (engine_fixture_last (f, 1)->state, ==, PINGEM_STATE_UNSENT);
  g_assert_cmpint (engine_fixture_last (f, 1)->error, ==, EACCES);
}

/* What may not be cut is told by the router, whatever else was sent meanwhile. */
static void
test_too_big (EngineFixture *f, gconstpointer kind)
{
  static const char *addresses[] = { "192.0.2.9", "2001:db8:3::9" };

  if (engine_fixture_skip ())
    return;

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      PingemTargetSpec whole = engine_fixture_make_spec (2 * i, addresses[i]);
      PingemTargetSpec other = engine_fixture_make_spec (2 * i + 1, addresses[i]);

      whole.flags = PINGEM_TARGET_WHOLE;
      whole.size = 1400;
      engine_fixture_add (f, &whole);
      engine_fixture_add (f, &other);
      engine_fixture_run_until (f, 3 * i + 3);
      g_assert_cmpint (engine_fixture_last (f, 2 * i)->state, ==, PINGEM_STATE_ERROR);
      g_assert_cmpint (engine_fixture_last (f, 2 * i)->icmp_type, ==, i == 0 ? 3 : 2);
      g_assert_cmpint (engine_fixture_last (f, 2 * i)->icmp_code, ==, i == 0 ? 4 : 0);
    }
}

int
main (int argc, char *argv[])
{
  pid_t router;
  int r;

  g_test_init (&argc, &argv, NULL);
  router = engine_fixture_enter_namespace () ? start_router () : 0;

  ENGINE_TEST ("hop", test_hop);
  ENGINE_TEST ("hop-reaches-target", test_hop_reaches_target);
  ENGINE_TEST ("error", test_error);
  ENGINE_TEST ("foreign-send-error", test_foreign_send_error);
  ENGINE_TEST ("error-wakes-batch", test_error_wakes_batch);
  ENGINE_TEST ("fragments", test_fragments);
  ENGINE_TEST ("too-big", test_too_big);
  ENGINE_TEST ("broadcast", test_broadcast);
  r = g_test_run ();

  if (router > 0)
    {
      kill (router, SIGKILL);
      waitpid (router, NULL, 0);
    }

  return r;
}
