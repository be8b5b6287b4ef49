/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <unistd.h>

#include <glib/gstdio.h>

#include "ctl/ping-options.h"

static PingemPingOptions *
parse (const char *command, GError **error)
{
  g_auto (GStrv) argv = NULL;

  g_assert_true (g_shell_parse_argv (command, NULL, &argv, NULL));

  return pingem_ping_options_parse (argv, error);
}

static void
test_forms (void)
{
  static const struct {
    const char *command;
    gboolean takes_lines;
    PingemFormat format;
    guint32 timeout_ms;
    guint32 hold_ms;
  } rows[] = {
    { "ping", TRUE, PINGEM_FORMAT_LINES, 5000, 0 },
    { "ping 1.1.1.1,3,1000", TRUE, PINGEM_FORMAT_LINES, 5000, 0 },
    { "ping --states -W 700 --hold 20", TRUE, PINGEM_FORMAT_STATES, 700, 20 },
    { "ping 1.1.1.1", FALSE, PINGEM_FORMAT_TEXT, 2000, 60000 },
    { "ping --json --hold 0 h", FALSE, PINGEM_FORMAT_JSON, 2000, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PingemPingOptions) options = parse (rows[i].command, &error);

      g_assert_no_error (error);
      g_assert_cmpint (options->takes_lines, ==, rows[i].takes_lines);
      g_assert_cmpint (options->format, ==, rows[i].format);
      g_assert_cmpuint (options->spec.timeout_ms, ==, rows[i].timeout_ms);
      g_assert_cmpuint (options->spec.hold_ms, ==, rows[i].hold_ms);
      g_assert_cmpstr (options->source_kind, ==, "auto");
    }
}

static void
test_values (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PingemPingOptions) options =
      parse ("ping -6 -c 5 -i 250 --ttl 3 --size 1000 --dscp 46 --source raw -q -v a b", &error);

  g_assert_no_error (error);
  g_assert_cmpint (options->family, ==, AF_INET6);
  g_assert_cmpuint (options->spec.count, ==, 5);
  g_assert_cmpuint (options->spec.interval_ms, ==, 250);
  g_assert_cmpuint (options->spec.ttl, ==, 3);
  g_assert_cmpuint (options->spec.size, ==, 1000);
  g_assert_cmpuint (options->spec.dscp, ==, 46);
  g_assert_cmpuint (options->spec.flags, ==, 0);
  g_assert_cmpstr (options->source_kind, ==, "raw");
  g_assert_true (options->is_quiet && options->is_verbose);
  g_assert_cmpuint (g_strv_length (options->arguments), ==, 2);
}

static void
test_way (void)
{
  g_autoptr (PingemPingOptions) by_interface = parse ("ping -I lo --df h", NULL);
  g_autoptr (PingemPingOptions) by_address = parse ("ping -I 127.0.0.1 h", NULL);

  g_assert_cmpuint (by_interface->spec.ifindex, >, 0);
  g_assert_cmpuint (by_interface->spec.source.family, ==, 0);
  g_assert_cmpuint (by_interface->spec.flags, ==, PINGEM_TARGET_WHOLE);
  g_assert_cmpint (by_interface->family, ==, AF_UNSPEC);
  g_assert_cmpuint (by_address->spec.ifindex, ==, 0);
  g_assert_cmpuint (by_address->spec.source.family, ==, AF_INET);
  g_assert_cmpint (by_address->family, ==, AF_INET);
}

static void
test_what_is_intensive (void)
{
  static const struct {
    const char *command;
    gboolean is_intensive;
    guint32 interval_ms;
  } rows[] = {
    { "ping h", FALSE, 1000 },           { "ping -i 100 h", FALSE, 100 },
    { "ping -i 99 h", TRUE, 99 },        { "ping -i 1 -c 10 h", FALSE, 1 },
    { "ping -i 1 -c 11 h", TRUE, 1 },    { "ping -i 0 h", TRUE, 0 },
    { "ping -i 0 -c 3 h", TRUE, 0 },     { "ping 1.1.1.1,10,1", FALSE, 1000 },
    { "ping --size 56 h", FALSE, 1000 }, { "ping --size 57 h", TRUE, 1000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PingemPingOptions) options = parse (rows[i].command, NULL);

      g_assert_cmpint (options->is_intensive, ==, rows[i].is_intensive);
      g_assert_cmpuint (options->spec.interval_ms, ==, rows[i].interval_ms);
    }
}

static void
test_refusals (void)
{
  static const struct {
    const char *command;
    const char *message;
  } rows[] = {
    { "ping -c 0 h", "-c must be 1 to 4294967295, not 0" },
    { "ping -i -1 h", "-i must be 0 to 3600000 ms, not -1" },
    { "ping -W 0 h", "-W must be 1 to 10000 ms, not 0" },
    { "ping --hold 120001 h", "--hold must be 0 to 120000 ms, not 120001" },
    { "ping --ttl 256 h", "--ttl must be 1 to 255, not 256" },
    { "ping --size 15 h", "--size must be 16 to 65507, not 15" },
    { "ping --dscp 64 h", "--dscp must be 0 to 63, not 64" },
    { "ping --source x h", "--source must be auto, helper, raw or datagram, not x" },
    { "ping -4 -6 h", "-4 and -6 exclude each other: give one of them" },
    { "ping --states h", "--states goes only with lines IPv4,COUNT,INTERVAL_MS" },
    { "ping -c 3", "-c needs a host: it does not go with lines IPv4,COUNT,INTERVAL_MS" },
    { "ping --json 1.1.1.1,1,1",
      "--json needs a host: it does not go with lines IPv4,COUNT,INTERVAL_MS" },
    { "ping --nonsense", "pingemctl ping: Unknown option --nonsense" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (rows[i].command, &error));
      g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

static void
test_targets_file (void)
{
  g_autofree char *name = NULL;
  g_autofree char *command = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PingemPingOptions) options = NULL;
  int fd = g_file_open_tmp ("pingem-XXXXXX", &name, NULL);

  close (fd);
  command = g_strdup_printf ("ping --targets %s", name);

  options = parse (command, &error);
  g_assert_no_error (error);
  g_assert_false (options->takes_lines);
  g_assert_cmpstr (options->targets_file, ==, name);
  g_assert_cmpint (options->targets_fd, >=, 0);

  g_unlink (name);
  g_assert_null (parse (command, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_true (g_str_has_suffix (error->message, " cannot be opened: No such file or directory"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/ping-options/forms", test_forms);
  g_test_add_func ("/ctl/ping-options/values", test_values);
  g_test_add_func ("/ctl/ping-options/way", test_way);
  g_test_add_func ("/ctl/ping-options/what-is-intensive", test_what_is_intensive);
  g_test_add_func ("/ctl/ping-options/refusals", test_refusals);
  g_test_add_func ("/ctl/ping-options/targets-file", test_targets_file);

  return g_test_run ();
}
