/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include "ctl/json-line.h"
#include "ctl/ping-report.h"

static PingemPingNames
make_names (const char *label, const char *address)
{
  PingemPingNames names = { .label = label };

  g_strlcpy (names.address, address, sizeof names.address);

  return names;
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

typedef void (*Writer) (GString *text, const PingemPingNames *names, const PingemRecord *record);

static void
check (Writer writer,
       const PingemPingNames *names,
       const PingemRecord *record,
       const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  writer (text, names, record);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_lines (void)
{
  PingemPingNames names = make_names ("line 1", "1.1.1.1");

  check (pingem_probe_line, &names, &reply, "1.1.1.1,7,7189\n");
  check (pingem_probe_states_line, &names, &reply, "1.1.1.1,7,7189,reply,-,1795176571760336105\n");
  check (pingem_probe_states_line, &names, &unsent, "1.1.1.1,8,-,unsent,101,1795176571760336105\n");
}

static void
test_json (void)
{
  PingemPingNames names = make_names ("a \"host\"\n\\é", "2001:db8::1");
  PingemRecord error = make_error (ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR, "2001:db8::2");

  check (pingem_probe_json, &names, &reply,
         "{\"target\":\"a \\\"host\\\"\\n\\\\é\",\"address\":\"2001:db8::1\",\"seq\":7,"
         "\"state\":\"reply\",\"sent_ns\":1795176571760336105,\"rtt_us\":7189,\"ttl\":57,"
         "\"errno\":null,\"icmp\":null,\"duplicates\":1}\n");
  names.label = "h";
  check (pingem_probe_json, &names, &unsent,
         "{\"target\":\"h\",\"address\":\"2001:db8::1\",\"seq\":8,"
         "\"state\":\"unsent\",\"sent_ns\":1795176571760336105,\"rtt_us\":null,\"ttl\":null,"
         "\"errno\":101,\"icmp\":null,\"duplicates\":0}\n");
  check (pingem_probe_json, &names, &error,
         "{\"target\":\"h\",\"address\":\"2001:db8::1\",\"seq\":9,"
         "\"state\":\"error\",\"sent_ns\":1,\"rtt_us\":null,\"ttl\":null,\"errno\":null,"
         "\"icmp\":{\"type\":1,\"code\":3,\"from\":\"2001:db8::2\"},\"duplicates\":0}\n");
}

static void
check_share (double value, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  pingem_json_line_share (text, value);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_numbers (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  check_share (-1, "null");
  check_share (0, "0.0");
  check_share (0.25, "0.25");
  check_share (1, "1.0");
  check_share (1e-7, "9.9999999999999995e-08");

  pingem_text_append_number (text, 0);
  pingem_text_append_number (text, G_MAXINT64);
  pingem_text_append_number (text, G_MININT64);
  g_assert_cmpstr (text->str, ==, "09223372036854775807-9223372036854775808");
}

static PingemRun
make_run (void)
{
  PingemRun run = { .count = 3 };
  PingemTally total = { 0 };

  pingem_run_take (&run, &reply, &total);
  pingem_run_take (&run, &unsent, &total);

  return run;
}

static void
check_row (const PingemRun *run, const char *expected)
{
  PingemPingNames names = make_names ("h", "1.1.1.1");
  g_autoptr (GString) text = g_string_new (NULL);

  pingem_summary_row_json (text, &names, run);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_summary_json (void)
{
  const PingemRun empty = { 0 };
  PingemRun run = make_run ();

  check_row (&empty, "{\"target\":\"h\",\"due\":0,\"reply\":0,\"late\":0,\"lost\":0,"
                     "\"unsent\":0,\"error\":0,\"duplicates\":0,\"loss\":null,\"rtt_us\":{"
                     "\"min\":null,\"p50\":null,\"p95\":null,\"p99\":null,\"max\":null,"
                     "\"jitter\":null}}");
  check_row (&run, "{\"target\":\"h\",\"due\":2,\"reply\":1,\"late\":0,\"lost\":0,"
                   "\"unsent\":1,\"error\":0,\"duplicates\":1,\"loss\":0.5,\"rtt_us\":{"
                   "\"min\":7189,\"p50\":7189,\"p95\":7189,\"p99\":7189,\"max\":7189,"
                   "\"jitter\":null}}");
  pingem_run_clear (&run);
}

static void
write_text (GString *text, const PingemPingNames *names, const PingemRecord *record)
{
  pingem_probe_text (text, names, record, 2000, FALSE);
}

static void
write_verbose_text (GString *text, const PingemPingNames *names, const PingemRecord *record)
{
  pingem_probe_text (text, names, record, 2000, TRUE);
}

static void
test_text (void)
{
  PingemPingNames names = make_names ("h", "1.1.1.1");
  PingemRecord record = make_error (ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, "192.0.2.1");

  check (write_text, &names, &reply, "h  7  7.2 ms, TTL 57\n");
  check (write_text, &names, &unsent, "h  8  not sent: Network is unreachable\n");
  check (write_text, &names, &record, "h  9  host unreachable (type 3, code 1), says 192.0.2.1\n");
  record = make_error (ICMP_DEST_UNREACH, 200, "192.0.2.1");
  check (write_text, &names, &record, "h  9  unreachable (type 3, code 200), says 192.0.2.1\n");
  record = make_error (200, 0, "192.0.2.1");
  check (write_text, &names, &record, "h  9  ICMP error (type 200, code 0), says 192.0.2.1\n");
  record = (PingemRecord){ .seq = 1, .state = PINGEM_STATE_LOST, .rtt_ns = -1 };
  check (write_text, &names, &record, "h  1  no reply within 2000 ms\n");
  record = (PingemRecord){ .seq = 1, .state = PINGEM_STATE_LATE, .rtt_ns = 2500000000 };
  check (write_text, &names, &record, "h  1  late reply after 2.50 s\n");
  record = (PingemRecord){ .seq = 1, .state = PINGEM_STATE_UNSENT, .error = EAGAIN, .rtt_ns = -1 };
  check (write_text, &names, &record, "h  1  held back: too many probes are under way\n");
  record = (PingemRecord){ .seq = 1, .state = PINGEM_STATE_IN_FLIGHT, .rtt_ns = -1 };
  check (write_text, &names, &record, "");
}

static void
test_stamps (void)
{
  PingemPingNames names = make_names ("h", "1.1.1.1");
  PingemRecord record = reply;

  check (write_verbose_text, &names, &record,
         "h  7  7.2 ms, TTL 57, received: this program's time\n");
  record.flags = PINGEM_RECORD_KERNEL_STAMP;
  check (write_verbose_text, &names, &record, "h  7  7.2 ms, TTL 57, received: kernel's time\n");
}

static void
test_summary_text (void)
{
  PingemPingNames names = make_names ("h", "1.1.1.1");
  PingemRun run = make_run ();
  PingemPingSums sums = pingem_ping_sums (&run);
  g_autoptr (GString) text = g_string_new (NULL);

  pingem_summary_text (text, &names, &sums);
  g_assert_cmpstr (text->str, ==,
                   "--- h (1.1.1.1)\n"
                   "2 due, loss 50 %: 1 answered, 0 late, 0 lost, 1 not sent, 0 with an error, "
                   "duplicates beside: 1, 7 passed by while this machine was busy or asleep\n"
                   "Bursts of loss: 1, the longest of 1 in a row\n"
                   "RTT: min 7.2 ms, p50 7.2 ms, p95 7.2 ms, p99 7.2 ms, max 7.2 ms, jitter –\n");
  pingem_run_clear (&run);
}

static void
test_summary_of_many (void)
{
  const PingemPingNames names = make_names ("1.1.1.1", "1.1.1.1");
  const PingemPingSums fine = { .tally = { .reply = 9 }, .rtt = { 1, 2, 3, 4, 5, -1 } };
  const PingemPingSums bad = { .tally = { .reply = 7, .lost = 2 },
                               .bursts = { .n = 1, .longest = 2 },
                               .rtt = { -1, -1, -1, -1, -1, -1 } };
  const PingemPingSums late = { .tally = { .late = 1 } };
  const PingemPingSums duplicate = { .tally = { .reply = 1, .duplicates = 1 } };
  const PingemPingSums passed = { .tally = { .reply = 1 }, .n_passed = 1 };
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_false (pingem_ping_sums_show_trouble (&fine));
  g_assert_true (pingem_ping_sums_show_trouble (&bad));
  g_assert_true (pingem_ping_sums_show_trouble (&late));
  g_assert_true (pingem_ping_sums_show_trouble (&duplicate));
  g_assert_true (pingem_ping_sums_show_trouble (&passed));

  pingem_summary_row_text (text, &names, &bad);
  pingem_summary_total_text (text, 30, 1, &bad);
  g_assert_cmpstr (text->str, ==,
                   "1.1.1.1: 9 due, loss 22 %: 7 answered, 0 late, 2 lost, 0 not sent, 0 with an "
                   "error\n"
                   "--- Hosts: 30, of which not all was answered in time: 1\n"
                   "9 due, loss 22 %: 7 answered, 0 late, 2 lost, 0 not sent, 0 with an error\n"
                   "Bursts of loss: 1, the longest of 2 in a row\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/ping-report/lines", test_lines);
  g_test_add_func ("/ctl/ping-report/json", test_json);
  g_test_add_func ("/ctl/ping-report/numbers", test_numbers);
  g_test_add_func ("/ctl/ping-report/summary-json", test_summary_json);
  g_test_add_func ("/ctl/ping-report/text", test_text);
  g_test_add_func ("/ctl/ping-report/summary-text", test_summary_text);

  g_test_add_func ("/ctl/ping-report/stamps", test_stamps);
  g_test_add_func ("/ctl/ping-report/summary-of-many", test_summary_of_many);

  return g_test_run ();
}
