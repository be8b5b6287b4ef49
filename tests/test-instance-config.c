/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "peer/instance-config.h"

#include <glib/gstdio.h>

static char *
build_path (const char *name)
{
  g_assert_cmpint (g_mkdir_with_parents (g_get_user_config_dir (), 0700), ==, 0);

  return g_build_filename (g_get_user_config_dir (), name, NULL);
}

static PingemKeyfile *
write_and_open (const char *text)
{
  g_autofree char *path = build_path ("instance.conf");
  g_autoptr (GError) error = NULL;
  PingemKeyfile *keyfile;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  keyfile = pingem_keyfile_new (path, &error);
  g_assert_no_error (error);

  return keyfile;
}

static char *
write_key (const char *text, int mode)
{
  char *path = build_path ("stamp.key");

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, mode), ==, 0);

  return path;
}

static void
test_all_is_off (void)
{
  g_autoptr (PingemKeyfile) keyfile = write_and_open ("");
  g_auto (PingemInstanceConfig) config = { 0 };

  pingem_instance_config_load (&config, keyfile);
  g_assert_null (config.metrics);
  g_assert_null (config.stamp.listen);
  g_assert_null (config.echo.listen);
  g_assert_null (config.throughput.listen);
  g_assert_cmpuint (g_strv_length (config.throughput.peers), ==, 0);
  g_assert_cmpuint (keyfile->problems->len, ==, 0);
}

static void
test_all_is_on (void)
{
  g_autofree char *key = write_key ("  0123456789abcdef\n", 0600);
  g_autofree char *text = g_strdup_printf (
      "[metrics]\nlisten=9862\n[stamp]\nlisten=*:862\nnetworks=10.0.0.0/8\nkey-file=%s\n"
      "[echo]\nlisten=8862\n[throughput]\nlisten=*:5201\npeers=box, 192.0.2.1:5300 2001:db8::1\n"
      "every=60\nseconds=1\nmax-mbits=10\ndaily-mbytes=7\n",
      key);
  g_autoptr (PingemKeyfile) keyfile = write_and_open (text);
  g_autoptr (GInetAddress) inside = g_inet_address_new_from_string ("10.1.1.1");
  g_autoptr (GInetAddress) loopback = g_inet_address_new_from_string ("127.0.0.1");
  g_auto (PingemInstanceConfig) config = { 0 };

  pingem_instance_config_load (&config, keyfile);
  pingem_keyfile_report_unknown (keyfile);
  g_assert_cmpuint (keyfile->problems->len, ==, 0);
  g_assert_nonnull (config.metrics);
  g_assert_cmpuint (g_bytes_get_size (config.stamp.key), ==, 16);
  g_assert_true (pingem_networks_contain (config.stamp.networks, inside));
  g_assert_false (pingem_networks_contain (config.stamp.networks, loopback));
  g_assert_true (pingem_networks_contain (config.echo.networks, loopback));
  g_assert_cmpuint (g_strv_length (config.throughput.peers), ==, 3);
  g_assert_cmpuint (config.throughput.every_s, ==, 60);
  g_assert_cmpuint (config.throughput.daily_mbytes, ==, 7);
}

/* A slip opens nothing. */
static void
test_slips (void)
{
  g_autoptr (PingemKeyfile) keyfile =
      write_and_open ("[metrics]\nlisten=box\n[stamp]\nlisten=862\nnetworks=10.0.0.1/8\n"
                      "key-file=/no/such/key\n[echo]\nlisten=1.2.3.4\n"
                      "[throughput]\npeers=224.0.0.1 http://x box\nevery=1\nseconds=61\n");
  g_autoptr (GInetAddress) inside = g_inet_address_new_from_string ("10.0.0.1");
  g_auto (PingemInstanceConfig) config = { 0 };

  pingem_instance_config_load (&config, keyfile);
  g_assert_cmpuint (keyfile->problems->len, ==, 8);
  g_assert_null (config.metrics);
  g_assert_null (config.stamp.listen);
  g_assert_false (pingem_networks_contain (config.stamp.networks, inside));
  g_assert_null (config.echo.listen);
  g_assert_cmpuint (g_strv_length (config.throughput.peers), ==, 1);
  g_assert_cmpuint (config.throughput.every_s, ==, 3600);
}

static void
test_bad_keys (void)
{
  static const struct {
    const char *text;
    int mode;
    const char *problem;
  } rows[] = {
    { "0123456789abcdef", 0644, "chmod 600" },
    { "0123456789abcde", 0600, "16 to 1024" },
    { "", 0600, "16 to 1024" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *key = write_key (rows[i].text, rows[i].mode);
      g_autofree char *text = g_strdup_printf ("[stamp]\nlisten=862\nkey-file=%s\n", key);
      g_autoptr (PingemKeyfile) keyfile = write_and_open (text);
      g_auto (PingemInstanceConfig) config = { 0 };

      pingem_instance_config_load (&config, keyfile);
      g_assert_null (config.stamp.listen);
      g_assert_cmpuint (keyfile->problems->len, ==, 1);
      g_assert_nonnull (strstr (keyfile->problems->pdata[0], rows[i].problem));
    }
}

static void
test_what_changed_is_known (void)
{
  g_autoptr (PingemKeyfile) a = write_and_open ("[metrics]\nlisten=1\n[echo]\nlisten=2\n");
  g_autoptr (PingemKeyfile) b = write_and_open ("[echo]\nlisten=2\n# mine\n[metrics]\nlisten=3\n");
  g_auto (PingemInstanceConfig) before = { 0 };
  g_auto (PingemInstanceConfig) after = { 0 };

  pingem_instance_config_load (&before, a);
  pingem_instance_config_load (&after, b);
  g_assert_false (pingem_instance_config_same_part (&before, &after, PINGEM_PART_METRICS));
  g_assert_true (pingem_instance_config_same_part (&before, &after, PINGEM_PART_ECHO));
  g_assert_true (pingem_instance_config_same_part (&before, &after, PINGEM_PART_STAMP));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/peer/instance-config/all-is-off", test_all_is_off);
  g_test_add_func ("/peer/instance-config/all-is-on", test_all_is_on);
  g_test_add_func ("/peer/instance-config/slips", test_slips);
  g_test_add_func ("/peer/instance-config/bad-keys", test_bad_keys);
  g_test_add_func ("/peer/instance-config/what-changed-is-known", test_what_changed_is_known);

  return g_test_run ();
}
