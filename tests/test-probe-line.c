/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ipc/probe-line.h"

#include <errno.h>

static const char *const lines[] = {
  "0,1795176571760336000,reply,7189,57,-,-,-,-,0",
  "18446744073709551615,1795176571760336000,late,2500000,-,-,-,-,-,4294967295",
  "1,1795176571760336000,lost,-,-,-,-,-,-,0",
  "2,1795176571760336000,in-flight,-,-,-,-,-,-,0",
  "3,1795176571760336000,unsent,-,-,101,-,-,-,0",
  "4,1795176571760336000,error,-,-,-,3,1,192.0.2.1,0",
  "5,-,reply,812,64,-,11,0,2001:db8::1,2",
};

static void
test_there_and_back (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      PingemRecord record;

      g_assert_true (pingem_probe_line_parse (lines[i], &record));
      pingem_probe_line_append (text, &record);
      g_assert_cmpint (text->str[text->len - 1], ==, '\n');
      g_string_truncate (text, text->len - 1);
      g_assert_cmpstr (text->str, ==, lines[i]);
    }
}

static void
test_fields (void)
{
  PingemRecord record;

  g_assert_true (pingem_probe_line_parse (lines[0], &record));
  g_assert_cmpuint (record.state, ==, PINGEM_STATE_REPLY);
  g_assert_cmpint (record.rtt_ns, ==, 7189000);
  g_assert_cmpint (record.sent_ns, ==, G_GINT64_CONSTANT (1795176571760336000));
  g_assert_cmpuint (record.ttl, ==, 57);
  g_assert_true (pingem_probe_line_parse (lines[4], &record));
  g_assert_cmpint (record.error, ==, ENETUNREACH);
  g_assert_cmpint (record.rtt_ns, ==, -1);
  g_assert_true (pingem_probe_line_parse (lines[5], &record));
  g_assert_cmpuint (record.from.family, ==, AF_INET);
  g_assert_cmpuint (record.icmp_type, ==, 3);
}

/* An error has the time of its arrival, which is no round trip. */
static void
test_only_replies_have_an_rtt (void)
{
  PingemRecord record = { .state = PINGEM_STATE_ERROR, .rtt_ns = 5000, .sent_ns = 1 };
  g_autoptr (GString) text = g_string_new (NULL);

  pingem_probe_line_append (text, &record);
  g_assert_cmpstr (text->str, ==, "0,1,error,-,-,-,-,-,-,0\n");
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "",
    PINGEM_PROBE_LINE_HEADER,
    "0,1,reply,7189,57,-,-,-,-",
    "0,1,reply,7189,57,-,-,-,-,0,0",
    "-1,1,reply,7189,57,-,-,-,-,0",
    "0,1,replied,7189,57,-,-,-,-,0",
    "0,1,reply,-7,57,-,-,-,-,0",
    "0,1,reply,9223372036854775807,57,-,-,-,-,0",
    "0,1,reply,7,256,-,-,-,-,0",
    "0,1,reply,7,,-,-,-,-,0",
    "0,1,error,-,-,-,3,1,somebody,0",
    "0,1,reply,7,57,-,-,-,-,4294967296",
    "18446744073709551616,1,reply,7,57,-,-,-,-,0",
  };
  PingemRecord record = { .seq = 7 };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (pingem_probe_line_parse (bad[i], &record));
  g_assert_cmpuint (record.seq, ==, 7);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/probe-line/there-and-back", test_there_and_back);
  g_test_add_func ("/probe-line/fields", test_fields);
  g_test_add_func ("/probe-line/only-replies-have-an-rtt", test_only_replies_have_an_rtt);
  g_test_add_func ("/probe-line/refused", test_refused);

  return g_test_run ();
}
