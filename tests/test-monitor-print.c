/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ctl/events-print.h"
#include "ctl/history-print.h"
#include "ctl/status-print.h"
#include "ctl/table.h"
#include "ctl/target-changes.h"
#include "ctl/target-list.h"
#include "ipc/error.h"

static const char status_text[] =
    "{'verdict': <'local'>, 'level': <'degraded'>, 'cleared': <true>, 'bad-leg': <'router'>,"
    " 'bad-name': <'Router'>, 'bad-reply': <uint32 24>, 'bad-lost': <uint32 6>,"
    " 'window-s': <uint32 30>, 'interface': <'wlan0'>, 'gateway': <'192.0.2.1'>,"
    " 'problems': <['The history is damaged']>}";
static const char targets_text[] =
    "[{'key': <'router'>, 'address': <'192.0.2.1'>, 'name': <'Router'>, 'leg': <'router'>,"
    "  'probe': <'icmp'>, 'interval-ms': <uint32 1000>, 'timeout-ms': <uint32 2000>,"
    "  'numeric': <'192.0.2.1'>, 'level': <'bad'>, 'due': <uint32 30>, 'reply': <uint32 24>,"
    "  'late': <uint32 0>, 'lost': <uint32 6>, 'unsent': <uint32 0>, 'error': <uint32 0>,"
    "  'rtt-us': <uint32 1234>, 'jitter-us': <uint32 50>},"
    " {'key': <'example.org'>, 'address': <'example.org'>, 'name': <'Call\x01'>, 'leg': <'call'>,"
    "  'probe': <'icmp'>, 'interval-ms': <uint32 1000>, 'timeout-ms': <uint32 2000>,"
    "  'level': <'unknown'>, 'due': <uint32 0>, 'reply': <uint32 0>, 'late': <uint32 0>,"
    "  'lost': <uint32 0>, 'unsent': <uint32 0>, 'error': <uint32 0>,"
    "  'problem': <'There is no such host'>, 'lost-up': <uint32 3>, 'lost-down': <uint32 2>,"
    "  'lost-somewhere': <uint32 1>, 'jitter-up-us': <uint32 1500>}]";

typedef struct {
  PingemStatusView view;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->view.status = g_variant_parse (G_VARIANT_TYPE_VARDICT, status_text, NULL, NULL, NULL);
  fixture->view.targets =
      g_variant_parse (G_VARIANT_TYPE ("aa{sv}"), targets_text, NULL, NULL, NULL);
  fixture->view.source = g_variant_ref_sink (g_variant_new ("(ss)", "raw", "as asked"));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_variant_unref (fixture->view.status);
  g_variant_unref (fixture->view.targets);
  g_variant_unref (fixture->view.source);
}

static void
check (char *got, const char *expected)
{
  g_assert_cmpstr (got, ==, expected);
  g_free (got);
}

static void
test_status_json (Fixture *fixture, gconstpointer data)
{
  check (
      pingem_status_json (&fixture->view),
      "{\"verdict\":\"local\",\"level\":\"degraded\",\"sentence\":\"Your local network is losing "
      "packets. 20 % lost to Router in the last 30 s (6 of 30). Your provider and the far end "
      "are not to blame.\",\"source\":\"raw\",\"network\":{\"interface\":\"wlan0\","
      "\"gateway\":\"192.0.2.1\"},\"legs\":[{\"leg\":\"router\",\"target\":\"router\","
      "\"address\":\"192.0.2.1\",\"due\":30,\"reply\":24,\"late\":0,\"lost\":6,\"unsent\":0,"
      "\"error\":0,\"loss\":0.20000000000000001,\"rtt_us\":1234},{\"leg\":\"call\","
      "\"target\":\"example.org\",\"address\":null,\"due\":0,\"reply\":0,\"late\":0,\"lost\":0,"
      "\"unsent\":0,\"error\":0,\"loss\":null,\"rtt_us\":null}]}");
}

static void
test_status_text (Fixture *fixture, gconstpointer data)
{
  check (pingem_status_text (&fixture->view),
         "Degraded: Your local network is losing packets.\n"
         "20 % lost to Router in the last 30 s (6 of 30). Your provider and the far end are not to "
         "blame.\n"
         "\n"
         "Network: wlan0, router 192.0.2.1\n"
         "Source: raw (as asked)\n"
         "\n"
         "Leg     Name    Level    Loss     RTT  Jitter  Address\n"
         "Router  Router  Bad      20 %  1.2 ms   50 µs  192.0.2.1\n"
         "Call    Call?   Unknown     –       –       –  –\n"
         "Call?: lost there 3, back 2, unknown 1; jitter there 1.5 ms, back –\n"
         "\n"
         "The history is damaged\n"
         "Call?: There is no such host\n");
}

/* What others call their network is no line of ours. */
static void
test_wifi (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *status;
    const char *line;
    const char *json;
  } rows[] = {
    { "{'wifi': <'Home\n”'>, 'signal': <uint32 70>}", "Wi-Fi: Home?”, signal 70 %\n",
      "\"wifi\":\"Home\\n”\",\"signal\":70}" },
    { "{'wifi': <'Home'>}", "Wi-Fi: Home\n", "\"wifi\":\"Home\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = NULL, *json = NULL;

      g_variant_unref (fixture->view.status);
      fixture->view.status =
          g_variant_parse (G_VARIANT_TYPE_VARDICT, rows[i].status, NULL, NULL, NULL);
      text = pingem_status_text (&fixture->view);
      json = pingem_status_json (&fixture->view);
      g_assert_nonnull (strstr (text, rows[i].line));
      g_assert_nonnull (strstr (json, rows[i].json));
    }
}

static void
test_status_line (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 20, 14, 5, 0);

  check (pingem_status_line (&fixture->view, now),
         "2026-11-20T14:05:00+0000 degraded Your local network is losing packets. 20 % lost to "
         "Router in the last 30 s (6 of 30). Your provider and the far end are not to blame. "
         "router 20.0% 1.2ms example.org - -");
}

static void
test_target_list (Fixture *fixture, gconstpointer data)
{
  check (pingem_target_list_json (fixture->view.targets),
         "[{\"address\":\"192.0.2.1\",\"name\":\"Router\",\"leg\":\"router\",\"interval_ms\":1000,"
         "\"timeout_ms\":2000,\"probe\":\"icmp\"},{\"address\":\"example.org\",\"name\":"
         "\"Call\\u0001\",\"leg\":\"call\",\"interval_ms\":1000,\"timeout_ms\":2000,\"probe\":"
         "\"icmp\"}]\n");
}

static void
test_column_json (void)
{
  const PingemColumn measured = {
    .start_ms = G_GINT64_CONSTANT (1795176571500),
    .span_ms = 60000,
    .reply = 50,
    .late = 1,
    .lost = 2,
    .unsent = 3,
    .held = 9,
    .error = 4,
    .in_flight = 5,
    .duplicates = 6,
    .burst = 7,
    .ttl = 57,
    .rtt_min_us = 1,
    .rtt_p50_us = 2,
    .rtt_p95_us = 3,
    .rtt_p99_us = 4,
    .rtt_max_us = 5,
  };
  const PingemColumn gap = {
    .start_ms = 1000,
    .span_ms = 500,
    .rtt_min_us = -1,
    .rtt_p50_us = -1,
    .rtt_p95_us = -1,
    .rtt_p99_us = -1,
    .rtt_max_us = -1,
    .gap = PINGEM_GAP_SUSPENDED,
  };

  check (pingem_column_json (&measured),
         "{\"start\":1795176571.5,\"seconds\":60,\"due\":60,\"reply\":50,\"late\":1,\"lost\":2,"
         "\"unsent\":3,\"error\":4,\"in_flight\":5,\"duplicates\":6,\"burst\":7,\"ttl\":57,"
         "\"rtt_us\":{\"min\":1,\"p50\":2,\"p95\":3,\"p99\":4,\"max\":5},\"gap\":null}");
  check (pingem_column_json (&gap),
         "{\"start\":1,\"seconds\":0.5,\"due\":0,\"reply\":0,\"late\":0,\"lost\":0,\"unsent\":0,"
         "\"error\":0,\"in_flight\":0,\"duplicates\":0,\"burst\":0,\"ttl\":null,"
         "\"rtt_us\":{\"min\":null,\"p50\":null,\"p95\":null,\"p99\":null,\"max\":null},"
         "\"gap\":\"suspended\"}");
}

static void
test_event_json (void)
{
  g_autoptr (PingemEvent) outage = pingem_event_new ("outage", 1795176571500, 1795176583500,
                                                     "provider", "192.0.2.7", "provider");
  g_autoptr (PingemEvent) open = pingem_event_new ("gap", 1000, -1, "", "", "paused");

  outage->due = 30;
  outage->bad = 12;
  check (pingem_event_json (outage),
         "{\"kind\":\"outage\",\"start\":1795176571.5,\"seconds\":12,\"text\":\"provider\","
         "\"leg\":\"provider\",\"target\":\"192.0.2.7\",\"due\":30,\"bad\":12}");
  check (pingem_event_json (open),
         "{\"kind\":\"gap\",\"start\":1,\"seconds\":null,\"text\":\"paused\",\"leg\":null,"
         "\"target\":null,\"due\":null,\"bad\":null}");
}

static void
test_events_text (void)
{
  g_autoptr (GPtrArray) events =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_event_free);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  g_ptr_array_add (events, pingem_event_new ("outage", 1795176571500, 1795183783500, "router",
                                             "router", "local"));
  g_ptr_array_add (
      events, pingem_event_new ("note", 1795183784000, 1795183784000, "", "", "rang\x07 them"));
  g_ptr_array_add (events, pingem_event_new ("gap", 1795183785000, -1, "", "", "paused"));
  check (pingem_events_text (events, utc),
         "From                 Duration  Kind    What\n"
         "2026-11-20 12:09:31   2:00:12  Outage  your local network\n"
         "2026-11-20 14:09:44         –  Note    rang? them\n"
         "2026-11-20 14:09:45   goes on  Gap     paused\n");
}

static void
test_target_changes (void)
{
  const PingemTargetChanges good = { .interval = (char *) "200", .name = (char *) "Me" };
  const PingemTargetChanges too_fast = { .interval = (char *) "99" };
  const PingemTargetChanges tcp = { .probe = (char *) "tcp" };
  const PingemTargetChanges sctp = { .probe = (char *) "sctp" };
  g_autofree char *address = g_strdup ("example.org:443");
  g_autoptr (GVariant) changes = pingem_target_changes_build (&good, NULL);
  g_autoptr (GError) error = NULL;
  guint32 interval_ms;

  g_assert_cmpuint (g_variant_n_children (changes), ==, 2);
  g_assert_true (g_variant_lookup (changes, "interval-ms", "u", &interval_ms));
  g_assert_cmpuint (interval_ms, ==, 200);

  g_assert_null (pingem_target_changes_build (&too_fast, &error));
  g_assert_cmpstr (error->message, ==, "--interval must be 100 to 3600000 ms, not 99");
  g_clear_error (&error);

  g_assert_true (pingem_target_changes_choose_probe (&good, &address, NULL));
  g_assert_cmpstr (address, ==, "example.org:443");
  g_assert_true (pingem_target_changes_choose_probe (&tcp, &address, NULL));
  g_assert_cmpstr (address, ==, "tcp://example.org:443");
  g_assert_false (pingem_target_changes_choose_probe (&sctp, &address, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/ctl/status/json", Fixture, NULL, set_up, test_status_json, tear_down);
  g_test_add ("/ctl/status/text", Fixture, NULL, set_up, test_status_text, tear_down);
  g_test_add ("/ctl/status/line", Fixture, NULL, set_up, test_status_line, tear_down);
  g_test_add ("/ctl/status/wifi", Fixture, NULL, set_up, test_wifi, tear_down);
  g_test_add ("/ctl/target/list", Fixture, NULL, set_up, test_target_list, tear_down);
  g_test_add_func ("/ctl/history/column-json", test_column_json);
  g_test_add_func ("/ctl/events/json", test_event_json);
  g_test_add_func ("/ctl/events/text", test_events_text);
  g_test_add_func ("/ctl/target/changes", test_target_changes);

  return g_test_run ();
}
