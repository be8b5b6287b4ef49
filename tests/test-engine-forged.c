/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include "engine-fixture.h"
#include "engine/packet.h"

#define MS G_GINT64_CONSTANT (1000000)
#define IPV4_HEADER_SIZE 20

static const PingemRecord *
record_at (EngineFixture *f, guint i)
{
  return &g_array_index (f->records, PingemRecord, i);
}

/* Sees what goes over loopback, and forges. */
static int
open_forger (const char *source)
{
  struct sockaddr_storage sa;
  PingemAddress address;
  socklen_t size;
  int fd = socket (AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);

  g_assert_true (pingem_address_parse (source, &address));
  size = pingem_address_to_sockaddr (&address, &sa);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &sa, size), ==, 0);

  return fd;
}

/* The next message of ICMP type @type, with its IP header; returns its length. */
static gsize
capture (int fd, guint8 type, guint8 *packet, gsize size)
{
  for (;;)
    {
      struct pollfd p = { .fd = fd, .events = POLLIN };
      gssize n;

      g_assert_cmpint (poll (&p, 1, 20000), ==, 1);
      n = recv (fd, packet, size, 0);
      g_assert_cmpint (n, >=, IPV4_HEADER_SIZE + PINGEM_ICMP_HEADER_SIZE);
      if (packet[IPV4_HEADER_SIZE] == type)
        return n;
    }
}

static void
forge (int fd, const guint8 *icmp, gsize n)
{
  struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };

  g_assert_cmpint (sendto (fd, icmp, n, 0, (struct sockaddr *) &sa, sizeof sa), ==, n);
}

/* Sends as it is, but as an echo reply with the right checksum. */
static void
forge_reply (int fd, guint8 *icmp, gsize n)
{
  guint16 sum;

  icmp[0] = icmp[2] = icmp[3] = 0;
  sum = pingem_packet_checksum (icmp, n);
  icmp[2] = sum >> 8;
  icmp[3] = sum;
  forge (fd, icmp, n);
}

static void
test_late (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (1, "127.0.0.1");
  guint8 packet[128];
  gsize n;
  int fd;

  if (engine_fixture_skip ())
    return;

  fd = open_forger ("127.0.0.1");
  engine_fixture_ignore_echo (TRUE);
  engine_fixture_add (f, &spec);
  engine_fixture_run_until (f, 1);
  n = capture (fd, 8, packet, sizeof packet);
  engine_fixture_ignore_echo (FALSE);

  engine_fixture_jump (f, 12000);
  engine_fixture_run_until (f, 2);
  forge_reply (fd, packet + IPV4_HEADER_SIZE, n - IPV4_HEADER_SIZE);
  engine_fixture_run_until (f, 3);
  close (fd);

  g_assert_cmpint (record_at (f, 1)->state, ==, PINGEM_STATE_LOST);
  g_assert_cmpint (record_at (f, 2)->state, ==, PINGEM_STATE_LATE);
  g_assert_cmpint (record_at (f, 2)->rtt_ns, >=, 12000 * MS);
  g_assert_cmpint (record_at (f, 2)->seq, ==, 0);
}

/* Forged replies do nothing; a copy of the true one is a duplicate. */
static void
test_forged (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (1, "127.0.0.1");
  guint8 packet[128];
  guint8 *icmp = packet + IPV4_HEADER_SIZE;
  gsize n;
  int fd, stranger;

  if (engine_fixture_skip ())
    return;

  fd = open_forger ("127.0.0.1");
  stranger = open_forger ("127.0.0.2");
  engine_fixture_ignore_echo (TRUE);
  engine_fixture_add (f, &spec);
  engine_fixture_run_until (f, 1);
  n = capture (fd, 8, packet, sizeof packet) - IPV4_HEADER_SIZE;
  engine_fixture_ignore_echo (FALSE);

  forge_reply (stranger, icmp, n);
  forge_reply (fd, icmp, n - 1);
  for (guint at = 4; at < n; at++)
    {
      icmp[at] ^= 0x10;
      forge_reply (fd, icmp, n);
      icmp[at] ^= 0x10;
    }
  icmp[2] ^= 1;
  forge (fd, icmp, n);

  /* All of them were there before this one: in one socket order is kept. */
  forge_reply (fd, icmp, n);
  engine_fixture_run_until (f, 2);
  g_assert_cmpint (record_at (f, 1)->state, ==, PINGEM_STATE_REPLY);
  g_assert_cmpint (record_at (f, 1)->duplicates, ==, 0);

  forge_reply (fd, icmp, n);
  forge_reply (fd, icmp, n);
  engine_fixture_run_until (f, 4);
  g_assert_cmpint (record_at (f, 3)->state, ==, PINGEM_STATE_REPLY);
  g_assert_cmpint (record_at (f, 3)->duplicates, ==, 2);
  g_assert_cmpint (record_at (f, 3)->rtt_ns, ==, record_at (f, 1)->rtt_ns);
  close (stranger);
  close (fd);
}

static void
test_ttl_dscp (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (1, "127.0.0.1");
  guint8 packet[128];
  int fd;

  if (engine_fixture_skip ())
    return;

  fd = open_forger ("127.0.0.1");
  spec.ttl = 9;
  spec.dscp = 46;
  engine_fixture_add (f, &spec);
  engine_fixture_run_until (f, 1);

  g_assert_cmpuint (capture (fd, 8, packet, sizeof packet), ==,
                    IPV4_HEADER_SIZE + PINGEM_ICMP_HEADER_SIZE + PINGEM_DEFAULT_SIZE);
  g_assert_cmpuint (packet[8], ==, 9);
  g_assert_cmpuint (packet[1], ==, 46 << 2);
  close (fd);
}

/* More than were to come may fill the buffer: so in a batch the next ones do not wait in it. */
static void
test_flood_in_batch (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = engine_fixture_make_spec (1, "127.0.0.1");
  guint8 packet[128];
  gsize n;
  int fd;

  if (engine_fixture_skip ())
    return;

  fd = open_forger ("127.0.0.1");
  pingem_engine_set_batch (f->engine, TRUE);
  engine_fixture_add (f, &spec);
  engine_fixture_run_until (f, 2);
  n = capture (fd, 8, packet, sizeof packet) - IPV4_HEADER_SIZE;

  for (guint i = 0; i < 40; i++)
    forge_reply (fd, packet + IPV4_HEADER_SIZE, n);
  pingem_engine_run (f->engine);
  spec.id = 2;
  engine_fixture_add (f, &spec);
  pingem_engine_run (f->engine);
  engine_fixture_wait_readable (f);
  close (fd);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  engine_fixture_enter_namespace ();

  ENGINE_TEST ("late", test_late);
  ENGINE_TEST ("forged", test_forged);
  ENGINE_TEST ("ttl-dscp", test_ttl_dscp);
  ENGINE_TEST ("forged/flood-in-batch", test_flood_in_batch);

  return g_test_run ();
}
