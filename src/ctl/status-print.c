/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/status-print.h"

#include <glib/gi18n-lib.h>

#include "ctl/json.h"
#include "ctl/number.h"
#include "ctl/table.h"
#include "ipc/status.h"

/* Title and detail. */
static char *
build_sentence (GVariant *status)
{
  g_autofree char *title = pingem_sentence_title (status);
  g_autofree char *detail = pingem_sentence_detail (status);

  return *detail != '\0' ? g_strjoin (" ", title, detail, NULL) : g_steal_pointer (&title);
}

static void
add_leg (JsonBuilder *builder, GVariant *target)
{
  static const char *const counts[] = { "due", "reply", "late", "lost", "unsent", "error" };

  json_builder_begin_object (builder);
  pingem_json_add_string (builder, "leg", pingem_target_lookup_string (target, "leg"));
  pingem_json_add_string (builder, "target", pingem_target_lookup_string (target, "key"));
  pingem_json_add_string (builder, "address", pingem_target_lookup_string (target, "numeric"));
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    pingem_json_add_number (builder, counts[i], pingem_target_lookup_number (target, counts[i]));
  pingem_json_add_share (builder, "loss", pingem_target_loss (target));
  pingem_json_add_number (builder, "rtt_us", pingem_target_lookup_number (target, "rtt-us"));
  json_builder_end_object (builder);
}

static void
add_legs (JsonBuilder *builder, GVariant *targets)
{
  GVariantIter iter;
  GVariant *target;

  json_builder_set_member_name (builder, "legs");
  json_builder_begin_array (builder);
  g_variant_iter_init (&iter, targets);
  while (g_variant_iter_loop (&iter, "@a{sv}", &target))
    add_leg (builder, target);
  json_builder_end_array (builder);
}

static void
add_network (JsonBuilder *builder, GVariant *status)
{
  const char *wifi = pingem_target_lookup_string (status, "wifi");
  gint64 signal = pingem_target_lookup_number (status, "signal");

  json_builder_set_member_name (builder, "network");
  json_builder_begin_object (builder);
  pingem_json_add_string (builder, "interface", pingem_target_lookup_string (status, "interface"));
  pingem_json_add_string (builder, "gateway", pingem_target_lookup_string (status, "gateway"));
  if (wifi != NULL)
    pingem_json_add_string (builder, "wifi", wifi);
  if (signal >= 0)
    pingem_json_add_number (builder, "signal", signal);
  json_builder_end_object (builder);
}

char *
pingem_status_json (const PingemStatusView *view)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autofree char *sentence = build_sentence (view->status);
  const char *source;

  g_variant_get (view->source, "(&s&s)", &source, NULL);
  json_builder_begin_object (builder);
  pingem_json_add_string (builder, "verdict",
                          pingem_target_lookup_string (view->status, "verdict"));
  pingem_json_add_string (builder, "level", pingem_target_lookup_string (view->status, "level"));
  pingem_json_add_string (builder, "sentence", sentence);
  pingem_json_add_string (builder, "source", source);
  add_network (builder, view->status);
  add_legs (builder, view->targets);
  json_builder_end_object (builder);

  return pingem_json_print (builder);
}

static const char *
look_up_or_dash (GVariant *dict, const char *name)
{
  const char *text = pingem_target_lookup_string (dict, name);

  return text != NULL ? text : "–";
}

static void
append_network (GString *text, GVariant *status)
{
  if (pingem_target_lookup_string (status, "interface") == NULL)
    g_string_append (text, _ ("\nNetwork: none (there is no default route)\n"));
  else
    /* Translators: the interface and the address of the router */
    g_string_append_printf (text, _ ("\nNetwork: %s, router %s\n"),
                            look_up_or_dash (status, "interface"),
                            look_up_or_dash (status, "gateway"));
}

static void
append_wifi (GString *text, GVariant *status)
{
  const char *wifi = pingem_target_lookup_string (status, "wifi");
  gint64 signal = pingem_target_lookup_number (status, "signal");
  g_autofree char *name = wifi != NULL ? pingem_quote (wifi) : NULL;

  if (name != NULL && signal >= 0)
    /* Translators: the name of the network */
    g_string_append_printf (text, _ ("Wi-Fi: %s, signal %d %%\n"), name, (int) signal);
  else if (name != NULL)
    g_string_append_printf (text, _ ("Wi-Fi: %s\n"), name);
}

static void
append_head (GString *text, const PingemStatusView *view)
{
  g_autofree char *title = pingem_sentence_title (view->status);
  g_autofree char *detail = pingem_sentence_detail (view->status);
  const char *level = look_up_or_dash (view->status, "level");
  const char *source;
  const char *why;

  g_variant_get (view->source, "(&s&s)", &source, &why);
  g_string_append_printf (text, "%s: %s\n", pingem_level_label (pingem_level_parse (level)), title);
  if (*detail != '\0')
    g_string_append_printf (text, "%s\n", detail);
  append_network (text, view->status);
  append_wifi (text, view->status);
  /* Translators: how probes are sent ("helper", "raw"...), and why so */
  g_string_append_printf (text, _ ("Source: %s (%s)\n\n"), source, why);
}

static void
add_row (PingemTable *table, GVariant *target)
{
  g_autofree char *loss = pingem_format_loss (pingem_target_loss (target));
  g_autofree char *rtt = pingem_format_rtt (pingem_target_lookup_number (target, "rtt-us"));
  g_autofree char *jitter = pingem_format_rtt (pingem_target_lookup_number (target, "jitter-us"));
  const char *level = look_up_or_dash (target, "level");

  pingem_table_add (table, pingem_leg_label (look_up_or_dash (target, "leg")),
                    look_up_or_dash (target, "name"),
                    pingem_level_label (pingem_level_parse (level)), loss, rtt, jitter,
                    look_up_or_dash (target, "numeric"), NULL);
}

static void
append_legs (GString *text, GVariant *targets)
{
  g_autoptr (PingemTable) table = pingem_table_new ("   >>> ");
  g_autofree char *printed = NULL;
  GVariantIter iter;
  GVariant *target;

  pingem_table_add (table, _ ("Leg"), _ ("Name"), _ ("Level"), _ ("Loss"), _ ("RTT"), _ ("Jitter"),
                    _ ("Address"), NULL);
  g_variant_iter_init (&iter, targets);
  while (g_variant_iter_loop (&iter, "@a{sv}", &target))
    add_row (table, target);

  printed = pingem_table_print (table);
  g_string_append (text, printed);
}

/* Where the way there and the way back are told apart: what is lost since it is probed. */
static void
append_path (GString *text, GVariant *target)
{
  gint64 n_up = pingem_target_lookup_number (target, "lost-up");
  gint64 n_down = pingem_target_lookup_number (target, "lost-down");
  gint64 n = pingem_target_lookup_number (target, "lost-somewhere");
  g_autofree char *name = pingem_quote (look_up_or_dash (target, "name"));
  g_autofree char *up = pingem_format_rtt (pingem_target_lookup_number (target, "jitter-up-us"));
  g_autofree char *down =
      pingem_format_rtt (pingem_target_lookup_number (target, "jitter-down-us"));

  if (n_up < 0)
    return;

  /* Translators: a target; its packets lost, and the variation of their delay, there and back */
  g_string_append_printf (text,
                          _ ("%s: lost there %u, back %u, unknown %u; jitter there %s, back %s\n"),
                          name, (guint) n_up, (guint) n_down, (guint) n, up, down);
}

static void
append_paths (GString *text, GVariant *targets)
{
  GVariantIter iter;
  GVariant *target;

  g_variant_iter_init (&iter, targets);
  while (g_variant_iter_loop (&iter, "@a{sv}", &target))
    append_path (text, target);
}

static void
append_problem (GString *text, GVariant *target)
{
  g_autofree char *name = pingem_quote (look_up_or_dash (target, "name"));
  const char *problem = pingem_target_lookup_string (target, "problem");

  if (problem != NULL)
    g_string_append_printf (text, "%s: %s\n", name, problem);
}

static void
append_problems (GString *text, const PingemStatusView *view)
{
  g_autofree const char **problems = NULL;
  GVariantIter iter;
  GVariant *target;

  if (g_variant_lookup (view->status, "problems", "^a&s", &problems))
    for (guint i = 0; problems[i] != NULL; i++)
      g_string_append_printf (text, "%s%s\n", i == 0 ? "\n" : "", problems[i]);

  g_variant_iter_init (&iter, view->targets);
  while (g_variant_iter_loop (&iter, "@a{sv}", &target))
    append_problem (text, target);
}

char *
pingem_status_text (const PingemStatusView *view)
{
  GString *text = g_string_new (NULL);

  append_head (text, view);
  append_legs (text, view->targets);
  append_paths (text, view->targets);
  append_problems (text, view);

  return g_string_free (text, FALSE);
}

/* The same in every locale: " router 0.0% 1.2ms", or " - -" where unknown. */
static void
append_short_leg (GString *line, GVariant *target)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  double loss = pingem_target_loss (target);
  gint64 rtt_us = pingem_target_lookup_number (target, "rtt-us");

  g_string_append_printf (line, " %s", look_up_or_dash (target, "key"));
  if (loss >= 0)
    g_string_append_printf (line, " %s%%",
                            g_ascii_formatd (number, sizeof number, "%.1f", loss * 100));
  else
    g_string_append (line, " -");
  if (rtt_us >= 0)
    g_string_append_printf (line, " %sms",
                            g_ascii_formatd (number, sizeof number, "%.1f", rtt_us / 1e3));
  else
    g_string_append (line, " -");
}

char *
pingem_status_line (const PingemStatusView *view, GDateTime *now)
{
  g_autofree char *time = g_date_time_format (now, "%FT%T%z");
  g_autofree char *sentence = build_sentence (view->status);
  GString *line = g_string_new (time);
  GVariantIter iter;
  GVariant *target;

  g_string_append_printf (line, " %s %s", look_up_or_dash (view->status, "level"), sentence);
  g_variant_iter_init (&iter, view->targets);
  while (g_variant_iter_loop (&iter, "@a{sv}", &target))
    append_short_leg (line, target);

  return g_string_free (line, FALSE);
}
