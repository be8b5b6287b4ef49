/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ctl/seed-line.h"
#include "ipc/error.h"

static void
test_good_lines (void)
{
  static const struct {
    const char *text;
    const char *address;
    guint32 count;
    guint32 interval_ms;
  } rows[] = {
    { "1.1.1.1,3,1000", "1.1.1.1", 3, 1000 },
    { "1.1.1.1,1,1", "1.1.1.1", 1, 1 },
    { "192.0.2.255,10,500", "192.0.2.255", 10, 500 },
    { " 127.0.0.1 , 3 , 100 ", "127.0.0.1", 3, 100 },
    { "127.0.0.1,03,0100", "127.0.0.1", 3, 100 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemSeedLine line;
      char address[PINGEM_ADDRESS_STRLEN];
      g_autoptr (GError) error = NULL;

      g_assert_true (pingem_seed_line_parse (rows[i].text, &line, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (pingem_address_format (&line.address, address), ==, rows[i].address);
      g_assert_cmpuint (line.count, ==, rows[i].count);
      g_assert_cmpuint (line.interval_ms, ==, rows[i].interval_ms);
    }
}

static void
test_bad_lines (void)
{
  static const struct {
    const char *text;
    const char *message;
  } rows[] = {
    { "", "expected IPv4,count,interval_ms, not \"\"" },
    { "foo", "expected IPv4,count,interval_ms, not foo" },
    { "1.1.1.1,3", "expected IPv4,count,interval_ms, not 1.1.1.1,3" },
    { "1.1.1.1,3,1000,", "expected IPv4,count,interval_ms, not 1.1.1.1,3,1000," },
    { "1.1.1.1,0,1", "count must be 1 to 10, not 0" },
    { "1.1.1.1,11,1", "count must be 1 to 10, not 11" },
    { "1.1.1.1,-1,1", "count must be 1 to 10, not -1" },
    { "1.1.1.1,+1,1", "count must be 1 to 10, not +1" },
    { "1.1.1.1,0x1,1", "count must be 1 to 10, not 0x1" },
    { "1.1.1.1,1.5,1", "count must be 1 to 10, not 1.5" },
    { "1.1.1.1,18446744073709551617,1", "count must be 1 to 10, not 18446744073709551617" },
    { "1.1.1.1,,1", "count must be 1 to 10, not \"\"" },
    { "1.1.1.1,1,0", "interval must be 1 to 1000 ms, not 0" },
    { "1.1.1.1,1,1001", "interval must be 1 to 1000 ms, not 1001" },
    { "1.1.1.1,1,1s", "interval must be 1 to 1000 ms, not 1s" },
    { "1.1.1.1,1,\033[2J", "interval must be 1 to 1000 ms, not ?[2J" },
    { "1.1.1.1,1,\xff", "interval must be 1 to 1000 ms, not \xef\xbf\xbd" },
    { "1.1.1,1,1", "1.1.1 is not an IPv4 address" },
    { "example.org,1,1", "example.org is not an IPv4 address" },
    { "::1,1,1", "::1 is an IPv6 address, which goes only with: pingemctl ping HOST" },
    { "255.255.255.255,1,1", "255.255.255.255 cannot be probed: it is the broadcast address" },
    { "224.0.0.1,1,1", "224.0.0.1 cannot be probed: it is a multicast address" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemSeedLine line;
      g_autoptr (GError) error = NULL;

      g_assert_false (pingem_seed_line_parse (rows[i].text, &line, &error));
      g_assert_true (error->domain == PINGEM_ERROR);
      g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

/* A message is one line that a terminal can show, however long the input was. */
static void
test_long_line_is_cut (void)
{
  g_autofree char *text = g_strnfill (100000, 'x');
  g_autoptr (GError) error = NULL;
  PingemSeedLine line;

  g_assert_false (pingem_seed_line_parse (text, &line, &error));
  g_assert_cmpuint (strlen (error->message), <, 200);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/seed-line/good-lines", test_good_lines);
  g_test_add_func ("/ctl/seed-line/bad-lines", test_bad_lines);
  g_test_add_func ("/ctl/seed-line/long-line-is-cut", test_long_line_is_cut);

  return g_test_run ();
}
