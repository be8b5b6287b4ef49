/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "engine-fixture.h"
#include "engine/filter.h"
#include "engine/packet.h"

#define IDENTIFIER 0xbeef
#define N_BYTES (PINGEM_ICMP_HEADER_SIZE + 16)

static void
send_icmp (int fd, gboolean is_ipv6, guint8 type, guint16 identifier, gsize n_bytes)
{
  struct sockaddr_storage sa;
  PingemAddress address;
  socklen_t size;
  guint8 icmp[64] = { type, 0, 0, 0, identifier >> 8, identifier & 0xff };

  g_assert_true (pingem_address_parse (is_ipv6 ? "::1" : "127.0.0.1", &address));
  size = pingem_address_to_sockaddr (&address, &sa);
  g_assert_cmpint (sendto (fd, icmp, n_bytes, 0, (struct sockaddr *) &sa, size), ==, n_bytes);
}

/* Over loopback what was sent is there at once. */
static gssize
receive (int fd)
{
  guint8 packet[256];
  gssize n = recv (fd, packet, sizeof packet, MSG_DONTWAIT);

  return n >= 0 ? n : -errno;
}

static void
test_filter (gconstpointer data)
{
  gboolean is_ipv6 = GPOINTER_TO_INT (data);
  guint8 reply = is_ipv6 ? 129 : 0;
  gssize n_header = is_ipv6 ? 0 : 20;
  struct sock_filter code = BPF_STMT (BPF_RET | BPF_K, G_MAXUINT32);
  struct sock_fprog program = { .len = 1, .filter = &code };
  int fd;

  if (engine_fixture_skip ())
    return;

  fd = socket (is_ipv6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC,
               is_ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
  send_icmp (fd, is_ipv6, reply, IDENTIFIER, N_BYTES);
  g_assert_cmpint (pingem_filter_attach (fd, is_ipv6, IDENTIFIER), ==, 0);
  /* It was queued before there was a filter. */
  g_assert_cmpint (receive (fd), ==, -EAGAIN);

  send_icmp (fd, is_ipv6, reply, IDENTIFIER, N_BYTES);
  g_assert_cmpint (receive (fd), ==, n_header + N_BYTES);
  send_icmp (fd, is_ipv6, reply, IDENTIFIER, N_BYTES + 1);
  g_assert_cmpint (receive (fd), ==, n_header + N_BYTES + 1);

  send_icmp (fd, is_ipv6, reply, IDENTIFIER, N_BYTES - 1);
  g_assert_cmpint (receive (fd), ==, -EAGAIN);
  send_icmp (fd, is_ipv6, reply, IDENTIFIER ^ 1, N_BYTES);
  g_assert_cmpint (receive (fd), ==, -EAGAIN);
  send_icmp (fd, is_ipv6, reply + 2, IDENTIFIER, N_BYTES);
  g_assert_cmpint (receive (fd), ==, -EAGAIN);

  /* For good. */
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
  close (fd);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  engine_fixture_enter_namespace ();

  g_test_add_data_func ("/engine/filter/R17 ipv4", GINT_TO_POINTER (FALSE), test_filter);
  g_test_add_data_func ("/engine/filter/R17 ipv6", GINT_TO_POINTER (TRUE), test_filter);

  return g_test_run ();
}
