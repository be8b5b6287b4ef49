/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/status.h"

#include <errno.h>

#include <glib/gi18n-lib.h>

static const struct {
  const char *word;
  const char *label;
  const char *icon_name;
} levels[] = {
  [PINGEM_LEVEL_UNKNOWN] = { "unknown", NC_ ("level", "Unknown"),
                             "io.github.pingem.Pingem-unknown" },
  [PINGEM_LEVEL_GOOD] = { "good", NC_ ("level", "Good"), "io.github.pingem.Pingem-good" },
  [PINGEM_LEVEL_DEGRADED] = { "degraded", NC_ ("level", "Degraded"),
                              "io.github.pingem.Pingem-degraded" },
  [PINGEM_LEVEL_BAD] = { "bad", NC_ ("level", "Bad"), "io.github.pingem.Pingem-bad" },
  [PINGEM_LEVEL_DOWN] = { "down", NC_ ("level", "Down"), "io.github.pingem.Pingem-down" },
  [PINGEM_LEVEL_PAUSED] = { "paused", NC_ ("level", "Paused"), "io.github.pingem.Pingem-paused" },
};

static const struct {
  const char *word;
  const char *label;
} legs[] = {
  { "router", NC_ ("leg", "Router") },     { "provider", NC_ ("leg", "Provider") },
  { "internet", NC_ ("leg", "Internet") }, { "call", NC_ ("leg", "Call") },
  { "vpn", NC_ ("leg", "VPN") },           { "other", NC_ ("leg", "Other") },
};

const char *
pingem_level_word (PingemLevel level)
{
  return levels[level].word;
}

PingemLevel
pingem_level_parse (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (g_strcmp0 (levels[i].word, word) == 0)
      return i;

  return PINGEM_LEVEL_UNKNOWN;
}

const char *
pingem_level_label (PingemLevel level)
{
  return g_dpgettext2 (GETTEXT_PACKAGE, "level", levels[level].label);
}

const char *
pingem_level_icon_name (PingemLevel level)
{
  return levels[level].icon_name;
}

const char *
pingem_leg_label (const char *leg)
{
  for (guint i = 0; i < G_N_ELEMENTS (legs); i++)
    if (g_str_equal (legs[i].word, leg))
      return g_dpgettext2 (GETTEXT_PACKAGE, "leg", legs[i].label);

  return leg;
}

const char *
pingem_fixed_name (const char *name)
{
  return g_dpgettext2 (GETTEXT_PACKAGE, "target", name);
}

char *
pingem_format_rtt (gint64 rtt_us)
{
  if (rtt_us < 0)
    return g_strdup ("–");
  if (rtt_us < 1000)
    return g_strdup_printf (_ ("%d µs"), (int) rtt_us);
  if (rtt_us < 99950)
    return g_strdup_printf (_ ("%.1f ms"), rtt_us / 1e3);
  if (rtt_us < 999500)
    return g_strdup_printf (_ ("%.0f ms"), rtt_us / 1e3);

  return g_strdup_printf (_ ("%.2f s"), rtt_us / 1e6);
}

char *
pingem_format_duration (gint64 duration_ms)
{
  gint64 seconds = (duration_ms + 500) / 1000;

  if (seconds < 60)
    return g_strdup_printf (_ ("%d s"), (int) seconds);
  if (seconds < 3600)
    return g_strdup_printf (_ ("%d min %d s"), (int) (seconds / 60), (int) (seconds % 60));

  if (seconds >= 2 * 24 * 3600)
    return g_strdup_printf (_ ("%d d %d h"), (int) (seconds / 86400), (int) (seconds / 3600 % 24));

  return g_strdup_printf (_ ("%d h %d min"), (int) (seconds / 3600), (int) (seconds / 60 % 60));
}

char *
pingem_format_mos (double mos)
{
  return mos >= 0 ? g_strdup_printf ("%.1f", mos) : g_strdup ("–");
}

char *
pingem_format_loss (double loss)
{
  double percent = loss * 100;

  if (loss < 0)
    return g_strdup ("–");
  if (loss <= 0)
    return g_strdup (_ ("0 %"));
  if (loss >= 1)
    return g_strdup (_ ("100 %"));
  if (percent < 9.95)
    return g_strdup_printf (_ ("%.1f %%"), MAX (percent, 0.1));

  return g_strdup_printf (_ ("%.0f %%"), CLAMP (percent, 10, 99));
}

const char *
pingem_send_error_label (int error)
{
  if (error == EACCES)
    return _ ("this is a broadcast address of the network, or a route forbids it");
  if (error == EMSGSIZE)
    return _ ("it is bigger than its interface takes in one piece: choose a smaller size");

  return g_strerror (error);
}

gint64
pingem_target_lookup_number (GVariant *target, const char *name)
{
  guint32 number;

  return g_variant_lookup (target, name, "u", &number) ? (gint64) number : -1;
}

const char *
pingem_target_lookup_string (GVariant *target, const char *name)
{
  const char *string;

  return g_variant_lookup (target, name, "&s", &string) ? string : NULL;
}

const char *
pingem_target_get_name (GVariant *target)
{
  const char *name = pingem_target_lookup_string (target, "name");
  gboolean is_fixed = FALSE;

  g_variant_lookup (target, "fixed", "b", &is_fixed);

  return is_fixed && name != NULL ? pingem_fixed_name (name) : name;
}

double
pingem_target_loss (GVariant *target)
{
  gint64 due = pingem_target_lookup_number (target, "due");

  if (due <= 0)
    return -1;

  return (double) (pingem_target_lookup_number (target, "lost") +
                   pingem_target_lookup_number (target, "unsent") +
                   pingem_target_lookup_number (target, "error")) /
         due;
}

double
pingem_target_mos (GVariant *target)
{
  double mos = -1;

  g_variant_lookup (target, "mos", "d", &mos);

  return mos;
}
