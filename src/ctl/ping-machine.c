/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/json.h"
#include "ctl/ping-report.h"

/* An ICMP error has a time too, but only a reply has a round trip. */
static gint64
get_rtt_us (const PingemRecord *record)
{
  gboolean is_answered = record->state == PINGEM_STATE_REPLY || record->state == PINGEM_STATE_LATE;

  return is_answered && record->rtt_ns >= 0 ? record->rtt_ns / 1000 : -1;
}

static const char *
format_or_dash (gint64 value, gboolean is_known, char buffer[static 24])
{
  if (is_known)
    g_snprintf (buffer, 24, "%" G_GINT64_FORMAT, value);
  else
    g_strlcpy (buffer, "-", 24);

  return buffer;
}

char *
pingem_probe_line (const PingemPingTarget *target, const PingemRecord *record)
{
  gint64 rtt_us = get_rtt_us (record);
  char rtt[24];

  return g_strdup_printf ("%s,%" G_GUINT64_FORMAT ",%s", target->address, record->seq,
                          format_or_dash (rtt_us, rtt_us >= 0, rtt));
}

char *
pingem_probe_states_line (const PingemPingTarget *target, const PingemRecord *record)
{
  g_autofree char *line = pingem_probe_line (target, record);
  char error[24];
  char sent[24];

  return g_strdup_printf ("%s,%s,%s,%s", line, pingem_state_word (record->state),
                          format_or_dash (record->error, record->error != 0, error),
                          format_or_dash (record->sent_ns, record->sent_ns > 0, sent));
}

static void
add_icmp (JsonBuilder *builder, const PingemRecord *record)
{
  char from[PINGEM_ADDRESS_STRLEN];

  if (record->from.family == 0)
    {
      pingem_json_add_null (builder, "icmp");
      return;
    }

  json_builder_set_member_name (builder, "icmp");
  json_builder_begin_object (builder);
  pingem_json_add_number (builder, "type", record->icmp_type);
  pingem_json_add_number (builder, "code", record->icmp_code);
  pingem_json_add_string (builder, "from", pingem_address_format (&record->from, from));
  json_builder_end_object (builder);
}

char *
pingem_probe_json (const PingemPingTarget *target, const PingemRecord *record)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  pingem_json_add_string (builder, "target", target->label);
  pingem_json_add_string (builder, "address", target->address);
  pingem_json_add_number (builder, "seq", record->seq);
  pingem_json_add_string (builder, "state", pingem_state_word (record->state));
  pingem_json_add_number (builder, "sent_ns", record->sent_ns > 0 ? record->sent_ns : -1);
  pingem_json_add_number (builder, "rtt_us", get_rtt_us (record));
  pingem_json_add_number (builder, "ttl", record->ttl > 0 ? record->ttl : -1);
  pingem_json_add_number (builder, "errno", record->error > 0 ? record->error : -1);
  add_icmp (builder, record);
  pingem_json_add_number (builder, "duplicates", record->duplicates);
  json_builder_end_object (builder);

  return pingem_json_print (builder);
}

static void
add_summary (JsonBuilder *builder, const PingemPingTarget *target)
{
  const PingemTally *tally = &target->run.tally;
  PingemRttSummary rtt = pingem_rtts_summarize (&target->run.rtts);

  json_builder_begin_object (builder);
  pingem_json_add_string (builder, "target", target->label);
  pingem_json_add_number (builder, "due", pingem_tally_due (tally));
  pingem_json_add_number (builder, "reply", tally->reply);
  pingem_json_add_number (builder, "late", tally->late);
  pingem_json_add_number (builder, "lost", tally->lost);
  pingem_json_add_number (builder, "unsent", tally->unsent);
  pingem_json_add_number (builder, "error", tally->error);
  pingem_json_add_number (builder, "duplicates", tally->duplicates);
  pingem_json_add_share (builder, "loss", pingem_tally_loss (tally));
  pingem_json_begin_rtt (builder, &rtt);
  pingem_json_add_number (builder, "jitter", rtt.jitter);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

char *
pingem_summary_json (GPtrArray *targets)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "summary");
  json_builder_begin_array (builder);
  for (guint i = 0; i < targets->len; i++)
    add_summary (builder, targets->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  return pingem_json_print (builder);
}
