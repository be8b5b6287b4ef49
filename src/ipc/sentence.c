/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/status.h"

#include <glib/gi18n-lib.h>

/* Whole sentences, so that translators never join parts. %s: a target's name. */
static const struct {
  const char *verdict;
  const char *losing; /* level degraded or bad */
  const char *down;   /* level down */
  const char *innocent;
} texts[] = {
  { "local", N_ ("Your local network is losing packets."), N_ ("Your router does not answer."),
    N_ ("Your provider and the far end are not to blame.") },
  { "provider", N_ ("Your provider is losing packets."), N_ ("Your provider does not answer."),
    N_ ("Your local network is not to blame.") },
  { "internet", N_ ("Packets are lost beyond your router."), N_ ("The internet does not answer."),
    N_ ("Your local network is not to blame.") },
  { "call", N_ ("Packets to %s are lost."), N_ ("%s does not answer."),
    N_ ("Your local network and your provider are not to blame.") },
  { "vpn", N_ ("Your VPN is losing packets."), N_ ("Your VPN does not answer."), NULL },
};

static const char *
look_up (GVariant *status, const char *name)
{
  const char *word = pingem_target_lookup_string (status, name);

  return word != NULL ? word : "";
}

static int
find_text (GVariant *status)
{
  const char *verdict = look_up (status, "verdict");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (texts[i].verdict, verdict))
      return i;

  return -1;
}

static char *
build_simple_title (const char *verdict)
{
  if (g_str_equal (verdict, "ok"))
    return g_strdup (_ ("Your connection is fine."));
  if (g_str_equal (verdict, "no-network"))
    return g_strdup (_ ("There is no network: nothing can be sent."));
  if (g_str_equal (verdict, "captive-portal"))
    return g_strdup (_ ("This network wants you to sign in first."));
  if (g_str_equal (verdict, "paused"))
    return g_strdup (_ ("Paused: nothing is measured."));

  return g_strdup (_ ("Not enough is measured yet."));
}

char *
pingem_sentence_title (GVariant *status)
{
  int i = find_text (status);
  const char *text;

  if (i < 0)
    return build_simple_title (look_up (status, "verdict"));

  text = g_str_equal (look_up (status, "level"), "down") ? texts[i].down : texts[i].losing;
  text = g_dgettext (GETTEXT_PACKAGE, text);

  if (g_str_equal (texts[i].verdict, "call"))
    {
      g_auto (GStrv) parts = g_strsplit (text, "%s", 2);

      return g_strjoinv (look_up (status, "bad-name"), parts);
    }

  return g_strdup (text);
}

static char *
build_evidence (GVariant *status)
{
  guint reply = 0, late = 0, lost = 0, unsent = 0, error = 0, window_s = 0;
  guint bad, due;
  g_autofree char *loss = NULL;

  g_variant_lookup (status, "bad-reply", "u", &reply);
  g_variant_lookup (status, "bad-late", "u", &late);
  g_variant_lookup (status, "bad-lost", "u", &lost);
  g_variant_lookup (status, "bad-unsent", "u", &unsent);
  g_variant_lookup (status, "bad-error", "u", &error);
  g_variant_lookup (status, "window-s", "u", &window_s);

  bad = lost + unsent + error;
  due = bad + reply + late;
  loss = pingem_format_loss (due > 0 ? (double) bad / due : -1);

  /* Translators: loss, name of the target, seconds, lost packets, packets, late packets */
  if (late > 0)
    return g_strdup_printf (_ ("%s lost to %s in the last %u s (%u of %u), %u came late."), loss,
                            look_up (status, "bad-name"), window_s, bad, due, late);

  /* Translators: loss, name of the target, seconds, lost packets, packets */
  return g_strdup_printf (_ ("%s lost to %s in the last %u s (%u of %u)."), loss,
                          look_up (status, "bad-name"), window_s, bad, due);
}

char *
pingem_sentence_detail (GVariant *status)
{
  int i = find_text (status);
  const char *reason = look_up (status, "reason");
  g_autofree char *evidence = NULL;

  if (i < 0)
    return g_strdup (reason);

  evidence = build_evidence (status);

  if (texts[i].innocent == NULL)
    return g_steal_pointer (&evidence);

  return g_strdup_printf ("%s %s", evidence, g_dgettext (GETTEXT_PACKAGE, texts[i].innocent));
}
