/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib.h>

#include "engine/address.h"

static void
test_parse (void)
{
  static const struct {
    const char *text;
    const char *formatted; /* NULL: refused */
  } rows[] = {
    { "192.0.2.1", "192.0.2.1" },
    { "2001:db8::1", "2001:db8::1" },
    { "fe80::1%1", "fe80::1%1" },
    { "fe80::1%lo", "fe80::1%1" },
    { "", NULL },
    { "192.0.2", NULL },
    { "192.0.2.1.5", NULL },
    { "192.0.2.256", NULL },
    { " 192.0.2.1", NULL },
    { "fe80::1%", NULL },
    { "fe80::1%0", NULL },
    { "fe80::1%no-such-interface", NULL },
    { "example.org", NULL },
    { "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemAddress address;
      char text[PINGEM_ADDRESS_STRLEN];

      g_assert_cmpint (pingem_address_parse (rows[i].text, &address), ==,
                       rows[i].formatted != NULL);
      if (rows[i].formatted != NULL)
        g_assert_cmpstr (pingem_address_format (&address, text), ==, rows[i].formatted);
    }
}

static void
test_refusal (void)
{
  static const struct {
    const char *text;
    gboolean refused;
  } rows[] = {
    { "127.0.0.1", FALSE },
    { "1.1.1.1", FALSE },
    { "223.255.255.255", FALSE },
    { "0.0.0.0", TRUE },
    { "0.1.2.3", TRUE },
    { "224.0.0.1", TRUE },
    { "240.0.0.1", TRUE },
    { "255.255.255.255", TRUE },
    { "::1", FALSE },
    { "2001:db8::1", FALSE },
    { "::", TRUE },
    { "ff02::1", TRUE },
    { "::ffff:1.2.3.4", TRUE },
    { "::1.2.3.4", TRUE },
    { "fec0::1", TRUE },
    { "fe80::1", TRUE },
    { "fe80::1%1", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemAddress address;

      g_assert_true (pingem_address_parse (rows[i].text, &address));
      g_assert_cmpint (pingem_address_refusal (&address) != NULL, ==, rows[i].refused);
    }
}

static void
test_sockaddr_round_trip (void)
{
  static const char *const texts[] = { "192.0.2.1", "fe80::1%1" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      PingemAddress address, back;
      struct sockaddr_storage sa;

      g_assert_true (pingem_address_parse (texts[i], &address));
      pingem_address_to_sockaddr (&address, &sa);
      g_assert_true (pingem_address_from_sockaddr ((struct sockaddr *) &sa, &back));
      g_assert_true (pingem_address_equal (&address, &back));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/address/parse", test_parse);
  g_test_add_func ("/engine/address/refusal", test_refusal);
  g_test_add_func ("/engine/address/sockaddr-round-trip", test_sockaddr_round_trip);

  return g_test_run ();
}
