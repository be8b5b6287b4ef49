/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/target-changes.h"

#include <glib/gi18n-lib.h>

#include "ctl/number.h"
#include "ipc/error.h"
#include "ipc/probe-address.h"

void
pingem_target_changes_clear (PingemTargetChanges *changes)
{
  g_free (changes->name);
  g_free (changes->leg);
  g_free (changes->probe);
  g_free (changes->interval);
  g_free (changes->timeout);
  g_free (changes->size);
  g_free (changes->dscp);
  g_free (changes->ttl);
}

void
pingem_target_changes_add_entries (PingemTargetChanges *changes, GArray *entries)
{
  const GOptionEntry rows[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &changes->name, N_ ("How it is called"), N_ ("NAME") },
    { "leg", 0, 0, G_OPTION_ARG_STRING, &changes->leg,
      N_ ("call, internet, provider, vpn, or other (never judged)"), N_ ("LEG") },
    { "interval", 0, 0, G_OPTION_ARG_STRING, &changes->interval, N_ ("Time between two probes"),
      N_ ("MS") },
    { "timeout", 0, 0, G_OPTION_ARG_STRING, &changes->timeout, N_ ("Wait for a reply"), N_ ("MS") },
    { "size", 0, 0, G_OPTION_ARG_STRING, &changes->size, N_ ("Payload in bytes"), N_ ("N") },
    { "dscp", 0, 0, G_OPTION_ARG_STRING, &changes->dscp, N_ ("Differentiated services"), N_ ("N") },
    { "ttl", 0, 0, G_OPTION_ARG_STRING, &changes->ttl, N_ ("TTL; 0: the system's"), N_ ("N") },
    { "probe", 0, 0, G_OPTION_ARG_STRING, &changes->probe,
      N_ ("icmp, udp (STAMP), tcp (HOST:PORT) or echo"), N_ ("KIND") },
  };

  g_array_append_vals (entries, rows, G_N_ELEMENTS (rows));
}

gboolean
pingem_target_changes_choose_probe (const PingemTargetChanges *changes,
                                    char **address,
                                    GError **error)
{
  g_autofree char *quoted = NULL;
  char *composed;

  if (changes->probe == NULL)
    return TRUE;

  composed = pingem_probe_address_compose (changes->probe, *address);
  if (composed != NULL)
    {
      g_free (*address);
      *address = composed;
      return TRUE;
    }

  quoted = pingem_quote (changes->probe);
  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
               _ ("--probe must be icmp, udp, tcp or echo, not %s"), quoted);

  return FALSE;
}

GVariant *
pingem_target_changes_build (const PingemTargetChanges *changes, GError **error)
{
  guint32 interval_ms, timeout_ms, size, dscp, ttl;
  const PingemNumber numbers[] = {
    { "--interval", changes->interval, 100, 3600000, " ms", &interval_ms },
    { "--timeout", changes->timeout, 100, 10000, " ms", &timeout_ms },
    { "--size", changes->size, 16, 1472, "", &size },
    { "--dscp", changes->dscp, 0, 63, "", &dscp },
    { "--ttl", changes->ttl, 0, 255, "", &ttl },
  };
  static const char *const keys[] = { "interval-ms", "timeout-ms", "size", "dscp", "ttl" };
  GVariantDict dict;

  if (!pingem_numbers_parse (numbers, G_N_ELEMENTS (numbers), error))
    return NULL;

  g_variant_dict_init (&dict, NULL);
  if (changes->name != NULL)
    g_variant_dict_insert (&dict, "name", "s", changes->name);
  if (changes->leg != NULL)
    g_variant_dict_insert (&dict, "leg", "s", changes->leg);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].text != NULL)
      g_variant_dict_insert (&dict, keys[i], "u", *numbers[i].ret_value);

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}
