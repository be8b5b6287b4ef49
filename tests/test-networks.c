/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ipc/networks.h"

#include "ipc/error.h"

static gboolean
contains (const PingemNetworks *networks, const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return pingem_networks_contain (networks, address);
}

static void
test_who_is_in (void)
{
  g_autoptr (PingemNetworks) networks =
      pingem_networks_parse (" 192.0.2.0/24,2001:db8::/32\t198.51.100.7", NULL);
  g_autoptr (PingemNetworks) copy = pingem_networks_copy (networks);
  g_autoptr (PingemNetworks) none = pingem_networks_parse ("", NULL);

  g_assert_true (contains (copy, "192.0.2.255"));
  g_assert_true (contains (copy, "::ffff:192.0.2.1"));
  g_assert_true (contains (copy, "2001:db8:1::2"));
  g_assert_true (contains (copy, "198.51.100.7"));
  g_assert_false (contains (copy, "192.0.3.1"));
  g_assert_false (contains (copy, "198.51.100.8"));
  g_assert_false (contains (copy, "127.0.0.1"));
  g_assert_false (contains (copy, "2001:db9::1"));
  g_assert_false (contains (none, "127.0.0.1"));
}

static void
test_loopback (void)
{
  g_autoptr (PingemNetworks) networks = pingem_networks_new_loopback ();

  g_assert_true (contains (networks, "127.3.2.1"));
  g_assert_true (contains (networks, "::1"));
  g_assert_true (contains (networks, "::ffff:127.0.0.1"));
  g_assert_false (contains (networks, "10.0.0.1"));
}

static void
test_slips (void)
{
  static const char *const bad[] = { "192.0.2.1/24", "192.0.2.0/33", "box", "::/129" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (pingem_networks_parse (bad[i], &error));
      g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE);
    }
}

static void
test_endpoints (void)
{
  static const char *const rows[][2] = {
    { "9862", "127.0.0.1:9862" },
    { "*:862", "*:862" },
    { "192.0.2.1:5201", "192.0.2.1:5201" },
    { "[::1]:9862", "[::1]:9862" },
    { "0.0.0.0:1", "*:1" },
    { "", NULL },
    { "0", NULL },
    { "65536", NULL },
    { "box:1", NULL },
    { "::1:1", NULL },
    { "[::1]", NULL },
    { "[:1", NULL },
    { "192.0.2.1", NULL },
    { "192.0.2.1:", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocketAddress) endpoint = pingem_endpoint_parse (rows[i][0], &error);
      g_autofree char *text = endpoint != NULL ? pingem_endpoint_format (endpoint) : NULL;

      g_assert_cmpstr (text, ==, rows[i][1]);
      if (rows[i][1] == NULL)
        g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ipc/networks/who-is-in", test_who_is_in);
  g_test_add_func ("/ipc/networks/loopback", test_loopback);
  g_test_add_func ("/ipc/networks/slips", test_slips);
  g_test_add_func ("/ipc/networks/endpoints", test_endpoints);

  return g_test_run ();
}
