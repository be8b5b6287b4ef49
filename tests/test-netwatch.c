/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "monitor/netwatch.h"

#define DEADLINE_US (10 * G_USEC_PER_SEC)

/* A network of its own: v0 and v1 are the two ends of a cable. */
typedef struct {
  PingemNetwatch *watch;
  guint n_changed;
} Fixture;

static void
run (const char *command)
{
  g_auto (GStrv) argv = g_strsplit (command, " ", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
      g_subprocess_newv ((const char *const *) argv, G_SUBPROCESS_FLAGS_NONE, &error);

  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

static void
run_batch (const char *lines)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, &error, "ip", "-batch", "-", NULL);

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, lines, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
}

static void
on_changed (PingemNetwatch *watch, Fixture *f)
{
  f->n_changed++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (unshare (CLONE_NEWNET), ==, 0);
  run ("ip link set lo up");
  run ("ip link add v0 type veth peer name v1");

  f->watch = pingem_netwatch_new (&error);
  g_assert_no_error (error);
  g_signal_connect (f->watch, "changed", G_CALLBACK (on_changed), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->watch);
}

/* What happened before is in the socket: all that it leads to is done without waiting. */
static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Carrier is told by a worker of the kernel, some time after. */
static void
wait_for_link (Fixture *f, gboolean is_up)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;

  while (pingem_netwatch_get_link_up (f->watch) != is_up)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
}

static void
bring_up (Fixture *f)
{
  run_batch ("link set v0 up\n"
             "link set v1 up\n"
             "addr add 192.0.2.2/24 dev v0\n"
             "addr add 198.51.100.2/24 dev v1\n");
  wait_for_link (f, TRUE);
  settle ();
}

static gboolean
route_is (Fixture *f, int family, const char *gateway, const char *interface)
{
  char text[PINGEM_ADDRESS_STRLEN];
  PingemRoute route;

  if (!pingem_netwatch_get_route (f->watch, family, &route))
    return gateway == NULL;

  return gateway != NULL && g_str_equal (interface, route.interface) &&
         route.ifindex == if_nametoindex (interface) &&
         g_str_equal (gateway, pingem_address_format (&route.gateway, text));
}

static void
wait_for_route (Fixture *f, int family, const char *gateway, const char *interface)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;

  while (!route_is (f, family, gateway, interface))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
}

static void
test_nothing (Fixture *f, gconstpointer data)
{
  g_assert_true (route_is (f, AF_INET, NULL, NULL));
  g_assert_true (route_is (f, AF_INET6, NULL, NULL));
  g_assert_false (pingem_netwatch_get_link_up (f->watch));
}

static void
test_link (Fixture *f, gconstpointer data)
{
  bring_up (f);
  g_assert_cmpuint (f->n_changed, ==, 1);

  /* The other end of the cable is gone: v0 is up, but nothing gets through. */
  run ("ip link set v1 down");
  wait_for_link (f, FALSE);
  g_assert_cmpuint (f->n_changed, ==, 2);
}

static void
test_known_at_start (Fixture *f, gconstpointer data)
{
  PingemRoute route;

  bring_up (f);
  run ("ip route add default via 192.0.2.1 metric 100");
  g_clear_object (&f->watch);
  f->watch = pingem_netwatch_new (NULL);

  g_assert_true (route_is (f, AF_INET, "192.0.2.1", "v0"));
  g_assert_true (pingem_netwatch_get_route (f->watch, AF_INET, &route));
  g_assert_cmpuint (route.metric, ==, 100);
  g_assert_true (pingem_netwatch_get_link_up (f->watch));
}

static void
test_route_comes_and_goes (Fixture *f, gconstpointer data)
{
  guint n_changed;

  bring_up (f);
  n_changed = f->n_changed;

  run ("ip route add default via 192.0.2.1 metric 100");
  wait_for_route (f, AF_INET, "192.0.2.1", "v0");
  g_assert_cmpuint (f->n_changed, ==, n_changed + 1);

  run ("ip route replace default via 192.0.2.3 metric 100");
  wait_for_route (f, AF_INET, "192.0.2.3", "v0");
  run ("ip route del default");
  wait_for_route (f, AF_INET, NULL, NULL);
  g_assert_cmpuint (f->n_changed, ==, n_changed + 3);
}

static void
test_lowest_metric_wins (Fixture *f, gconstpointer data)
{
  bring_up (f);
  run ("ip route add default via 192.0.2.1 metric 600");
  run ("ip route add default via 198.51.100.1 metric 100");
  run ("ip route add default via 192.0.2.3 metric 700");
  wait_for_route (f, AF_INET, "198.51.100.1", "v1");
  run ("ip link set v1 down");
  wait_for_route (f, AF_INET, "192.0.2.1", "v0");
}

static void
test_other_routes_do_not_count (Fixture *f, gconstpointer data)
{
  guint n_changed;

  bring_up (f);
  n_changed = f->n_changed;
  run ("ip route add 203.0.113.0/24 via 192.0.2.9");
  run ("ip route add default via 192.0.2.9 table 77");
  run ("ip route add unreachable default metric 1");
  settle ();
  g_assert_true (route_is (f, AF_INET, NULL, NULL));
  g_assert_cmpuint (f->n_changed, ==, n_changed);
}

static void
test_link_local_gateway (Fixture *f, gconstpointer data)
{
  g_autofree char *gateway = g_strdup_printf ("fe80::1%%%u", if_nametoindex ("v0"));

  bring_up (f);
  run ("ip -6 route add default via fe80::1 dev v0");
  wait_for_route (f, AF_INET6, gateway, "v0");
  g_assert_true (route_is (f, AF_INET, NULL, NULL));

  run ("ip -6 addr add 2001:db8::2/64 dev v1 nodad");
  run ("ip -6 route add default via 2001:db8::1 metric 10");
  wait_for_route (f, AF_INET6, "2001:db8::1", "v1");
}

static void
test_no_gateway (Fixture *f, gconstpointer data)
{
  bring_up (f);
  run ("ip route add default dev v0");
  wait_for_route (f, AF_INET, "", "v0");
}

static void
test_gateway_of_the_other_family (Fixture *f, gconstpointer data)
{
  g_autofree char *gateway = g_strdup_printf ("fe80::1%%%u", if_nametoindex ("v0"));

  bring_up (f);
  run ("ip -4 route add default via inet6 fe80::1 dev v0");
  wait_for_route (f, AF_INET, gateway, "v0");
}

static void
test_several_next_hops (Fixture *f, gconstpointer data)
{
  bring_up (f);
  run ("ip route add default nexthop via 198.51.100.1 nexthop via 192.0.2.1");
  wait_for_route (f, AF_INET, "198.51.100.1", "v1");
}

/* "": none of it does. */
static gboolean
goes_through (Fixture *f, const char *address, const char *tunnel)
{
  PingemAddress parsed;
  PingemRoute route;

  g_assert_true (pingem_address_parse (address, &parsed));
  if (!pingem_netwatch_find_tunnel (f->watch, &parsed, &route))
    return *tunnel == '\0';

  g_assert_cmpuint (route.ifindex, ==, if_nametoindex (route.interface));
  g_assert_cmpuint (route.gateway.family, ==, 0);

  return g_str_equal (route.interface, tunnel);
}

/* Until `changed` tells of it, as nobody asks before. */
static void
wait_for_tunnel (Fixture *f, const char *address, const char *tunnel)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  guint n_changed = f->n_changed;

  while (f->n_changed == n_changed || !goes_through (f, address, tunnel))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
}

/* v0 leads out, and t0 is a tunnel that nothing is sent into yet. */
static gboolean
bring_up_tunnel (Fixture *f)
{
  if (access ("/dev/net/tun", R_OK | W_OK) != 0)
    {
      g_test_skip ("no /dev/net/tun here");
      return FALSE;
    }

  bring_up (f);
  run ("ip route add default via 192.0.2.1 metric 100");
  wait_for_route (f, AF_INET, "192.0.2.1", "v0");
  run ("ip tuntap add t0 mode tun");
  run_batch ("link set t0 up\n"
             "addr add 10.8.0.2/24 dev t0\n"
             "addr add 2001:db8:8::2/64 dev t0 nodad\n");
  settle ();
  g_assert_true (goes_through (f, "1.1.1.1", ""));

  return TRUE;
}

static void
test_tunnel_is_no_router (Fixture *f, gconstpointer data)
{
  if (!bring_up_tunnel (f))
    return;

  run ("ip route add default via 10.8.0.1 metric 50");
  wait_for_tunnel (f, "1.1.1.1", "t0");
  g_assert_true (route_is (f, AF_INET, "192.0.2.1", "v0"));
  g_assert_true (goes_through (f, "2606:4700:4700::1111", ""));

  run ("ip -6 route add default via 2001:db8:8::1");
  wait_for_tunnel (f, "2606:4700:4700::1111", "t0");
  run ("ip route del default via 192.0.2.1");
  wait_for_route (f, AF_INET, "", "t0");
  run ("ip link delete t0");
  wait_for_route (f, AF_INET, NULL, NULL);
  g_assert_true (goes_through (f, "1.1.1.1", ""));
}

/* As OpenVPN does, and as WireGuard does where a part of the internet is to go past it. */
static void
test_tunnel_by_narrower_routes (Fixture *f, gconstpointer data)
{
  if (!bring_up_tunnel (f))
    return;

  run ("ip route add 0.0.0.0/1 dev t0");
  wait_for_tunnel (f, "1.1.1.1", "t0");
  g_assert_true (goes_through (f, "192.0.2.1", ""));
  run ("ip route del 0.0.0.0/1 dev t0");
  wait_for_tunnel (f, "1.1.1.1", "");

  run ("ip route add 1.0.0.0/8 dev t0");
  wait_for_tunnel (f, "1.1.1.1", "t0");
  g_assert_true (goes_through (f, "8.8.8.8", ""));
  g_assert_true (route_is (f, AF_INET, "192.0.2.1", "v0"));
}

/* As wg-quick does: a table of its own, and a rule for all that is not the tunnel's own. */
static void
test_tunnel_by_rules (Fixture *f, gconstpointer data)
{
  if (!bring_up_tunnel (f))
    return;

  run ("ip route add default dev t0 table 51820");
  run ("ip rule add not fwmark 51820 table 51820");
  run ("ip rule add table main suppress_prefixlength 0");
  wait_for_tunnel (f, "1.1.1.1", "t0");
  g_assert_true (goes_through (f, "192.0.2.1", ""));
  g_assert_true (route_is (f, AF_INET, "192.0.2.1", "v0"));

  run ("ip rule del not fwmark 51820 table 51820");
  wait_for_tunnel (f, "1.1.1.1", "");
  run ("ip -6 route add default dev t0 table 51820");
  run ("ip -6 rule add not fwmark 51820 table 51820");
  wait_for_tunnel (f, "2606:4700:4700::1111", "t0");
}

/* Other programs change routes a thousand times a second. */
static void
test_routes_past_a_tunnel_do_not_count (Fixture *f, gconstpointer data)
{
  guint n_changed;

  if (!bring_up_tunnel (f))
    return;

  n_changed = f->n_changed;
  run ("ip route add 203.0.113.0/24 via 192.0.2.9");
  settle ();
  g_assert_cmpuint (f->n_changed, ==, n_changed);
}

/* More events than the socket holds: what they led to is seen, and what follows as well. */
static void
test_too_many_events (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  bring_up (f);

  for (guint i = 0; i < 3000; i++)
    g_string_append (lines, "route add default via 192.0.2.1\nroute del default\n");

  g_string_append (lines, "route add default via 192.0.2.7\n");
  run_batch (lines->str);
  wait_for_route (f, AF_INET, "192.0.2.7", "v0");
  run ("ip route del default");
  wait_for_route (f, AF_INET, NULL, NULL);
}

static void
write_file (const char *path, const char *text)
{
  FILE *file = fopen (path, "we");

  if (file == NULL || fputs (text, file) < 0 || fclose (file) != 0)
    g_error ("%s: %s", path, g_strerror (errno));
}

/* Root of a user namespace, where we are not root already, may have a network of its own. */
static gboolean
may_unshare (void)
{
  g_autofree char *uid_map = g_strdup_printf ("0 %u 1", getuid ());

  if (unshare (CLONE_NEWNET) == 0)
    return TRUE;

  if (unshare (CLONE_NEWUSER | CLONE_NEWNET) != 0)
    return FALSE;

  write_file ("/proc/self/uid_map", uid_map);

  return TRUE;
}

static void
add_test (const char *path, void (*test) (Fixture *f, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  if (!may_unshare ())
    {
      g_print ("1..0 # SKIP no network namespaces here\n");
      return 0;
    }

  add_test ("/netwatch/nothing", test_nothing);
  add_test ("/netwatch/link", test_link);
  add_test ("/netwatch/known-at-start", test_known_at_start);
  add_test ("/netwatch/route-comes-and-goes", test_route_comes_and_goes);
  add_test ("/netwatch/lowest-metric-wins", test_lowest_metric_wins);
  add_test ("/netwatch/other-routes-do-not-count", test_other_routes_do_not_count);
  add_test ("/netwatch/link-local-gateway", test_link_local_gateway);
  add_test ("/netwatch/no-gateway", test_no_gateway);
  add_test ("/netwatch/gateway-of-the-other-family", test_gateway_of_the_other_family);
  add_test ("/netwatch/several-next-hops", test_several_next_hops);
  add_test ("/netwatch/tunnel-is-no-router", test_tunnel_is_no_router);
  add_test ("/netwatch/tunnel-by-narrower-routes", test_tunnel_by_narrower_routes);
  add_test ("/netwatch/tunnel-by-rules", test_tunnel_by_rules);
  add_test ("/netwatch/routes-past-a-tunnel-do-not-count", test_routes_past_a_tunnel_do_not_count);
  add_test ("/netwatch/too-many-events", test_too_many_events);

  return g_test_run ();
}
