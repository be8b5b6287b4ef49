/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "monitor/target-config.h"

#include "ipc/error.h"

static void
test_addresses (void)
{
  static const struct {
    const char *text;
    gboolean ok;
  } rows[] = {
    { "192.0.2.1", TRUE },      { "2001:db8::1", TRUE },  { "zoom.us", TRUE },
    { "a-b_c.example.", TRUE }, { "localhost", TRUE },    { "", FALSE },
    { "router", FALSE },        { "224.0.0.1", FALSE },   { "255.255.255.255", FALSE },
    { "0.0.0.0", FALSE },       { "ff02::1", FALSE },     { "192.0.2.1000", FALSE },
    { "1.2.3", FALSE },         { "no spaces", FALSE },   { "-x.example", FALSE },
    { "router6", FALSE },       { "provider6", FALSE },   { "vpn", FALSE },
    { "a..b", FALSE },          { "x]\n[target", FALSE }, { "http://example.org/", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_autofree char *address = pingem_target_config_check_address (rows[i].text, &error);

      g_assert_cmpint (address != NULL, ==, rows[i].ok);
      if (!rows[i].ok)
        g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS);
    }
}

static void
test_fixed_keys (void)
{
  static const struct {
    const char *key;
    const char *leg;
    const char *label;
  } rows[] = {
    { "router", "router", "Router" },
    { "router6", "router", "IPv6 router" },
    { "provider", "provider", "Provider" },
    { "provider6", "provider", "IPv6 provider" },
    { "vpn", "vpn", "VPN" },
    { "router.example", "call", "router.example" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PingemTargetConfig) config = pingem_target_config_new (rows[i].key);

      g_assert_cmpstr (config->leg, ==, rows[i].leg);
      g_assert_cmpstr (pingem_target_config_get_label (config), ==, rows[i].label);
      g_assert_cmpint (pingem_target_config_is_fixed (config), ==,
                       !g_str_equal (rows[i].leg, "call"));
    }
}

static gboolean
apply (PingemTargetConfig *config, const char *text, GError **error)
{
  g_autoptr (GVariant) changes = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  g_assert_nonnull (changes);

  return pingem_target_config_apply (config, changes, error);
}

static void
test_apply (void)
{
  g_autoptr (PingemTargetConfig) config = pingem_target_config_new ("192.0.2.1");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (config->leg, ==, "call");
  g_assert_true (apply (config,
                        "{'name': <'Zoom'>, 'leg': <'internet'>, 'interval-ms': <uint32 500>,"
                        " 'timeout-ms': <uint32 900>, 'size': <uint32 200>, 'dscp': <uint32 46>,"
                        " 'ttl': <uint32 7>}",
                        &error));
  g_assert_no_error (error);
  g_assert_cmpstr (config->name, ==, "Zoom");
  g_assert_cmpstr (config->leg, ==, "internet");
  g_assert_cmpuint (config->interval_ms, ==, 500);
  g_assert_cmpuint (config->timeout_ms, ==, 900);
  g_assert_cmpuint (config->size, ==, 200);
  g_assert_cmpuint (config->dscp, ==, 46);
  g_assert_cmpuint (config->ttl, ==, 7);
  g_assert_true (apply (config, "{'name': <''>}", &error));
  g_assert_null (config->name);
}

/* All or none: a bad word leaves the good ones unapplied too. */
static void
test_bad_values (void)
{
  static const char *const rows[] = {
    "{'interval-ms': <uint32 99>}", "{'interval-ms': <uint32 3600001>}",
    "{'interval-ms': <'5'>}",       "{'timeout-ms': <uint32 10001>}",
    "{'size': <uint32 15>}",        "{'dscp': <uint32 64>}",
    "{'ttl': <uint32 256>}",        "{'leg': <'router'>}",
    "{'leg': <'nonsense'>}",        "{'leg': <uint32 1>}",
    "{'name': <'two\\nlines'>}",    "{'colour': <'red'>}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PingemTargetConfig) config = pingem_target_config_new ("192.0.2.1");
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strdup_printf ("{'ttl': <uint32 9>, %s", rows[i] + 1);

      g_assert_false (apply (config, text, &error));
      g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE);
      g_assert_cmpuint (config->ttl, ==, 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/monitor/target-config/addresses", test_addresses);
  g_test_add_func ("/monitor/target-config/fixed-keys", test_fixed_keys);
  g_test_add_func ("/monitor/target-config/apply", test_apply);
  g_test_add_func ("/monitor/target-config/bad-values", test_bad_values);

  return g_test_run ();
}
