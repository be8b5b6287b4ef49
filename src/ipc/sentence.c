/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/status.h"

#include <glib/gi18n-lib.h>

/* Whole sentences, so that translators never join parts. %s: a target's name. */
static const struct {
  const char *verdict;
  const char *losing;   /* level degraded or bad */
  const char *delaying; /* cause late or delay */
  const char *down;     /* level down */
  const char *innocent;
} texts[] = {
  { "local", N_ ("Your local network is losing packets."),
    N_ ("Your local network delays packets."), N_ ("Your router does not answer."),
    N_ ("Your provider and the far end are not to blame.") },
  { "provider", N_ ("Your provider is losing packets."), N_ ("Your provider delays packets."),
    N_ ("Your provider does not answer."), N_ ("Your local network is not to blame.") },
  { "internet", N_ ("Packets are lost beyond your router."),
    N_ ("Packets are delayed beyond your router."), N_ ("The internet does not answer."),
    N_ ("Your local network is not to blame.") },
  { "call", N_ ("Packets to %s are lost."), N_ ("Packets to %s are delayed."),
    N_ ("%s does not answer."), N_ ("Your local network and your provider are not to blame.") },
  { "vpn", N_ ("Your VPN is losing packets."), N_ ("Your VPN delays packets."),
    N_ ("Your VPN does not answer."),
    N_ ("Your local network and your provider are not to blame.") },
  { "unknown", N_ ("Packets are lost, but it is too early to say where."),
    N_ ("Packets are delayed, but it cannot be said where."), NULL, NULL },
};

static const char *
look_up (GVariant *status, const char *name)
{
  const char *word = pingem_target_lookup_string (status, name);

  return word != NULL ? word : "";
}

static gboolean
has_level (GVariant *status, const char *level)
{
  return g_str_equal (look_up (status, "level"), level);
}

/* The text of a verdict about a target; -1 where it is about none. */
static int
find_text (GVariant *status)
{
  const char *verdict = look_up (status, "verdict");

  if (*look_up (status, "bad-name") == '\0')
    return -1;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (texts[i].verdict, verdict))
      return i;

  return -1;
}

static char *
build_simple_title (GVariant *status)
{
  const char *verdict = look_up (status, "verdict");

  if (g_str_equal (verdict, "ok"))
    return g_strdup (_ ("Your connection is fine."));
  if (g_str_equal (verdict, "no-network"))
    return g_strdup (_ ("There is no network: nothing can be sent."));
  if (g_str_equal (verdict, "local"))
    return g_strdup (_ ("This computer could not send some packets."));
  if (g_str_equal (verdict, "captive-portal"))
    return g_strdup (_ ("This network wants you to sign in first."));
  if (g_str_equal (verdict, "paused"))
    return g_strdup (_ ("Paused: nothing is measured."));

  return g_strdup (_ ("Not enough is measured yet."));
}

static const char *
find_name (GVariant *status)
{
  const char *leg = look_up (status, "bad-leg");

  return g_str_equal (leg, "router") ? pingem_leg_label (leg)
                                     : pingem_fixed_name (look_up (status, "bad-name"));
}

static guint
count (GVariant *status, const char *name)
{
  return MAX (pingem_target_lookup_number (status, name), 0);
}

static guint
count_bad (GVariant *status)
{
  return count (status, "bad-lost") + count (status, "bad-unsent") + count (status, "bad-error");
}

static gboolean
has_cause (GVariant *status, const char *cause)
{
  return g_str_equal (look_up (status, "cause"), cause);
}

static char *
put_name (const char *text, const char *name)
{
  g_auto (GStrv) parts = g_strsplit (g_dgettext (GETTEXT_PACKAGE, text), "%s", 2);

  return g_strjoinv (name, parts);
}

static const char *
choose_text (GVariant *status, int i)
{
  if (has_cause (status, "no-ping"))
    return N_ ("%s stopped answering ping, but still accepts connections.");
  if (has_level (status, "down") && texts[i].down != NULL)
    return texts[i].down;

  return has_cause (status, "late") || has_cause (status, "delay") ? texts[i].delaying
                                                                   : texts[i].losing;
}

char *
pingem_sentence_title (GVariant *status)
{
  int i = find_text (status);
  const char *family = look_up (status, "family");
  g_autofree char *title =
      i < 0 ? build_simple_title (status) : put_name (choose_text (status, i), find_name (status));

  if (*family == '\0')
    return g_steal_pointer (&title);

  /* Translators: "IPv4" or "IPv6", of which the other works; a sentence */
  return g_strdup_printf (_ ("%s: %s"), family, title);
}

static char *
build_unsent (GVariant *status)
{
  guint unsent = count (status, "bad-unsent");
  guint due = count_bad (status) + count (status, "bad-late") + count (status, "bad-reply");

  return g_strdup_printf (_ ("%u of %u were not sent in the last %u s."), unsent, due,
                          count (status, "window-s"));
}

static char *
build_delay (GVariant *status)
{
  g_autofree char *rtt = pingem_format_rtt (pingem_target_lookup_number (status, "bad-rtt-us"));
  g_autofree char *jitter =
      pingem_format_rtt (pingem_target_lookup_number (status, "bad-jitter-us"));

  /* Translators: name of the target, a time, a time, packets, seconds */
  return g_strdup_printf (_ ("Answers of %s take %s, jitter %s (median of %u in the last %u s)."),
                          find_name (status), rtt, jitter,
                          count (status, "bad-reply") + count (status, "bad-late"),
                          count (status, "window-s"));
}

static char *
build_loss (GVariant *status)
{
  guint bad = count_bad (status);
  guint late = count (status, "bad-late");
  guint due = bad + late + count (status, "bad-reply");
  guint window_s = count (status, "window-s");
  g_autofree char *loss = pingem_format_loss (due > 0 ? (double) bad / due : -1);

  /* Translators: loss, name of the target, seconds, lost packets, packets, late packets */
  if (late > 0)
    return g_strdup_printf (_ ("%s lost to %s in the last %u s (%u of %u), %u came late."), loss,
                            find_name (status), window_s, bad, due, late);

  /* Translators: loss, name of the target, seconds, lost packets, packets */
  return g_strdup_printf (_ ("%s lost to %s in the last %u s (%u of %u)."), loss,
                          find_name (status), window_s, bad, due);
}

static char *
build_evidence (GVariant *status)
{
  return has_cause (status, "delay") ? build_delay (status) : build_loss (status);
}

/* Why nothing is known: the first of what goes wrong beside, if anything does. */
static char *
find_problem (GVariant *status)
{
  g_autoptr (GVariant) problems =
      g_variant_lookup_value (status, "problems", G_VARIANT_TYPE_STRING_ARRAY);
  char *problem = NULL;

  if (problems != NULL && g_variant_n_children (problems) > 0)
    g_variant_get_child (problems, 0, "s", &problem);

  return problem != NULL ? problem : g_strdup ("");
}

char *
pingem_sentence_detail (GVariant *status)
{
  int i = find_text (status);
  gboolean cleared = FALSE;
  int error;
  g_autofree char *evidence = NULL;

  if (g_variant_lookup (status, "errno", "i", &error))
    return g_strdup_printf (_ ("Sending fails: %s."), pingem_send_error_label (error));
  if (g_str_equal (look_up (status, "verdict"), "captive-portal"))
    return g_strdup (_ ("Open a browser and sign in."));
  if (i < 0 && g_str_equal (look_up (status, "verdict"), "local"))
    return build_unsent (status);
  if (i < 0)
    return g_str_equal (look_up (status, "verdict"), "unknown") ? find_problem (status)
                                                                : g_strdup ("");

  evidence = build_evidence (status);
  g_variant_lookup (status, "cleared", "b", &cleared);

  if (texts[i].innocent == NULL || !cleared)
    return g_steal_pointer (&evidence);

  return g_strdup_printf ("%s %s", evidence, g_dgettext (GETTEXT_PACKAGE, texts[i].innocent));
}
