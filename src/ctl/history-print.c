/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/history-print.h"

#include <glib/gi18n-lib.h>

#include "ctl/json.h"
#include "ctl/table.h"
#include "ctl/time-arg.h"
#include "ipc/status.h"

static void
add_counts (JsonBuilder *builder, const PingemColumn *column)
{
  pingem_json_add_number (builder, "due", pingem_column_due (column));
  pingem_json_add_number (builder, "reply", column->reply);
  pingem_json_add_number (builder, "late", column->late);
  pingem_json_add_number (builder, "lost", column->lost);
  pingem_json_add_number (builder, "unsent", column->unsent);
  pingem_json_add_number (builder, "error", column->error);
  pingem_json_add_number (builder, "in_flight", column->in_flight);
  pingem_json_add_number (builder, "duplicates", column->duplicates);
  pingem_json_add_number (builder, "burst", column->burst);
}

char *
pingem_column_json (const PingemColumn *column)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  const PingemRttSummary rtt = {
    .min = column->rtt_min_us,
    .p50 = column->rtt_p50_us,
    .p95 = column->rtt_p95_us,
    .p99 = column->rtt_p99_us,
    .max = column->rtt_max_us,
  };

  json_builder_begin_object (builder);
  pingem_json_add_seconds (builder, "start", column->start_ms);
  pingem_json_add_seconds (builder, "seconds", column->span_ms);
  add_counts (builder, column);
  pingem_json_add_number (builder, "ttl", column->ttl > 0 ? (gint64) column->ttl : -1);
  pingem_json_begin_rtt (builder, &rtt);
  json_builder_end_object (builder);
  pingem_json_add_string (builder, "gap",
                          column->gap != PINGEM_GAP_NONE ? pingem_gap_word (column->gap) : NULL);
  json_builder_end_object (builder);

  return pingem_json_print (builder);
}

static void
add_row (PingemTable *table, const PingemColumn *column, GTimeZone *zone)
{
  g_autofree char *start = pingem_time_format (column->start_ms, zone);
  g_autofree char *due = g_strdup_printf ("%u", pingem_column_due (column));
  g_autofree char *loss = pingem_format_loss (pingem_column_loss (column));
  g_autofree char *late = g_strdup_printf ("%u", column->late);
  g_autofree char *p50 = pingem_format_rtt (column->rtt_p50_us);
  g_autofree char *p95 = pingem_format_rtt (column->rtt_p95_us);
  g_autofree char *max = pingem_format_rtt (column->rtt_max_us);

  pingem_table_add (table, start, due, loss, late, p50, p95, max, pingem_gap_label (column->gap),
                    NULL);
}

char *
pingem_columns_text (const PingemColumn *columns, guint n_columns, GTimeZone *zone)
{
  g_autoptr (PingemTable) table = pingem_table_new (" >>>>>> ");

  pingem_table_add (table, _ ("From"), _ ("Due"), _ ("Loss"), _ ("Late"), _ ("Median"), "95 %",
                    _ ("Longest"), _ ("Gap"), NULL);
  for (guint i = 0; i < n_columns; i++)
    add_row (table, &columns[i], zone);

  return pingem_table_print (table);
}
