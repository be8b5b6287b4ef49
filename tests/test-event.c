/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ipc/event.h"

static void
test_descriptions (void)
{
  static const struct {
    const char *kind;
    const char *target;
    const char *text;
    guint due;
    guint bad;
    const char *label;
    const char *description;
  } rows[] = {
    { "outage", "192.0.2.1", "provider", 30, 12, "Outage", "your provider: 12 of 30 lost" },
    { "outage", "1.1.1.1", "unknown", 0, 0, "Outage", "it is not known where" },
    { "outage", "call.example", "call", 9, 9, "Outage", "call.example: 9 of 9 lost" },
    { "outage", "", "new-word", 0, 0, "Outage", "new-word" },
    { "gap", "", "suspended", 0, 0, "Gap", "asleep" },
    { "network", "", "wlan0 192.168.1.1", 0, 0, "Network", "wlan0 via 192.168.1.1" },
    { "network", "", "ppp0", 0, 0, "Network", "ppp0" },
    { "network", "", "wlan0 192.168.1.1 My Home", 0, 0, "Network",
      "Wi-Fi “My Home” (wlan0 via 192.168.1.1)" },
    { "network", "", "wlan0 - Home", 0, 0, "Network", "Wi-Fi “Home” (wlan0)" },
    { "network", "", "", 0, 0, "Network", "no default route" },
    { "vpn", "", "tun0", 0, 0, "VPN", "packets go through tun0 now" },
    { "vpn", "", "", 0, 0, "VPN", "packets no longer go through it" },
    { "address", "call.example", "2001:db8::7", 0, 0, "Address",
      "call.example is now 2001:db8::7" },
    { "clock-step", "", "+3600000", 0, 0, "Clock", "set forward by 3600.0 s" },
    { "clock-step", "", "-2500", 0, 0, "Clock", "set back by 2.5 s" },
    { "resume", "", "", 0, 0, "Resume", "awake again" },
    { "note", "", "moved the 100% router", 0, 0, "Note", "moved the 100% router" },
    { "new-kind", "", "text", 0, 0, "new-kind", "text" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PingemEvent) event =
          pingem_event_new (rows[i].kind, 1, 1, "", rows[i].target, rows[i].text);
      g_autofree char *description = NULL;

      event->due = rows[i].due;
      event->bad = rows[i].bad;
      description = pingem_event_describe (event);
      g_assert_cmpstr (pingem_event_label (event), ==, rows[i].label);
      g_assert_cmpstr (description, ==, rows[i].description);
    }
}

static void
test_crosses_the_bus (void)
{
  g_autoptr (GPtrArray) events =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_event_free);
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GPtrArray) back = NULL;
  PingemEvent *outage = pingem_event_new ("outage", 5, -1, "router", "router", "local");
  const PingemEvent *got;

  outage->due = 30;
  outage->bad = 12;
  g_ptr_array_add (events, outage);
  g_ptr_array_add (events, pingem_event_new ("note", 7, 7, "", "", "no \xff text"));
  variant = g_variant_ref_sink (pingem_events_to_variant (events));
  back = pingem_events_from_variant (variant);

  g_assert_cmpuint (back->len, ==, 2);
  got = back->pdata[0];
  g_assert_cmpstr (got->kind, ==, "outage");
  g_assert_cmpint (got->from_ms, ==, 5);
  g_assert_cmpint (got->to_ms, ==, -1);
  g_assert_cmpstr (got->leg, ==, "router");
  g_assert_cmpstr (got->target, ==, "router");
  g_assert_cmpstr (got->text, ==, "local");
  g_assert_cmpuint (got->due, ==, 30);
  g_assert_cmpuint (got->bad, ==, 12);
  got = back->pdata[1];
  g_assert_cmpint (got->to_ms, ==, 7);
  g_assert_cmpstr (got->text, ==, "no \357\277\275 text");
  g_assert_cmpstr (got->target, ==, "");
}

/* Of another version: what is missing is no reason to fail. */
static void
test_unknown_entries (void)
{
  g_autoptr (GVariant) variant = g_variant_parse (
      G_VARIANT_TYPE ("aa{sv}"), "[{'kind': <uint32 7>, 'colour': <'red'>}]", NULL, NULL, NULL);
  g_autoptr (GPtrArray) events = pingem_events_from_variant (variant);
  const PingemEvent *event = events->pdata[0];

  g_assert_cmpuint (events->len, ==, 1);
  g_assert_cmpstr (event->kind, ==, "");
  g_assert_cmpint (event->to_ms, ==, -1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/event/descriptions", test_descriptions);
  g_test_add_func ("/event/crosses-the-bus", test_crosses_the_bus);
  g_test_add_func ("/event/unknown-entries", test_unknown_entries);

  return g_test_run ();
}
