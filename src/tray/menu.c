/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tray/menu.h"

#include <glib/gi18n-lib.h>

/* "Router", "Internet (1.1.1.1)" */
static char *
build_name (GVariant *target)
{
  const char *leg = pingem_target_lookup_string (target, "leg");
  const char *key = pingem_target_lookup_string (target, "key");
  const char *name = pingem_target_get_name (target);
  const char *label = pingem_leg_label (leg != NULL ? leg : "other");

  if (name == NULL || *name == '\0')
    name = key;

  if (name == NULL || g_strcmp0 (leg, key) == 0 || g_str_equal (name, label))
    return g_strdup (label);

  /* Translators: the part of the way, as "Internet", and the target's name there */
  return g_strdup_printf (_ ("%s (%s)"), label, name);
}

static char *
build_leg (GVariant *target)
{
  const char *problem = pingem_target_lookup_string (target, "problem");
  g_autofree char *name = build_name (target);
  g_autofree char *loss = NULL;
  g_autofree char *rtt = NULL;
  gint64 rtt_us = pingem_target_lookup_number (target, "rtt-us");

  if (problem != NULL)
    return g_strdup_printf ("%s — %s", name, problem);

  if (pingem_target_loss (target) < 0 && rtt_us < 0)
    return g_steal_pointer (&name);

  loss = pingem_format_loss (pingem_target_loss (target));
  rtt = pingem_format_rtt (rtt_us);

  /* Translators: target, loss, round-trip time: "Router — 0 % · 1.2 ms" */
  return g_strdup_printf (_ ("%s — %s · %s"), name, loss, rtt);
}

static char **
build_legs (GVariant *targets)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GVariantIter iter;
  GVariant *target;

  if (targets == NULL)
    return g_strv_builder_end (builder);

  g_variant_iter_init (&iter, targets);
  while (g_variant_iter_loop (&iter, "@a{sv}", &target))
    {
      g_autofree char *leg = build_leg (target);

      g_strv_builder_add (builder, leg);
    }

  return g_strv_builder_end (builder);
}

static char **
build_notes (GVariant *status, const char *problem)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *detail = status != NULL ? pingem_sentence_detail (status) : NULL;
  g_autofree const char **problems = NULL;

  if (detail != NULL && *detail != '\0')
    g_strv_builder_add (builder, detail);

  if (status != NULL && g_variant_lookup (status, "problems", "^a&s", &problems))
    g_strv_builder_addv (builder, problems);

  if (problem != NULL)
    g_strv_builder_add (builder, problem);

  return g_strv_builder_end (builder);
}

/* That of the best of the internet's targets, or of a call that fares worse. */
static double
find_loss (GVariant *targets)
{
  double internet = -1, call = -1;

  for (gsize i = 0; targets != NULL && i < g_variant_n_children (targets); i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);
      const char *leg = pingem_target_lookup_string (target, "leg");
      double loss = pingem_target_loss (target);

      if (loss >= 0 && g_strcmp0 (leg, "internet") == 0)
        internet = internet < 0 ? loss : MIN (internet, loss);
      else if (g_strcmp0 (leg, "call") == 0)
        call = MAX (call, loss);
    }

  return MAX (internet, call);
}

PingemMenu *
pingem_menu_new (GVariant *status, GVariant *targets, const char *problem)
{
  PingemMenu *menu = g_new0 (PingemMenu, 1);

  menu->is_running = status != NULL;
  menu->notes = build_notes (status, problem);
  menu->loss = -1;

  if (menu->is_running)
    {
      menu->level = pingem_level_parse (pingem_target_lookup_string (status, "level"));
      menu->title = pingem_sentence_title (status);
      menu->legs = build_legs (targets);
      if (menu->level != PINGEM_LEVEL_UNKNOWN && menu->level != PINGEM_LEVEL_PAUSED)
        menu->loss = find_loss (targets);
    }
  else
    {
      menu->level = PINGEM_LEVEL_UNKNOWN;
      menu->title = g_strdup (_ ("The monitor is not running."));
      menu->legs = build_legs (NULL);
    }

  return menu;
}

void
pingem_menu_free (PingemMenu *menu)
{
  if (menu == NULL)
    return;

  g_free (menu->title);
  g_strfreev (menu->notes);
  g_strfreev (menu->legs);
  g_free (menu);
}

char *
pingem_menu_describe (const PingemMenu *menu)
{
  /* Translators: the level, as "Degraded", and the sentence */
  return g_strdup_printf (_ ("%s: %s"), pingem_level_label (menu->level), menu->title);
}
