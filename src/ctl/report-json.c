/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/events-print.h"
#include "ctl/json.h"
#include "ctl/report-print.h"
#include "ipc/report-names.h"
#include "ipc/status.h"

static void
add_numbers (JsonBuilder *builder,
             GVariant *dict,
             const char *const (*names)[2], /* in JSON, on the bus */
             guint n)
{
  for (guint i = 0; i < n; i++)
    pingem_json_add_number (builder, names[i][0], pingem_target_lookup_number (dict, names[i][1]));
}

static void
add_rtt (JsonBuilder *builder, GVariant *summary)
{
  static const char *const names[][2] = {
    { "min", "min-us" }, { "p50", "p50-us" },   { "p95", "p95-us" },       { "p99", "p99-us" },
    { "max", "max-us" }, { "mean", "mean-us" }, { "jitter", "jitter-us" },
  };

  json_builder_set_member_name (builder, "rtt_us");
  json_builder_begin_object (builder);
  add_numbers (builder, summary, names, G_N_ELEMENTS (names));
  json_builder_end_object (builder);
}

static void
add_summary (JsonBuilder *builder, GVariant *summary)
{
  static const char *const names[][2] = {
    { "due", "due" },
    { "reply", "reply" },
    { "late", "late" },
    { "lost", "lost" },
    { "unsent", "unsent" },
    { "error", "error" },
    { "duplicates", "duplicates" },
    { "bursts", "bursts" },
    { "longest_burst", "longest-burst" },
  };
  double mos = -1;
  gboolean is_about = FALSE;

  g_variant_lookup (summary, "mos", "d", &mos);
  g_variant_lookup (summary, "about", "b", &is_about);
  add_numbers (builder, summary, names, G_N_ELEMENTS (names));
  pingem_json_add_share (builder, "loss", pingem_target_loss (summary));
  add_rtt (builder, summary);
  pingem_json_add_share (builder, "mos", mos);
  json_builder_set_member_name (builder, "about");
  json_builder_add_boolean_value (builder, is_about);
}

static void
add_target (JsonBuilder *builder, const PingemReportView *view, const PingemReportTarget *row)
{
  static const char *const names[][2] = {
    { "interval_ms", "interval-ms" },
    { "timeout_ms", "timeout-ms" },
    { "size", "size" },
  };
  const char *key = pingem_target_lookup_string (row->target, "key");
  const char *name = pingem_target_lookup_string (row->target, "name");
  g_autofree char *shown_key = key != NULL ? pingem_report_key (view, key) : NULL;
  g_autofree char *shown_name = name != NULL ? pingem_report_key (view, name) : NULL;
  g_autofree char *address = pingem_report_address (view, row);
  gboolean is_known = pingem_target_lookup_string (row->target, "numeric") != NULL;

  json_builder_begin_object (builder);
  pingem_json_add_string (builder, "leg", pingem_target_lookup_string (row->target, "leg"));
  pingem_json_add_string (builder, "target", shown_key);
  pingem_json_add_string (builder, "name", shown_name);
  pingem_json_add_string (builder, "address", is_known ? address : NULL);
  add_numbers (builder, row->target, names, G_N_ELEMENTS (names));
  add_summary (builder, row->summary);
  json_builder_end_object (builder);
}

static void
add_event (JsonBuilder *builder, const PingemReportView *view, const PingemEvent *event)
{
  g_autofree char *key = pingem_report_key (view, event->target);
  g_autoptr (PingemEvent) shown = pingem_event_new (
      event->kind, event->from_ms, event->to_ms, event->leg, key != NULL ? key : "", event->text);

  shown->due = event->due;
  shown->bad = event->bad;
  pingem_event_add_json (builder, shown);
}

static void
add_events (JsonBuilder *builder, const PingemReportView *view)
{
  json_builder_set_member_name (builder, "events");
  json_builder_begin_array (builder);
  for (guint i = 0; i < view->events->len; i++)
    {
      const PingemEvent *event = view->events->pdata[i];

      if (g_str_equal (event->kind, PINGEM_EVENT_OUTAGE) ||
          g_str_equal (event->kind, PINGEM_EVENT_GAP))
        add_event (builder, view, event);
    }
  json_builder_end_array (builder);
}

char *
pingem_report_json (const PingemReportView *view)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  pingem_json_add_string (builder, "version", PINGEM_VERSION);
  pingem_json_add_seconds (builder, "from", view->from_ms);
  pingem_json_add_seconds (builder, "to", view->to_ms);
  json_builder_set_member_name (builder, "targets");
  json_builder_begin_array (builder);
  for (guint i = 0; i < view->targets->len; i++)
    add_target (builder, view, view->targets->pdata[i]);
  json_builder_end_array (builder);
  add_events (builder, view);
  json_builder_end_object (builder);

  return pingem_json_print (builder);
}
