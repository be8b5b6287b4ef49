/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib/gstdio.h>

#include "monitor/monitor-private.h"

#define S G_GINT64_CONSTANT (1000000000)
#define NOW_S G_GINT64_CONSTANT (1790000000)

/* A monitor that was not started: what is noted is all that happens. */
typedef struct {
  char *config; /* (owned) */
  PingemMonitor *monitor;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  PingemHistory *history;
  int fd = g_file_open_tmp ("pingem-events-XXXXXX", &f->config, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  history = pingem_history_open (":memory:", PINGEM_HISTORY_DAYS, PINGEM_HISTORY_ROLLUP_DAYS,
                                 NOW_S * 1000, NULL, &error);
  g_assert_no_error (error);
  f->monitor =
      pingem_monitor_new (pingem_settings_load (f->config, &error), history, NULL, "datagram");
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->monitor);
  g_unlink (f->config);
  g_free (f->config);
}

/* @expected: "KIND TARGET TEXT", ..., the newest last */
static void
assert_events (Fixture *f, const char *const *expected)
{
  g_autoptr (GPtrArray) events = pingem_monitor_get_events (f->monitor, 0, G_MAXINT64, 100, NULL);

  g_assert_cmpuint (events->len, ==, g_strv_length ((GStrv) expected));

  for (guint i = 0; i < events->len; i++)
    {
      const PingemEvent *event = events->pdata[i];
      g_autofree char *text = g_strdup_printf ("%s %s %s", event->kind, event->target, event->text);

      g_assert_cmpstr (text, ==, expected[i]);
    }
}

static void
note_wifi (Fixture *f, const char *interface, const char *gateway, const char *wifi)
{
  PingemRoute route = { 0 };

  g_strlcpy (route.interface, interface, sizeof route.interface);
  if (gateway != NULL)
    g_assert_true (pingem_address_parse (gateway, &route.gateway));
  pingem_monitor_note_route (f->monitor, &route, wifi);
}

static void
note_route (Fixture *f, const char *interface, const char *gateway)
{
  note_wifi (f, interface, gateway, NULL);
}

static void
test_routes (Fixture *f, gconstpointer data)
{
  static const char *const expected[] = { "network  wlan0 192.0.2.1",
                                          "network  eth0 192.0.2.1",
                                          "network  ppp0",
                                          "network  ",
                                          "network  ppp0",
                                          NULL };

  note_route (f, "", NULL);
  note_route (f, "wlan0", "192.0.2.1");
  note_route (f, "wlan0", "192.0.2.1");
  note_route (f, "eth0", "192.0.2.1");
  note_route (f, "ppp0", NULL);
  note_route (f, "", NULL);
  note_route (f, "ppp0", NULL);
  assert_events (f, expected);
}

/* The name comes after the route, and who tells it may go. */
static void
test_wifi (Fixture *f, gconstpointer data)
{
  static const char *const expected[] = { "network  wlan0 192.0.2.1 My Home",
                                          "network  wlan0 192.0.2.1 Other",
                                          "network  wlan0 - Other",
                                          "network  ",
                                          "network  wlan0 192.0.2.1 Other",
                                          "network  wlan0 192.0.2.2",
                                          NULL };

  note_wifi (f, "wlan0", "192.0.2.1", NULL);
  note_wifi (f, "wlan0", "192.0.2.1", "My Home");
  note_wifi (f, "wlan0", "192.0.2.1", "My Home");
  note_wifi (f, "wlan0", "192.0.2.1", NULL);
  note_wifi (f, "wlan0", "192.0.2.1", "Other");
  note_wifi (f, "wlan0", NULL, "Other");
  note_wifi (f, "wlan0", NULL, NULL);
  note_wifi (f, "", NULL, NULL);
  note_wifi (f, "wlan0", "192.0.2.1", "Other");
  note_wifi (f, "wlan0", "192.0.2.2", NULL);
  assert_events (f, expected);
}

static void
test_vpn (Fixture *f, gconstpointer data)
{
  static const char *const expected[] = { "vpn  tun0", "vpn  wg0", "vpn  ", NULL };

  pingem_monitor_note_vpn (f->monitor, "");
  pingem_monitor_note_vpn (f->monitor, "tun0");
  pingem_monitor_note_vpn (f->monitor, "tun0");
  pingem_monitor_note_vpn (f->monitor, "wg0");
  pingem_monitor_note_vpn (f->monitor, "");
  assert_events (f, expected);
}

static void
note_address (Fixture *f, PingemTarget *target, const char *text)
{
  PingemAddress address = { 0 };

  g_assert_true (text == NULL || pingem_address_parse (text, &address));
  pingem_target_set_address (target, &address);
  pingem_monitor_note_address (f->monitor, target);
}

static PingemTarget *
make_target (const char *key)
{
  g_autoptr (PingemTargetConfig) config = pingem_target_config_new (key);

  return pingem_target_new (config, S);
}

static void
test_addresses (Fixture *f, gconstpointer data)
{
  static const char *const expected[] = { "address call.example 192.0.2.2",
                                          "address call.example 2001:db8::1", NULL };
  g_autoptr (PingemTarget) name = make_target ("call.example");
  g_autoptr (PingemTarget) numeric = make_target ("192.0.2.9");
  g_autoptr (PingemTarget) router = make_target (PINGEM_ROUTER_KEY);

  note_address (f, name, NULL);
  note_address (f, name, "192.0.2.1");
  note_address (f, name, "192.0.2.1");
  note_address (f, name, "192.0.2.2");
  note_address (f, name, NULL);
  note_address (f, name, "192.0.2.2");
  note_address (f, name, "2001:db8::1");
  note_address (f, numeric, "192.0.2.9");
  note_address (f, router, "192.0.2.1");
  note_address (f, router, "192.0.2.2");
  assert_events (f, expected);
}

/* @mono_s, @boot_s: since the monitor began; @real_ms: ... in Unix time */
static void
note_time (Fixture *f, gint64 mono_s, gint64 boot_s, gint64 real_ms)
{
  const PingemTime now = { (100 + mono_s) * S, (100 + boot_s) * S, NOW_S * S + real_ms * 1000000 };

  pingem_monitor_note_time (f->monitor, &now);
}

static void
test_clocks (Fixture *f, gconstpointer data)
{
  static const char *const expected[] = { "clock-step  -3600000", "clock-step  +3600501",
                                          "resume  ", NULL };

  note_time (f, 0, 0, 0);
  note_time (f, 1, 1, 1500);
  note_time (f, 2, 2, 2500 - 3600000);
  note_time (f, 3, 3, 3500 + 501);
  note_time (f, 4, 5, 5500 + 501);
  note_time (f, 5, 3606, 3606500 + 501);
  note_time (f, 6, 3607, 3607500 + 501);
  assert_events (f, expected);
}

/* Both tell of it: the clocks, by the first reading after it, and logind. */
static void
test_a_sleep_is_told_once (Fixture *f, gconstpointer data)
{
  static const char *const expected[] = { "resume  ", "resume  ", "resume  ", NULL };
  const PingemTime dusk = { 101 * S, 101 * S, (NOW_S + 1) * S };
  const PingemTime dawn = { 102 * S, 3702 * S, (NOW_S + 3602) * S };
  const PingemTime nap = { 110 * S, 3710 * S, (NOW_S + 3610) * S };
  const PingemTime nap_over = { 111 * S, 3811 * S, (NOW_S + 3711) * S };
  const PingemTime doze = { 120 * S, 3820 * S, (NOW_S + 3720) * S };
  const PingemTime doze_over = { 121 * S, 3821 * S, (NOW_S + 3721) * S };

  note_time (f, 0, 0, 0);
  pingem_monitor_begin_sleep (f->monitor, &dusk);
  pingem_monitor_end_sleep (f->monitor, &dawn);
  note_time (f, 3, 3603, 3603000);

  pingem_monitor_begin_sleep (f->monitor, &nap);
  note_time (f, 11, 3711, 3711000);
  pingem_monitor_end_sleep (f->monitor, &nap_over);

  /* Clocks that know of no sleep. */
  pingem_monitor_begin_sleep (f->monitor, &doze);
  pingem_monitor_end_sleep (f->monitor, &doze_over);
  note_time (f, 22, 3722, 3722000);
  assert_events (f, expected);
}

static void
tell_record (Fixture *f, PingemTarget *target, PingemState state, guint64 seq, gint64 due_ns)
{
  PingemRecord record = { .seq = seq, .due_ns = due_ns, .rtt_ns = -1, .state = state };

  g_signal_emit_by_name (f->monitor->prober, "record", target, &record);
}

static void
assert_tally (PingemTarget *target, guint reply, guint lost, guint unsent)
{
  PingemTally tally = pingem_recent_tally (pingem_target_get_recent (target));

  g_assert_cmpuint (tally.reply, ==, reply);
  g_assert_cmpuint (tally.lost, ==, lost);
  g_assert_cmpuint (tally.unsent, ==, unsent);
}

/* What was in flight when the machine fell asleep is neither lost nor, where it was answered, void.
 */
static void
test_a_sleep_is_no_loss (Fixture *f, gconstpointer data)
{
  g_autoptr (PingemTarget) target = make_target ("192.0.2.9");
  const PingemTime now = pingem_clock_kernel (NULL);
  const gint64 asleep_ns = 100 * S;
  const gint64 before_ns = now.boot_ns - asleep_ns - S / 10;

  f->monitor->last_tick = now;
  f->monitor->last_tick.boot_ns -= asleep_ns;
  f->monitor->last_tick.real_ns -= asleep_ns;
  tell_record (f, target, PINGEM_STATE_LOST, 1, before_ns);
  assert_tally (target, 0, 0, 0);
  tell_record (f, target, PINGEM_STATE_REPLY, 1, before_ns);
  assert_tally (target, 1, 0, 0);
  tell_record (f, target, PINGEM_STATE_LOST, 2, pingem_clock_kernel (NULL).boot_ns);
  assert_tally (target, 1, 1, 0);
}

/* The network goes before the machine sleeps, and may come back after it woke. */
static void
test_going_to_sleep_is_no_loss (Fixture *f, gconstpointer data)
{
  g_autoptr (PingemTarget) target = make_target ("192.0.2.9");
  PingemTime now = pingem_clock_kernel (NULL);

  pingem_monitor_begin_sleep (f->monitor, &now);
  tell_record (f, target, PINGEM_STATE_UNSENT, 1, now.boot_ns);
  tell_record (f, target, PINGEM_STATE_IN_FLIGHT, 2, now.boot_ns);
  now = pingem_clock_kernel (NULL);
  pingem_monitor_end_sleep (f->monitor, &now);
  tell_record (f, target, PINGEM_STATE_LOST, 2, now.boot_ns);
  assert_tally (target, 0, 0, 0);
  tell_record (f, target, PINGEM_STATE_UNSENT, 3, now.boot_ns + 1);
  assert_tally (target, 0, 0, 1);
}

static void
show (Fixture *f, PingemLevel level, const char *verdict)
{
  f->monitor->verdict.shown = (PingemVerdict){ .verdict = verdict, .level = level, .bad = -1 };
  pingem_monitor_note_verdict (f->monitor);
}

/* Whoever closes the lid in an outage has no outage of a night: another one begins then. */
static void
test_sleep_ends_an_outage (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) events = NULL;
  const gint64 now_ns = g_get_real_time () * 1000;
  const PingemTime last = { 10 * S, 10 * S, now_ns };
  const PingemTime slept = { 11 * S, 3611 * S, now_ns + 3601 * S };

  pingem_monitor_note_time (f->monitor, &last);
  show (f, PINGEM_LEVEL_DOWN, "local");
  show (f, PINGEM_LEVEL_BAD, "local");
  pingem_monitor_note_time (f->monitor, &slept);
  show (f, PINGEM_LEVEL_BAD, "local");
  show (f, PINGEM_LEVEL_GOOD, "ok");

  events = pingem_monitor_get_events (f->monitor, 0, G_MAXINT64, 100, NULL);
  g_assert_cmpuint (events->len, ==, 3);

  for (guint i = 0; i < 2; i++)
    {
      const PingemEvent *outage = events->pdata[i];

      g_assert_cmpstr (outage->kind, ==, PINGEM_EVENT_OUTAGE);
      g_assert_cmpint (outage->to_ms, >=, outage->from_ms);
      g_assert_cmpint (outage->to_ms - outage->from_ms, <, 60000);
    }
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

  add_test ("/monitor-events/routes", test_routes);
  add_test ("/monitor-events/wifi", test_wifi);
  add_test ("/monitor-events/vpn", test_vpn);
  add_test ("/monitor-events/addresses", test_addresses);
  add_test ("/monitor-events/clocks", test_clocks);
  add_test ("/monitor-events/a-sleep-is-told-once", test_a_sleep_is_told_once);
  add_test ("/monitor-events/a-sleep-is-no-loss", test_a_sleep_is_no_loss);
  add_test ("/monitor-events/going-to-sleep-is-no-loss", test_going_to_sleep_is_no_loss);
  add_test ("/monitor-events/sleep-ends-an-outage", test_sleep_ends_an_outage);

  return g_test_run ();
}
