/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/events-print.h"

#include <glib/gi18n-lib.h>

#include "ctl/table.h"
#include "ctl/time-arg.h"

static const char *
null_if_empty (const char *text)
{
  return *text != '\0' ? text : NULL;
}

void
pingem_event_add_json (JsonBuilder *builder, const PingemEvent *event)
{
  json_builder_begin_object (builder);
  pingem_json_add_string (builder, "kind", event->kind);
  pingem_json_add_seconds (builder, "start", event->from_ms);

  if (event->to_ms >= 0)
    pingem_json_add_seconds (builder, "seconds", event->to_ms - event->from_ms);
  else
    pingem_json_add_null (builder, "seconds");

  pingem_json_add_string (builder, "text", null_if_empty (event->text));
  pingem_json_add_string (builder, "leg", null_if_empty (event->leg));
  pingem_json_add_string (builder, "target", null_if_empty (event->target));
  pingem_json_add_number (builder, "due", event->due > 0 ? (gint64) event->due : -1);
  pingem_json_add_number (builder, "bad", event->due > 0 ? (gint64) event->bad : -1);
  json_builder_end_object (builder);
}

char *
pingem_event_json (const PingemEvent *event)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  pingem_event_add_json (builder, event);

  return pingem_json_print (builder);
}

static void
add_row (PingemTable *table, const PingemEvent *event, GTimeZone *zone)
{
  g_autofree char *begin = pingem_time_format (event->from_ms, zone);
  g_autofree char *duration = pingem_event_duration (event);
  g_autofree char *what = pingem_event_describe (event);

  pingem_table_add (table, begin, duration, pingem_event_label (event), what, NULL);
}

char *
pingem_events_text (const GPtrArray *events, GTimeZone *zone)
{
  g_autoptr (PingemTable) table = pingem_table_new (" >  ");

  pingem_table_add (table, _ ("From"), _ ("Duration"), _ ("Kind"), _ ("What"), NULL);
  for (guint i = 0; i < events->len; i++)
    add_row (table, events->pdata[i], zone);

  return pingem_table_print (table);
}
