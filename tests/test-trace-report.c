/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <locale.h>
#include <string.h>

#include <glib.h>

#include "ctl/trace-options.h"
#include "ctl/trace-report.h"

#define COUNT 10

static PingemAddress
parse (const char *text)
{
  PingemAddress address;

  g_assert_true (pingem_address_parse (text, &address));

  return address;
}

/* @n_lost of COUNT probes end as @state, the others are answered. */
static void
take (PingemTracePath *path, guint ttl, guint n_lost, PingemState state, const char *from)
{
  for (guint seq = 0; seq < COUNT; seq++)
    {
      PingemRecord record = {
        .seq = seq,
        .target = ttl,
        .state = seq < n_lost ? state : PINGEM_STATE_REPLY,
        .rtt_ns = seq < n_lost ? -1 : 7189000,
        .error = seq < n_lost && state == PINGEM_STATE_UNSENT ? ENETUNREACH : 0,
        .icmp_type = 3,
        .icmp_code = 1,
      };

      if (from != NULL)
        record.from = parse (from);
      pingem_trace_path_take (path, &record);
    }
}

/* Two hops before the host, which lose so many of ten. */
typedef struct {
  guint lost[3];
  PingemState state; /* of those of the host; 0: LOST */
  gboolean is_far;   /* no hop is the host */
  const char *sentence;
} Row;

static const Row rows[] = {
  { { 0, 0, 0 }, 0, FALSE, "No loss on the way to h.\n" },
  { { 0, 9, 0 }, 0, FALSE, "No loss on the way to h.\n" },
  { { 0, 5, 5 },
    0,
    FALSE,
    "From hop 2 (192.0.2.2) on, 5 of 10 probes are lost (significant at 95 %).\n" },
  { { 0, 0, 4 },
    0,
    FALSE,
    "4 of 10 probes to h are lost, behind the last hop before it (significant at 95 %).\n" },
  { { 0, 0, 2 },
    0,
    FALSE,
    "2 of 10 probes to h are lost. Where cannot be told: that needs more probes (-c).\n" },
  { { 0, 0, 10 }, 0, TRUE, "h does not answer; the last hop that does is 2 (192.0.2.2).\n" },
  { { 10, 10, 10 }, 0, TRUE, "h does not answer, and no hop on the way does.\n" },
  { { 0, 0, 10 },
    PINGEM_STATE_ERROR,
    TRUE,
    "h cannot be reached: host unreachable (type 3, code 1), says 192.0.2.2.\n" },
  { { 10, 10, 10 },
    PINGEM_STATE_UNSENT,
    TRUE,
    "Nothing can be sent to h: Network is unreachable.\n" },
};

static void
fill (PingemTracePath *path, const Row *row)
{
  PingemAddress address = parse ("192.0.2.99");
  PingemState state = row->state != 0 ? row->state : PINGEM_STATE_LOST;

  pingem_trace_path_init (path, &address, COUNT);
  for (guint i = 0; i < 3; i++)
    pingem_trace_path_add_hop (path);
  take (path, 1, row->lost[0], PINGEM_STATE_LOST, "192.0.2.1");
  take (path, 2, row->lost[1], PINGEM_STATE_LOST, "192.0.2.2");
  take (path, 3, row->is_far ? COUNT : 0, PINGEM_STATE_LOST, NULL);
  take (path, PINGEM_TRACE_HOST, row->lost[2], state,
        state == PINGEM_STATE_ERROR ? "192.0.2.2" : NULL);
}

static void
test_sentences (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemTracePath path;
      PingemTraceReport report = { .host = "h", .path = &path };
      g_autofree char *text = NULL;

      fill (&path, &rows[i]);
      text = pingem_trace_report_text (&report);
      if (!g_str_has_suffix (text, rows[i].sentence))
        g_error ("%s\nhas not: %s", text, rows[i].sentence);
      pingem_trace_path_clear (&path);
    }
}

static void
test_table (void)
{
  const Row row = { { 0, 9, 0 }, 0, FALSE, NULL };
  PingemTracePath path;
  PingemTraceReport report = { .host = "h\033[2J", .path = &path };
  g_autofree char *text = NULL;
  g_autofree char *progress = NULL;
  PingemRecord other = { .seq = 0, .target = 2, .state = PINGEM_STATE_REPLY, .rtt_ns = 1 };

  fill (&path, &row);
  other.from = parse ("192.0.2.22"); /* in place of what was lost before */
  pingem_trace_path_take (&path, &other);
  text = pingem_trace_report_text (&report);
  progress = pingem_trace_report_progress (&report);
  g_assert_cmpstr (text, ==,
                   "The way to h?[2J (192.0.2.99)\n"
                   "Hop  Address         Due  Loss     Min  Median    95 %     Max  Jitter\n"
                   "  1  192.0.2.1        10   0 %  7.2 ms  7.2 ms  7.2 ms  7.2 ms    0 µs\n"
                   "  2  192.0.2.2 × 1    10  80 %    0 µs    0 µs  7.2 ms  7.2 ms  449 µs  "
                   "limits its answers\n"
                   "     192.0.2.22 × 1\n"
                   "  3  192.0.2.99       10   0 %  7.2 ms  7.2 ms  7.2 ms  7.2 ms    0 µs\n"
                   "No loss on the way to h?[2J.\n");
  g_assert_true (g_str_has_prefix (text, progress));
  g_assert_null (strstr (progress, "No loss"));
  pingem_trace_path_clear (&path);
}

static void
test_json (void)
{
  const Row row = { { 0, 10, 5 }, 0, FALSE, NULL };
  PingemTracePath path;
  PingemTraceReport report = { .host = "h", .path = &path };
  g_autofree char *json = NULL;

  fill (&path, &row);
  json = pingem_trace_report_json (&report);
  g_assert_cmpstr (
      json, ==,
      "{\"target\":\"h\",\"address\":\"192.0.2.99\",\"hops\":["
      "{\"hop\":1,\"addresses\":[{\"address\":\"192.0.2.1\",\"name\":null,\"count\":10}],"
      "\"due\":10,\"reply\":10,\"late\":0,\"lost\":0,\"unsent\":0,\"error\":0,\"loss\":0.0,"
      "\"rtt_us\":{\"min\":7189,\"p50\":7189,\"p95\":7189,\"p99\":7189,\"max\":7189,\"jitter\":0},"
      "\"icmp\":null,\"is_target\":false,\"marked\":false},"
      "{\"hop\":2,\"addresses\":[],"
      "\"due\":10,\"reply\":0,\"late\":0,\"lost\":10,\"unsent\":0,\"error\":0,\"loss\":1.0,"
      "\"rtt_us\":{\"min\":null,\"p50\":null,\"p95\":null,\"p99\":null,\"max\":null,"
      "\"jitter\":null},\"icmp\":null,\"is_target\":false,\"marked\":false},"
      "{\"hop\":3,\"addresses\":[{\"address\":\"192.0.2.99\",\"name\":null,\"count\":5}],"
      "\"due\":10,\"reply\":5,\"late\":0,\"lost\":5,\"unsent\":0,\"error\":0,\"loss\":0.5,"
      "\"rtt_us\":{\"min\":7189,\"p50\":7189,\"p95\":7189,\"p99\":7189,\"max\":7189,\"jitter\":0},"
      "\"icmp\":null,\"is_target\":true,\"marked\":true}],\"loss_from_hop\":3}");
  pingem_trace_path_clear (&path);
}

static void
test_options (void)
{
  static const struct {
    const char *arguments;
    const char *message; /* NULL: is taken */
  } lines[] = {
    { "trace h", NULL },
    { "trace -c 1 -i 1000 -W 1 -6 --max-hops 255 --size 16 --source raw -n -v --json ::1", NULL },
    { "trace", "One host is traced at a time: give its name or its address" },
    { "trace a b", "One host is traced at a time: give its name or its address" },
    { "trace -c 0 h", "-c must be 1 to 100000, not 0" },
    { "trace -i 999 h", "-i must be 1000 to 3600000 ms, not 999" },
    { "trace -W 10001 h", "-W must be 1 to 10000 ms, not 10001" },
    { "trace --max-hops 256 h", "--max-hops must be 1 to 255, not 256" },
    { "trace --size 15 h", "--size must be 16 to 65507, not 15" },
    { "trace -4 -6 h", "-4 and -6 exclude each other: give one of them" },
    { "trace --source x h", "--source must be auto, helper, raw or datagram, not x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto (GStrv) argv = g_strsplit (lines[i].arguments, " ", -1);
      g_autoptr (GError) error = NULL;
      g_autoptr (PingemTraceOptions) options = pingem_trace_options_parse (argv, &error);

      g_assert_cmpstr (error != NULL ? error->message : NULL, ==, lines[i].message);
      g_assert_cmpint (options != NULL, ==, lines[i].message == NULL);
    }
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/trace-report/sentences", test_sentences);
  g_test_add_func ("/ctl/trace-report/table", test_table);
  g_test_add_func ("/ctl/trace-report/json", test_json);
  g_test_add_func ("/ctl/trace-options", test_options);

  return g_test_run ();
}
