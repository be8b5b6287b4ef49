/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/target-list.h"

#include <glib/gi18n-lib.h>

#include "ctl/json.h"
#include "ctl/table.h"
#include "ipc/status.h"

static void
add_json (JsonBuilder *builder, GVariant *target)
{
  json_builder_begin_object (builder);
  pingem_json_add_string (builder, "address", pingem_target_lookup_string (target, "address"));
  pingem_json_add_string (builder, "name", pingem_target_lookup_string (target, "name"));
  pingem_json_add_string (builder, "leg", pingem_target_lookup_string (target, "leg"));
  pingem_json_add_number (builder, "interval_ms",
                          pingem_target_lookup_number (target, "interval-ms"));
  pingem_json_add_number (builder, "timeout_ms",
                          pingem_target_lookup_number (target, "timeout-ms"));
  pingem_json_add_string (builder, "probe", pingem_target_lookup_string (target, "probe"));
  json_builder_end_object (builder);
}

char *
pingem_target_list_json (GVariant *targets)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autofree char *array = NULL;
  GVariantIter iter;
  GVariant *target;

  json_builder_begin_array (builder);
  g_variant_iter_init (&iter, targets);
  while (g_variant_iter_loop (&iter, "@a{sv}", &target))
    add_json (builder, target);
  json_builder_end_array (builder);
  array = pingem_json_print (builder);

  return g_strconcat (array, "\n", NULL);
}

static const char *
look_up_or_dash (GVariant *target, const char *name)
{
  const char *text = pingem_target_lookup_string (target, name);

  return text != NULL ? text : "–";
}

static char *
format_ms (GVariant *target, const char *name)
{
  gint64 ms = pingem_target_lookup_number (target, name);

  return ms >= 0 ? g_strdup_printf (_ ("%u ms"), (guint) ms) : g_strdup ("–");
}

static void
add_row (PingemTable *table, GVariant *target)
{
  g_autofree char *interval = format_ms (target, "interval-ms");
  g_autofree char *timeout = format_ms (target, "timeout-ms");

  pingem_table_add (table, pingem_leg_label (look_up_or_dash (target, "leg")),
                    look_up_or_dash (target, "name"), look_up_or_dash (target, "address"), interval,
                    timeout, look_up_or_dash (target, "probe"), NULL);
}

char *
pingem_target_list_text (GVariant *targets)
{
  g_autoptr (PingemTable) table = pingem_table_new ("   >> ");
  GVariantIter iter;
  GVariant *target;

  pingem_table_add (table, _ ("Leg"), _ ("Name"), _ ("Address"), _ ("Interval"), _ ("Timeout"),
                    _ ("Probe"), NULL);
  g_variant_iter_init (&iter, targets);
  while (g_variant_iter_loop (&iter, "@a{sv}", &target))
    add_row (table, target);

  return pingem_table_print (table);
}
