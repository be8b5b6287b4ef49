/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/json.h"
#include "ctl/trace-report.h"

static void
add_address (JsonBuilder *builder,
             const PingemTraceReport *report,
             const PingemTraceAddress *address)
{
  char text[PINGEM_ADDRESS_STRLEN];

  json_builder_begin_object (builder);
  pingem_json_add_string (builder, "address", pingem_address_format (&address->address, text));
  pingem_json_add_string (
      builder, "name",
      report->labels != NULL ? pingem_host_labels_get (report->labels, &address->address) : NULL);
  pingem_json_add_number (builder, "count", address->count);
  json_builder_end_object (builder);
}

static void
add_addresses (JsonBuilder *builder, const PingemTraceReport *report, const PingemTraceHop *hop)
{
  json_builder_set_member_name (builder, "addresses");
  json_builder_begin_array (builder);
  for (guint i = 0; i < hop->addresses->len; i++)
    add_address (builder, report, &g_array_index (hop->addresses, PingemTraceAddress, i));
  json_builder_end_array (builder);
}

static void
add_counts (JsonBuilder *builder, const PingemTally *tally)
{
  pingem_json_add_number (builder, "due", pingem_tally_due (tally));
  pingem_json_add_number (builder, "reply", tally->reply);
  pingem_json_add_number (builder, "late", tally->late);
  pingem_json_add_number (builder, "lost", tally->lost);
  pingem_json_add_number (builder, "unsent", tally->unsent);
  pingem_json_add_number (builder, "error", tally->error);
  pingem_json_add_share (builder, "loss", pingem_tally_loss (tally));
}

static void
add_rtt (JsonBuilder *builder, const PingemRtts *rtts)
{
  PingemRttSummary rtt = pingem_rtts_summarize (rtts);

  pingem_json_begin_rtt (builder, &rtt);
  pingem_json_add_number (builder, "jitter", rtt.jitter);
  json_builder_end_object (builder);
}

static void
add_icmp (JsonBuilder *builder, const PingemTraceHop *hop)
{
  char from[PINGEM_ADDRESS_STRLEN];

  if (hop->tally.error == 0)
    {
      pingem_json_add_null (builder, "icmp");
      return;
    }

  json_builder_set_member_name (builder, "icmp");
  json_builder_begin_object (builder);
  pingem_json_add_number (builder, "type", hop->error.icmp_type);
  pingem_json_add_number (builder, "code", hop->error.icmp_code);
  pingem_json_add_string (builder, "from", pingem_address_format (&hop->error.from, from));
  json_builder_end_object (builder);
}

static void
add_row (JsonBuilder *builder, const PingemTraceReport *report, const PingemTraceRow *row)
{
  json_builder_begin_object (builder);
  pingem_json_add_number (builder, "hop", row->number > 0 ? (gint64) row->number : -1);
  add_addresses (builder, report, row->hop);
  add_counts (builder, &row->hop->tally);
  add_rtt (builder, &row->hop->rtts);
  add_icmp (builder, row->hop);
  json_builder_set_member_name (builder, "is_target");
  json_builder_add_boolean_value (builder, row->is_host);
  json_builder_set_member_name (builder, "marked");
  json_builder_add_boolean_value (builder, row->is_marked);
  json_builder_end_object (builder);
}

char *
pingem_trace_report_json (const PingemTraceReport *report)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  guint mark;
  g_autoptr (GArray) rows = pingem_trace_path_list_rows (report->path, &mark);
  guint number = mark < rows->len ? g_array_index (rows, PingemTraceRow, mark).number : 0;
  char address[PINGEM_ADDRESS_STRLEN];

  json_builder_begin_object (builder);
  pingem_json_add_string (builder, "target", report->host);
  pingem_json_add_string (builder, "address",
                          pingem_address_format (&report->path->address, address));
  json_builder_set_member_name (builder, "hops");
  json_builder_begin_array (builder);
  for (guint i = 0; i < rows->len; i++)
    add_row (builder, report, &g_array_index (rows, PingemTraceRow, i));
  json_builder_end_array (builder);
  pingem_json_add_number (builder, "loss_from_hop", number > 0 ? (gint64) number : -1);
  json_builder_end_object (builder);

  return pingem_json_print (builder);
}
