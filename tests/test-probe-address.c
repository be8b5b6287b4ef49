/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ipc/probe-address.h"

#include "ipc/error.h"

static void
check (const char *text, PingemProbe probe, const char *host, guint port, const char *canonical)
{
  g_auto (PingemProbeAddress) address = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *formatted = NULL;

  pingem_probe_address_parse (text, &address, &error);
  g_assert_no_error (error);
  g_assert_cmpint (address.probe, ==, probe);
  g_assert_cmpstr (address.host, ==, host);
  g_assert_cmpuint (address.port, ==, port);

  formatted = pingem_probe_address_format (&address);
  g_assert_cmpstr (formatted, ==, canonical);
}

static void
test_address_is_parsed (void)
{
  check ("meet.example", PINGEM_PROBE_ICMP, "meet.example", 0, "meet.example");
  check ("2001:db8::1", PINGEM_PROBE_ICMP, "2001:db8::1", 0, "2001:db8::1");
  check ("tcp://meet.example:443", PINGEM_PROBE_TCP, "meet.example", 443, "tcp://meet.example:443");
  check ("tcp://[2001:db8::1]:22", PINGEM_PROBE_TCP, "2001:db8::1", 22, "tcp://[2001:db8::1]:22");
  check ("udp://192.0.2.1", PINGEM_PROBE_UDP, "192.0.2.1", 862, "udp://192.0.2.1");
  check ("udp://192.0.2.1:862", PINGEM_PROBE_UDP, "192.0.2.1", 862, "udp://192.0.2.1");
  check ("udp://192.0.2.1:8862", PINGEM_PROBE_UDP, "192.0.2.1", 8862, "udp://192.0.2.1:8862");
  check ("udp://2001:db8::1", PINGEM_PROBE_UDP, "2001:db8::1", 862, "udp://[2001:db8::1]");
  check ("echo://box", PINGEM_PROBE_ECHO, "box", 8862, "echo://box");
}

static void
test_bad_address_is_named (void)
{
  static const char *const bad[][2] = {
    { "", "neither" },
    { "tcp://meet.example", "no port" },
    { "tcp://meet.example:0", "1 to 65535" },
    { "tcp://meet.example:65536", "1 to 65535" },
    { "tcp://meet.example:", "1 to 65535" },
    { "tcp://meet.example:80x", "1 to 65535" },
    { "tcp://:80", "neither" },
    { "tcp://[2001:db8::1:80", "bracket" },
    { "tcp://[2001:db8::1]80", "bracket" },
    { "udp://224.0.0.1", "multicast" },
    { "http://meet.example", "tcp://HOST:PORT" },
    { "icmp://meet.example", "tcp://HOST:PORT" },
    { "://meet.example", "tcp://HOST:PORT" },
    { "tcp://a b:80", "neither" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto (PingemProbeAddress) address = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (pingem_probe_address_parse (bad[i][0], &address, &error));
      g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS);
      g_assert_nonnull (strstr (error->message, bad[i][1]));
      g_assert_null (address.host);
    }
}

static void
test_address_is_composed (void)
{
  static const char *const rows[][3] = {
    { "icmp", "box", "box" },
    { "tcp", "box:80", "tcp://box:80" },
    { "udp", "2001:db8::1", "udp://[2001:db8::1]" },
    { "echo", "[2001:db8::1]:9", "echo://[2001:db8::1]:9" },
    { "tcp", "tcp://box:80", "tcp://box:80" },
    { "sctp", "box", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = pingem_probe_address_compose (rows[i][0], rows[i][1]);

      g_assert_cmpstr (text, ==, rows[i][2]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/probe-address/is-parsed", test_address_is_parsed);
  g_test_add_func ("/probe-address/bad-is-named", test_bad_address_is_named);
  g_test_add_func ("/probe-address/is-composed", test_address_is_composed);

  return g_test_run ();
}
