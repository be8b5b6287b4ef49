/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "window/describe.h"

#include <errno.h>

#include "engine/record.h"

/* 2026-03-29 14:52:10 UTC */
#define START_MS G_GINT64_CONSTANT (1774795930000)

static void
test_column (void)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  PingemColumn column = { .start_ms = START_MS,
                          .span_ms = 20000,
                          .reply = 14,
                          .lost = 3,
                          .late = 1,
                          .unsent = 2,
                          .burst = 2,
                          .ttl = 64,
                          .rtt_p50_us = 3400,
                          .rtt_p95_us = 41000,
                          .rtt_max_us = 1310000 };
  g_autofree char *text = pingem_describe_column (&column, utc);

  g_assert_cmpstr (text, ==,
                   "03/29/26 14:52:10 – 14:52:30\n"
                   "20 due, 14 answered, 3 lost, 1 late, 2 not sent\n"
                   "2 missing in a row\n"
                   "RTT: median 3.4 ms, 95 % below 41.0 ms, longest 1.31 s\n"
                   "TTL 64");
}

static void
test_packets (void)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GArray) records = g_array_new (FALSE, TRUE, sizeof (PingemRecord));
  g_autofree char *text = NULL;

  for (guint i = 0; i <= PINGEM_STATE_UNSENT; i++)
    {
      PingemRecord record = { .seq = i,
                              .sent_ns = (START_MS + 7 + i * 250) * 1000000,
                              .rtt_ns = -1,
                              .error = i == PINGEM_STATE_UNSENT ? EAGAIN : 0,
                              .state = i };

      if (i == PINGEM_STATE_REPLY || i == PINGEM_STATE_LATE)
        record.rtt_ns = i * 12300000;
      record.ttl = i == PINGEM_STATE_REPLY ? 57 : 0;
      g_array_append_val (records, record);
    }

  text = pingem_describe_packets (records, utc);
  g_assert_cmpstr (text, ==,
                   "\n#0 · 14:52:10.007 · in flight"
                   "\n#1 · 14:52:10.257 · 12.3 ms, TTL 57"
                   "\n#2 · 14:52:10.507 · late reply after 24.6 ms"
                   "\n#3 · 14:52:10.757 · no reply"
                   "\n#4 · 14:52:11.007 · held back: too many probes are under way");
}

static void
test_gap (void)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  PingemColumn column = {
    .start_ms = START_MS, .span_ms = 1000, .rtt_p50_us = -1, .gap = PINGEM_GAP_SUSPENDED
  };
  g_autofree char *text = pingem_describe_column (&column, utc);

  g_assert_cmpstr (text, ==, "03/29/26 14:52:10 – 14:52:11\nnot measured: asleep");
}

static void
test_before_the_first_start (void)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  PingemColumn column = { .start_ms = START_MS, .span_ms = 1000, .rtt_p50_us = -1 };
  g_autofree char *text = pingem_describe_column (&column, utc);

  g_assert_cmpstr (text, ==, "03/29/26 14:52:10 – 14:52:11\nNothing was measured.");
}

static void
test_days (void)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  PingemColumn column = { .start_ms = START_MS, .span_ms = 43200000, .rtt_p50_us = -1 };
  g_autofree char *text = pingem_describe_column (&column, utc);

  g_assert_cmpstr (text, ==, "03/29/26 14:52:10 – 03/30/26 02:52:10\nNothing was measured.");
}

static PingemEvent *
make_event (const char *kind, gint64 from_ms, gint64 to_ms)
{
  return pingem_event_new (kind, START_MS + from_ms, to_ms < 0 ? -1 : START_MS + to_ms, "", "",
                           "x");
}

static void
test_event_time (void)
{
  static const struct {
    gint64 from_ms;
    gint64 to_ms;
    const char *text;
  } rows[] = {
    { 0, 0, "03/29/26 14:52:10" },
    { 0, -1, "since 03/29/26 14:52:10" },
    { 0, 20400, "03/29/26 14:52:10 – 14:52:30, 20 s" },
    { 0, 125000, "03/29/26 14:52:10 – 14:54:15, 2 min 5 s" },
    { 0, 43200000, "03/29/26 14:52:10 – 03/30/26 02:52:10, 12 h 0 min" },
  };
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PingemEvent) event = make_event ("note", rows[i].from_ms, rows[i].to_ms);
      g_autofree char *text = pingem_describe_event_time (event, utc);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

/* Those that the column touches, and no gaps: these it has itself. */
static void
test_events (void)
{
  static const struct {
    const char *kind;
    gint64 from_ms;
    gint64 to_ms;
    const char *text;
  } rows[] = {
    { "note", 0, 0, "\nNote: x" },
    { "note", 999, 999, "\nNote: x" },
    { "note", 1000, 1000, "" },
    { "note", -1, -1, "\nNote: x" },
    { "outage", -5000, 1, "\nOutage: x" },
    { "outage", -5000, 0, "" },
    { "outage", -5000, -1, "\nOutage: x" },
    { "gap", -5000, -1, "" },
  };
  PingemColumn column = { .start_ms = START_MS, .span_ms = 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) events =
          g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_event_free);
      g_autofree char *text = NULL;

      g_ptr_array_add (events, make_event (rows[i].kind, rows[i].from_ms, rows[i].to_ms));
      text = pingem_describe_events (events, &column);
      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_strip (void)
{
  PingemColumn columns[] = { { .reply = 20 }, { .reply = 15, .lost = 4, .error = 1 }, { 0 } };
  g_autofree char *text = pingem_describe_strip (columns, G_N_ELEMENTS (columns));
  g_autofree char *nothing = pingem_describe_strip (&columns[2], 1);

  g_assert_cmpstr (text, ==, "12 % missing (5 of 40), 25 % in the worst column.");
  g_assert_cmpstr (nothing, ==, "Nothing was measured.");
}

static void
test_address (void)
{
  static const struct {
    const char *target;
    const char *text;
  } rows[] = {
    { "{'name': <'Router'>, 'leg': <'router'>, 'address': <'192.0.2.1'>, 'numeric': <'192.0.2.1'>}",
      "192.0.2.1" },
    { "{'name': <'zoom.us'>, 'leg': <'call'>, 'address': <'zoom.us'>, 'numeric': <'192.0.2.9'>}",
      "Call · 192.0.2.9" },
    { "{'name': <'Work'>, 'leg': <'call'>, 'address': <'vpn.example'>}", "Call · vpn.example" },
    { "{'name': <'1.1.1.1'>, 'leg': <'internet'>, 'address': <'1.1.1.1'>, 'numeric': <'1.1.1.1'>}",
      "Internet" },
    { "{'name': <'x'>}", "Other" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) target =
          g_variant_parse (G_VARIANT_TYPE_VARDICT, rows[i].target, NULL, NULL, NULL);
      g_autofree char *text = pingem_describe_address (target);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/window/describe/days", test_days);
  g_test_add_func ("/window/describe/column", test_column);
  g_test_add_func ("/window/describe/packets", test_packets);
  g_test_add_func ("/window/describe/gap", test_gap);
  g_test_add_func ("/window/describe/before-the-first-start", test_before_the_first_start);
  g_test_add_func ("/window/describe/event-time", test_event_time);
  g_test_add_func ("/window/describe/events", test_events);
  g_test_add_func ("/window/describe/strip", test_strip);
  g_test_add_func ("/window/describe/address", test_address);

  return g_test_run ();
}
