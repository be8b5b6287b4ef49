/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/report-print.h"

#include <string.h>

#include "ipc/mask.h"
#include "ipc/column.h"
#include "ipc/event.h"

#define FROM_MS G_GINT64_CONSTANT (1795176000000) /* 2026-11-20T12:00:00Z */
#define HOUR_MS G_GINT64_CONSTANT (3600000)

static const char *const targets_text[] = {
  "{'key': <'router'>, 'name': <'Router'>, 'leg': <'router'>, 'numeric': <'203.0.113.1'>,"
  " 'interval-ms': <uint32 1000>, 'timeout-ms': <uint32 2000>, 'size': <uint32 56>}",
  "{'key': <'provider'>, 'name': <'Provider'>, 'leg': <'provider'>, 'interval-ms': <uint32 1000>,"
  " 'timeout-ms': <uint32 2000>, 'size': <uint32 56>}",
  "{'key': <'192.168.1.7'>, 'name': <'192.168.1.7'>, 'leg': <'call'>, 'numeric': <'192.168.1.7'>,"
  " 'interval-ms': <uint32 200>, 'timeout-ms': <uint32 500>, 'size': <uint32 172>}",
};
static const char *const summaries_text[] = {
  "{'due': <uint32 3600>, 'reply': <uint32 3590>, 'late': <uint32 2>, 'lost': <uint32 5>,"
  " 'unsent': <uint32 2>, 'error': <uint32 1>, 'duplicates': <uint32 0>, 'bursts': <uint32 3>,"
  " 'longest-burst': <uint32 4>, 'min-us': <uint32 800>, 'p50-us': <uint32 1200>,"
  " 'p95-us': <uint32 2500>, 'p99-us': <uint32 9000>, 'max-us': <uint32 2100000>,"
  " 'jitter-us': <uint32 300>, 'mos': <4.35>, 'loss': <0.0022>, 'about': <true>}",
  "{'due': <uint32 0>, 'reply': <uint32 0>, 'late': <uint32 0>, 'lost': <uint32 0>,"
  " 'unsent': <uint32 0>, 'error': <uint32 0>, 'duplicates': <uint32 0>, 'bursts': <uint32 0>,"
  " 'longest-burst': <uint32 0>, 'about': <false>}",
  "{'due': <uint32 10>, 'reply': <uint32 10>, 'late': <uint32 0>, 'lost': <uint32 0>,"
  " 'unsent': <uint32 0>, 'error': <uint32 0>, 'duplicates': <uint32 0>, 'bursts': <uint32 0>,"
  " 'longest-burst': <uint32 0>, 'p50-us': <uint32 20000>, 'about': <false>}",
};

typedef struct {
  GTimeZone *zone;
  GPtrArray *targets;
  GPtrArray *events;
  PingemReportView view;
} Fixture;

static void
add_target (Fixture *f, guint i)
{
  PingemReportTarget *row = g_new0 (PingemReportTarget, 1);
  PingemColumn columns[2] = { { .reply = 9, .lost = 1, .rtt_max_us = 1 },
                              { .reply = 10, .rtt_max_us = 30000 } };

  row->target = g_variant_parse (NULL, targets_text[i], NULL, NULL, NULL);
  row->summary = g_variant_parse (NULL, summaries_text[i], NULL, NULL, NULL);
  row->columns = g_array_new (FALSE, FALSE, sizeof (PingemColumn));
  g_array_append_vals (row->columns, columns, 2);
  g_ptr_array_add (f->targets, row);
}

static void
add_event (Fixture *f,
           const char *kind,
           gint64 seconds,
           const char *leg,
           const char *target,
           const char *text,
           guint due,
           guint bad)
{
  PingemEvent *event =
      pingem_event_new (kind, FROM_MS + 60000, seconds >= 0 ? FROM_MS + 60000 + seconds * 1000 : -1,
                        leg, target, text);

  event->due = due;
  event->bad = bad;
  g_ptr_array_add (f->events, event);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->zone = g_time_zone_new_offset (3600);
  f->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_report_target_free);
  f->events = g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_event_free);
  for (guint i = 0; i < G_N_ELEMENTS (targets_text); i++)
    add_target (f, i);

  add_event (f, "outage", 3725, "router", "router", "local", 72, 29);
  add_event (f, "outage", -1, "call", "192.168.1.7", "call", 0, 0);
  add_event (f, "outage", 5, "call", "10.0.0.9", "call", 9, 9);
  add_event (f, "gap", 10, "", "", "paused", 0, 0);
  add_event (f, "network", 0, "", "", "wlan0 192.168.1.1", 0, 0);
  add_event (f, "note", 0, "", "", "at 192.168.1.1", 0, 0);
  f->view = (PingemReportView){
    .from_ms = FROM_MS,
    .to_ms = FROM_MS + 2 * HOUR_MS,
    .written_ms = FROM_MS + 3 * HOUR_MS,
    .zone = f->zone,
    .targets = f->targets,
    .events = f->events,
  };
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_ptr_array_unref (f->targets);
  g_ptr_array_unref (f->events);
  g_time_zone_unref (f->zone);
}

static void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("there is no “%s” in:\n%s", part, text);
}

static void
test_text (Fixture *f, gconstpointer data)
{
  g_autofree char *text = pingem_report_text (&f->view);

  assert_has (text, "From     2026-11-20 13:00:00 UTC+01:00\n"
                    "To       2026-11-20 15:00:00 UTC+01:00\n"
                    "Written  2026-11-20 16:00:00 UTC+01:00\n");
  assert_has (text, "\n"
                    "Leg       Name      Address   Due   Loss  Lost  Late  Unsent  Error  Burst   "
                    "Median    95 %  "
                    "Longest  Jitter  MOS\n"
                    "Router    Router    (own)    3600  0.2 %     5     2       2      1      4   "
                    "1.2 ms  2.5 ms  "
                    " 2.10 s  300 µs  4.3\n"
                    "Provider  Provider  –           0      –     0     0       0      0      0    "
                    "    –       –  "
                    "      –       –    –\n"
                    "Call      (own)     (own)      10    0 %     0     0       0      0      0  "
                    "20.0 ms       –  "
                    "      –       –    –\n"
                    "Median, 95 % and jitter are about");
  assert_has (text, "\n"
                    "Router    ▒▄\n"
                    "Provider  ▒▄\n"
                    "(own)     ▒▄\n"
                    "A character is 1.0 h. ▁ below 5 ms");
  assert_has (text, "\n"
                    "Outages: 3\n"
                    "Begin                Duration  Leg     Name     Loss    Probes\n"
                    "2026-11-20 13:01:00   1:02:05  Router  Router   40 %  29 of 72\n"
                    "2026-11-20 13:01:00   goes on  Call    (own)       –         –\n"
                    "2026-11-20 13:01:00   0:00:05  Call    (own)   100 %    9 of 9\n");
  assert_has (text, "\n"
                    "Times when nothing was measured: 1\n"
                    "Begin                Duration  Why\n"
                    "2026-11-20 13:01:00   0:00:10  paused\n");
  assert_has (text, "(own)          200      500   172\n");
}

static void
test_own_addresses (Fixture *f, gconstpointer data)
{
  g_autofree char *masked = pingem_report_text (&f->view);
  g_autofree char *masked_json = pingem_report_json (&f->view);
  g_autofree char *shown = NULL;

  for (guint i = 0; i < 2; i++)
    {
      const char *text = i == 0 ? masked : masked_json;

      g_assert_null (strstr (text, "192.168."));
      g_assert_null (strstr (text, "10.0.0.9"));
      g_assert_null (strstr (text, "203.0.113.1"));
      g_assert_null (strstr (text, "wlan0"));
    }

  f->view.show_addresses = TRUE;
  shown = pingem_report_text (&f->view);
  assert_has (shown, "Router    Router       203.0.113.1");
  assert_has (shown, "Call      192.168.1.7  192.168.1.7");
  assert_has (shown, "10.0.0.9");
  g_assert_null (strstr (shown, "(own)"));
}

static void
test_nothing_happened (Fixture *f, gconstpointer data)
{
  g_autofree char *text = NULL;

  g_ptr_array_set_size (f->events, 0);
  g_ptr_array_set_size (f->targets, 0);
  text = pingem_report_text (&f->view);
  assert_has (text, "\nOutages: 0\n\nTimes when nothing was measured: 0\n\n");
  g_assert_null (strstr (text, "are about"));
}

static void
test_json (Fixture *f, gconstpointer data)
{
  g_autofree char *json = NULL;

  g_ptr_array_set_size (f->targets, 1);
  g_ptr_array_remove_range (f->events, 1, 3);
  json = pingem_report_json (&f->view);
  g_assert_cmpstr (
      json, ==,
      "{\"version\":\"" PINGEM_VERSION "\",\"from\":1795176000,\"to\":1795183200,\"targets\":["
      "{\"leg\":\"router\",\"target\":\"router\",\"name\":\"Router\",\"address\":null,"
      "\"interval_ms\":1000,\"timeout_ms\":2000,\"size\":56,\"due\":3600,\"reply\":3590,"
      "\"late\":2,\"lost\":5,\"unsent\":2,\"error\":1,\"duplicates\":0,\"bursts\":3,"
      "\"longest_burst\":4,\"loss\":0.0022222222222222222,\"rtt_us\":{\"min\":800,\"p50\":1200,"
      "\"p95\":2500,\"p99\":9000,\"max\":2100000,\"mean\":null,\"jitter\":300},\"mos\":4.3499999999"
      "999996,\"about\":true}],\"events\":[{\"kind\":\"outage\",\"start\":1795176060,"
      "\"seconds\":3725,\"text\":\"local\",\"leg\":\"router\",\"target\":\"router\",\"due\":72,"
      "\"bad\":29}]}");
}

static void
test_which_addresses_are_own (void)
{
  static const char *const own[] = {
    "10.1.2.3",    "172.16.0.1", "172.31.255.1", "192.168.0.1", "100.64.0.1", "100.127.0.1",
    "169.254.1.1", "127.0.0.1",  "fd00::1",      "fc00::1",     "fe80::1%1",  "::1",
  };
  static const char *const others[] = {
    "11.0.0.1",    "172.15.0.1",  "172.32.0.1", "192.169.0.1",      "100.63.0.1",
    "100.128.0.1", "169.253.0.1", "1.1.1.1",    "2001:db8::1",      "::2",
    "fb00::1",     "fec0::1",     "",           "192.168.1.1.name", "router",
  };

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    g_assert_true (pingem_address_is_own (own[i]));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (pingem_address_is_own (others[i]));
}

static void
add_report_test (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_report_test ("/ctl/report/text", test_text);
  add_report_test ("/ctl/report/own-addresses", test_own_addresses);
  add_report_test ("/ctl/report/nothing-happened", test_nothing_happened);
  add_report_test ("/ctl/report/json", test_json);
  g_test_add_func ("/ctl/report/which-addresses-are-own", test_which_addresses_are_own);

  return g_test_run ();
}
