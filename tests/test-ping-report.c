/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include "ctl/ping-report.h"

static PingemPingTarget *
make_target (const char *label, const char *address)
{
  PingemTargetSpec spec = { .count = 3, .interval_ms = 1000, .timeout_ms = 2000 };

  g_assert_true (pingem_address_parse (address, &spec.address));

  return pingem_ping_target_new (label, &spec, FALSE, 0);
}

static const PingemRecord reply = {
  .seq = 7,
  .sent_ns = G_GINT64_CONSTANT (1795176571760336105),
  .rtt_ns = 7189999,
  .state = PINGEM_STATE_REPLY,
  .ttl = 57,
  .duplicates = 1,
};

static const PingemRecord unsent = {
  .seq = 8,
  .sent_ns = G_GINT64_CONSTANT (1795176571760336105),
  .rtt_ns = -1,
  .state = PINGEM_STATE_UNSENT,
  .error = ENETUNREACH,
};

static PingemRecord
make_error (guint8 type, guint8 code, const char *from)
{
  PingemRecord record = {
    .seq = 9,
    .sent_ns = 1,
    .rtt_ns = 100,
    .state = PINGEM_STATE_ERROR,
    .icmp_type = type,
    .icmp_code = code,
  };

  g_assert_true (pingem_address_parse (from, &record.from));

  return record;
}

static void
check (char *got, const char *expected)
{
  g_assert_cmpstr (got, ==, expected);
  g_free (got);
}

static void
test_lines (void)
{
  PingemPingTarget *target = make_target ("line 1", "1.1.1.1");

  check (pingem_probe_line (target, &reply), "1.1.1.1,7,7189");
  check (pingem_probe_states_line (target, &reply), "1.1.1.1,7,7189,reply,-,1795176571760336105");
  check (pingem_probe_states_line (target, &unsent), "1.1.1.1,8,-,unsent,101,1795176571760336105");
  pingem_ping_target_free (target);
}

static void
test_json (void)
{
  PingemPingTarget *target = make_target ("a \"host\"", "2001:db8::1");
  PingemRecord error = make_error (ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR, "2001:db8::2");

  check (pingem_probe_json (target, &reply),
         "{\"target\":\"a \\\"host\\\"\",\"address\":\"2001:db8::1\",\"seq\":7,"
         "\"state\":\"reply\",\"sent_ns\":1795176571760336105,\"rtt_us\":7189,\"ttl\":57,"
         "\"errno\":null,\"icmp\":null,\"duplicates\":1}");
  check (pingem_probe_json (target, &unsent),
         "{\"target\":\"a \\\"host\\\"\",\"address\":\"2001:db8::1\",\"seq\":8,"
         "\"state\":\"unsent\",\"sent_ns\":1795176571760336105,\"rtt_us\":null,\"ttl\":null,"
         "\"errno\":101,\"icmp\":null,\"duplicates\":0}");
  check (pingem_probe_json (target, &error),
         "{\"target\":\"a \\\"host\\\"\",\"address\":\"2001:db8::1\",\"seq\":9,"
         "\"state\":\"error\",\"sent_ns\":1,\"rtt_us\":null,\"ttl\":null,\"errno\":null,"
         "\"icmp\":{\"type\":1,\"code\":3,\"from\":\"2001:db8::2\"},\"duplicates\":0}");
  pingem_ping_target_free (target);
}

static void
test_summary_json (void)
{
  PingemPingTarget *target = make_target ("h", "1.1.1.1");
  g_autoptr (GPtrArray) targets = g_ptr_array_new ();

  g_ptr_array_add (targets, target);
  check (pingem_summary_json (targets),
         "{\"summary\":[{\"target\":\"h\",\"due\":0,\"reply\":0,\"late\":0,\"lost\":0,"
         "\"unsent\":0,\"error\":0,\"duplicates\":0,\"loss\":null,\"rtt_us\":{\"min\":null,"
         "\"p50\":null,\"p95\":null,\"p99\":null,\"max\":null,\"jitter\":null}}]}");

  pingem_run_take (&target->run, &reply);
  pingem_run_take (&target->run, &unsent);
  check (pingem_summary_json (targets),
         "{\"summary\":[{\"target\":\"h\",\"due\":2,\"reply\":1,\"late\":0,\"lost\":0,"
         "\"unsent\":1,\"error\":0,\"duplicates\":1,\"loss\":0.5,\"rtt_us\":{\"min\":7189,"
         "\"p50\":7189,\"p95\":7189,\"p99\":7189,\"max\":7189,\"jitter\":null}}]}");
  pingem_ping_target_free (target);
}

static void
test_text (void)
{
  PingemPingTarget *target = make_target ("h", "1.1.1.1");
  PingemRecord record = make_error (ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, "192.0.2.1");

  check (pingem_probe_text (target, &reply), "h  7  7.2 ms, TTL 57");
  check (pingem_probe_text (target, &unsent), "h  8  not sent: Network is unreachable");
  check (pingem_probe_text (target, &record),
         "h  9  host unreachable (type 3, code 1), says 192.0.2.1");
  record = make_error (ICMP_DEST_UNREACH, 200, "192.0.2.1");
  check (pingem_probe_text (target, &record),
         "h  9  unreachable (type 3, code 200), says 192.0.2.1");
  record = make_error (200, 0, "192.0.2.1");
  check (pingem_probe_text (target, &record),
         "h  9  ICMP error (type 200, code 0), says 192.0.2.1");
  record = (PingemRecord){ .seq = 1, .state = PINGEM_STATE_LOST, .rtt_ns = -1 };
  check (pingem_probe_text (target, &record), "h  1  no reply within 2000 ms");
  record = (PingemRecord){ .seq = 1, .state = PINGEM_STATE_LATE, .rtt_ns = 2500000000 };
  check (pingem_probe_text (target, &record), "h  1  late reply after 2.50 s");
  record = (PingemRecord){ .seq = 1, .state = PINGEM_STATE_UNSENT, .error = EAGAIN, .rtt_ns = -1 };
  check (pingem_probe_text (target, &record), "h  1  held back: too many probes are under way");
  record = (PingemRecord){ .seq = 1, .state = PINGEM_STATE_IN_FLIGHT, .rtt_ns = -1 };
  g_assert_null (pingem_probe_text (target, &record));
  pingem_ping_target_free (target);
}

static void
test_summary_text (void)
{
  PingemPingTarget *target = make_target ("h", "1.1.1.1");

  pingem_run_take (&target->run, &reply);
  pingem_run_take (&target->run, &unsent);
  check (pingem_summary_text (target),
         "--- h (1.1.1.1)\n"
         "2 due, loss 50 %: 1 answered, 0 late, 0 lost, 1 not sent, 0 with an error, duplicates "
         "beside: 1, "
         "7 passed by while this machine was busy or asleep\n"
         "RTT: min 7.2 ms, p50 7.2 ms, p95 7.2 ms, p99 7.2 ms, max 7.2 ms, jitter –\n");
  pingem_ping_target_free (target);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/ping-report/lines", test_lines);
  g_test_add_func ("/ctl/ping-report/json", test_json);
  g_test_add_func ("/ctl/ping-report/summary-json", test_summary_json);
  g_test_add_func ("/ctl/ping-report/text", test_text);
  g_test_add_func ("/ctl/ping-report/summary-text", test_summary_text);

  return g_test_run ();
}
