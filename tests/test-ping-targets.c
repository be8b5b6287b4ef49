/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ctl/ping-targets.h"

static PingemAddress
parse (const char *text)
{
  PingemAddress address;

  g_assert_true (pingem_address_parse (text, &address));

  return address;
}

static void
add (PingemPingTargets *targets, guint32 id, const char *label, const char *address)
{
  PingemAddress parsed = parse (address);

  g_assert_nonnull (pingem_ping_targets_add (targets, id, label, &parsed));
}

static void
check (PingemPingTargets *targets, guint32 id, const char *label, const char *address)
{
  PingemPingNames names;

  pingem_ping_targets_name (targets, pingem_ping_targets_find (targets, id), &names);
  g_assert_cmpstr (names.label, ==, label);
  g_assert_cmpstr (names.address, ==, address);
}

static void
test_names (void)
{
  PingemPingTargets *targets = pingem_ping_targets_new ();

  add (targets, 0, "192.0.2.1", "192.0.2.1");
  add (targets, 5, "router", "192.0.2.2");
  add (targets, 3, "2001:DB8::1", "2001:db8::1");
  add (targets, 4, NULL, "fe80::1%7");
  add (targets, 6, "b\377d", "192.0.2.3");
  check (targets, 0, "192.0.2.1", "192.0.2.1");
  check (targets, 5, "router", "192.0.2.2");
  check (targets, 3, "2001:DB8::1", "2001:db8::1");
  check (targets, 4, "fe80::1%7", "fe80::1%7");
  check (targets, 6, "b\357\277\275d", "192.0.2.3");
  g_assert_null (pingem_ping_targets_find (targets, 1));
  g_assert_null (pingem_ping_targets_find (targets, 7));
  g_assert_null (pingem_ping_targets_find (targets, G_MAXUINT32));
  g_assert_cmpuint (pingem_ping_targets_end (targets), ==, 7);
  pingem_ping_targets_free (targets);
}

/* Endless standard input must not take endless memory. */
static void
test_ids_and_places_are_used_again (void)
{
  PingemPingTargets *targets = pingem_ping_targets_new ();

  for (guint i = 0; i < 1000; i++)
    {
      guint32 id = pingem_ping_targets_free_id (targets);

      add (targets, id, NULL, i % 2 == 0 ? "2001:db8::7" : "192.0.2.7");
      if (i >= 2)
        {
          guint32 old = (id + 1) % 3;

          if (pingem_ping_targets_find (targets, old) != NULL)
            pingem_ping_targets_remove (targets, old);
        }
    }

  g_assert_cmpuint (pingem_ping_targets_end (targets), <=, 4);
  pingem_ping_targets_free (targets);
}

static void
test_many (void)
{
  PingemPingTargets *targets = pingem_ping_targets_new ();

  for (guint32 id = 0; id < 100000; id++)
    {
      PingemAddress address = { .family = AF_INET,
                                .bytes = { 10, id >> 16, id >> 8 & 255, id & 255 } };

      pingem_ping_targets_add (targets, id, NULL, &address);
    }

  check (targets, 0, "10.0.0.0", "10.0.0.0");
  check (targets, 99999, "10.1.134.159", "10.1.134.159");
  pingem_ping_targets_free (targets);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/ping-targets/names", test_names);
  g_test_add_func ("/ctl/ping-targets/ids-and-places", test_ids_and_places_are_used_again);
  g_test_add_func ("/ctl/ping-targets/many", test_many);

  return g_test_run ();
}
