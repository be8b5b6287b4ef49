/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/target-config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "engine/engine.h"
#include "ipc/error.h"

#define MAX_NAME 200

static const char *const user_legs[] = { "call", "internet", "provider", "vpn", "other", NULL };

static const struct {
  const char *word;
  gsize offset;
  guint min;
  guint max;
} numbers[] = {
  { "interval-ms", G_STRUCT_OFFSET (PingemTargetConfig, interval_ms), 100, 3600000 },
  { "timeout-ms", G_STRUCT_OFFSET (PingemTargetConfig, timeout_ms), 100, 10000 },
  { "size", G_STRUCT_OFFSET (PingemTargetConfig, size), PINGEM_MIN_SIZE, 1472 },
  { "dscp", G_STRUCT_OFFSET (PingemTargetConfig, dscp), 0, 63 },
  { "ttl", G_STRUCT_OFFSET (PingemTargetConfig, ttl), 0, 255 },
};

static const struct {
  const char *key;
  const char *leg;
  const char *label;
} fixed[] = {
  /* Translators: what a target is called */
  { PINGEM_ROUTER_KEY, "router", NC_ ("target", "Router") },
  { PINGEM_PROVIDER_KEY, "provider", NC_ ("target", "Provider") },
  { PINGEM_ROUTER6_KEY, "router", NC_ ("target", "IPv6 router") },
  { PINGEM_PROVIDER6_KEY, "provider", NC_ ("target", "IPv6 provider") },
  { PINGEM_VPN_KEY, "vpn", NC_ ("target", "VPN") },
};

/* -1: none has that key. */
static int
find_fixed (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    if (g_str_equal (fixed[i].key, key))
      return (int) i;

  return -1;
}

PingemTargetConfig *
pingem_target_config_new (const char *address)
{
  PingemTargetConfig *config = g_new0 (PingemTargetConfig, 1);
  int i = find_fixed (address);

  config->address = g_strdup (address);
  if (i >= 0)
    config->where.host = g_strdup (address);
  else
    pingem_probe_address_parse (address, &config->where, NULL);
  config->leg = g_strdup (i >= 0 ? fixed[i].leg : "call");
  config->interval_ms = PINGEM_DEFAULT_INTERVAL_MS;
  config->timeout_ms = PINGEM_DEFAULT_TIMEOUT_MS;
  config->size = PINGEM_DEFAULT_SIZE;

  return config;
}

PingemTargetConfig *
pingem_target_config_copy (const PingemTargetConfig *config)
{
  PingemTargetConfig *copy = g_memdup2 (config, sizeof *config);

  copy->address = g_strdup (config->address);
  copy->where.host = g_strdup (config->where.host);
  copy->name = g_strdup (config->name);
  copy->leg = g_strdup (config->leg);
  copy->key_file = g_strdup (config->key_file);

  return copy;
}

void
pingem_target_config_free (PingemTargetConfig *config)
{
  if (config == NULL)
    return;

  g_free (config->address);
  pingem_probe_address_clear (&config->where);
  g_free (config->name);
  g_free (config->leg);
  g_free (config->key_file);
  g_free (config);
}

gboolean
pingem_target_config_equal (const PingemTargetConfig *a, const PingemTargetConfig *b)
{
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (G_STRUCT_MEMBER (guint, a, numbers[i].offset) !=
        G_STRUCT_MEMBER (guint, b, numbers[i].offset))
      return FALSE;

  return g_str_equal (a->address, b->address) && g_strcmp0 (a->name, b->name) == 0 &&
         g_str_equal (a->leg, b->leg) && g_strcmp0 (a->key_file, b->key_file) == 0;
}

gboolean
pingem_target_config_is_fixed (const PingemTargetConfig *config)
{
  return find_fixed (config->address) >= 0;
}

gboolean
pingem_target_config_needs_ipv6 (const PingemTargetConfig *config)
{
  return g_str_equal (config->leg, "internet") &&
         (g_str_equal (config->address, PINGEM_ANCHOR6_A) ||
          g_str_equal (config->address, PINGEM_ANCHOR6_B));
}

const char *
pingem_target_config_get_label (const PingemTargetConfig *config)
{
  int i = find_fixed (config->address);

  return i >= 0 ? fixed[i].label : config->address;
}

static gboolean
set_error (GError **error, const char *word, const char *expected)
{
  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE, "%s must be %s", word, expected);

  return FALSE;
}

static gboolean
apply_name (PingemTargetConfig *config, GVariant *value, GError **error)
{
  const char *name;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return set_error (error, "name", "text");

  name = g_variant_get_string (value, NULL);
  if (strlen (name) > MAX_NAME || strpbrk (name, "\n\r\t") != NULL)
    return set_error (error, "name", "one line of at most 200 bytes");

  g_free (config->name);
  config->name = *name != '\0' ? g_strdup (name) : NULL;

  return TRUE;
}

static gboolean
apply_leg (PingemTargetConfig *config, GVariant *value, GError **error)
{
  static const char expected[] = "call, internet, provider, vpn or other";

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return set_error (error, "leg", expected);
  if (pingem_target_config_is_fixed (config) ||
      !g_strv_contains (user_legs, g_variant_get_string (value, NULL)))
    return set_error (error, "leg", expected);

  g_free (config->leg);
  config->leg = g_variant_dup_string (value, NULL);

  return TRUE;
}

static gboolean
apply_number (PingemTargetConfig *config, const char *word, GVariant *value, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *expected = NULL;

      if (!g_str_equal (numbers[i].word, word))
        continue;

      if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32) &&
          g_variant_get_uint32 (value) >= numbers[i].min &&
          g_variant_get_uint32 (value) <= numbers[i].max)
        {
          G_STRUCT_MEMBER (guint, config, numbers[i].offset) = g_variant_get_uint32 (value);
          return TRUE;
        }

      expected = g_strdup_printf ("%u to %u", numbers[i].min, numbers[i].max);
      return set_error (error, word, expected);
    }

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE, "A target has no “%s”", word);

  return FALSE;
}

static gboolean
apply_word (PingemTargetConfig *config, const char *word, GVariant *value, GError **error)
{
  if (g_str_equal (word, "address"))
    return TRUE;
  if (g_str_equal (word, "name"))
    return apply_name (config, value, error);
  if (g_str_equal (word, "leg"))
    return apply_leg (config, value, error);

  return apply_number (config, word, value, error);
}

gboolean
pingem_target_config_apply (PingemTargetConfig *config, GVariant *changes, GError **error)
{
  g_autoptr (PingemTargetConfig) copy = pingem_target_config_copy (config);
  PingemTargetConfig swap;
  GVariantIter iter;
  const char *word;
  GVariant *value;

  g_variant_iter_init (&iter, changes);

  while (g_variant_iter_loop (&iter, "{&sv}", &word, &value))
    if (!apply_word (copy, word, value, error))
      {
        g_variant_unref (value);
        return FALSE;
      }

  swap = *config;
  *config = *copy;
  *copy = swap;

  return TRUE;
}

char *
pingem_target_config_check_address (const char *text, GError **error)
{
  g_auto (PingemProbeAddress) address = { 0 };

  if (find_fixed (text) < 0)
    return pingem_probe_address_parse (text, &address, error)
               ? pingem_probe_address_format (&address)
               : NULL;

  g_set_error (
      error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS,
      "“%s” cannot be probed: it is what a leg is called here; write the host's whole name", text);

  return NULL;
}
