/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/json-line.h"
#include "ctl/ping-report.h"

/* An ICMP error has a time too, but only a reply has a round trip. */
static gint64
get_rtt_us (const PingemRecord *record)
{
  gboolean is_answered = record->state == PINGEM_STATE_REPLY || record->state == PINGEM_STATE_LATE;

  return is_answered && record->rtt_ns >= 0 ? record->rtt_ns / 1000 : -1;
}

static void
append_or_dash (GString *text, gint64 value, gboolean is_known)
{
  if (is_known)
    pingem_text_append_number (text, value);
  else
    g_string_append_c (text, '-');
}

static void
append_line (GString *text, const PingemPingNames *names, const PingemRecord *record)
{
  gint64 rtt_us = get_rtt_us (record);

  g_string_append (text, names->address);
  g_string_append_c (text, ',');
  pingem_text_append_number (text, (gint64) record->seq);
  g_string_append_c (text, ',');
  append_or_dash (text, rtt_us, rtt_us >= 0);
}

void
pingem_probe_line (GString *text, const PingemPingNames *names, const PingemRecord *record)
{
  append_line (text, names, record);
  g_string_append_c (text, '\n');
}

void
pingem_probe_states_line (GString *text, const PingemPingNames *names, const PingemRecord *record)
{
  append_line (text, names, record);
  g_string_append_c (text, ',');
  g_string_append (text, pingem_state_word (record->state));
  g_string_append_c (text, ',');
  append_or_dash (text, record->error, record->error != 0);
  g_string_append_c (text, ',');
  append_or_dash (text, record->sent_ns, record->sent_ns > 0);
  g_string_append_c (text, '\n');
}

static void
append_icmp (GString *text, const PingemRecord *record)
{
  char from[PINGEM_ADDRESS_STRLEN];

  if (record->from.family == 0)
    {
      pingem_text_append (text, "null");
      return;
    }

  pingem_text_append (text, "{\"type\":");
  pingem_text_append_number (text, record->icmp_type);
  pingem_text_append (text, ",\"code\":");
  pingem_text_append_number (text, record->icmp_code);
  pingem_text_append (text, ",\"from\":\"");
  g_string_append (text, pingem_address_format (&record->from, from));
  pingem_text_append (text, "\"}");
}

static void
append_address (GString *text, const char *address)
{
  if (*address == '\0')
    {
      pingem_text_append (text, "null");
      return;
    }

  g_string_append_c (text, '"');
  g_string_append (text, address);
  g_string_append_c (text, '"');
}

void
pingem_probe_json (GString *text, const PingemPingNames *names, const PingemRecord *record)
{
  gint64 rtt_us = get_rtt_us (record);

  pingem_text_append (text, "{\"target\":");
  pingem_json_line_string (text, names->label);
  pingem_text_append (text, ",\"address\":");
  append_address (text, names->address);
  pingem_text_append (text, ",\"seq\":");
  pingem_text_append_number (text, (gint64) record->seq);
  pingem_text_append (text, ",\"state\":\"");
  g_string_append (text, pingem_state_word (record->state));
  pingem_text_append (text, "\",\"sent_ns\":");
  pingem_json_line_number (text, record->sent_ns, record->sent_ns > 0);
  pingem_text_append (text, ",\"rtt_us\":");
  pingem_json_line_number (text, rtt_us, rtt_us >= 0);
  pingem_text_append (text, ",\"ttl\":");
  pingem_json_line_number (text, record->ttl, record->ttl > 0);
  pingem_text_append (text, ",\"errno\":");
  pingem_json_line_number (text, record->error, record->error > 0);
  pingem_text_append (text, ",\"icmp\":");
  append_icmp (text, record);
  pingem_text_append (text, ",\"duplicates\":");
  pingem_text_append_number (text, record->duplicates);
  pingem_text_append (text, "}\n");
}

static void
append_numbers (GString *text, const char *const *names, const gint64 *values, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_string_append (text, names[i]);
      pingem_json_line_number (text, values[i], values[i] >= 0);
    }
}

void
pingem_summary_row_json (GString *text, const PingemPingNames *names, const PingemRun *run)
{
  static const char *const counts[] = {
    ",\"due\":",    ",\"reply\":", ",\"late\":",       ",\"lost\":",
    ",\"unsent\":", ",\"error\":", ",\"duplicates\":",
  };
  static const char *const rtts[] = {
    "{\"min\":", ",\"p50\":", ",\"p95\":", ",\"p99\":", ",\"max\":", ",\"jitter\":",
  };
  const PingemTally t = pingem_run_tally (run);
  const PingemRttSummary rtt = pingem_run_rtts (run);
  const gint64 counted[] = { pingem_tally_due (&t), t.reply, t.late, t.lost, t.unsent, t.error,
                             t.duplicates };
  const gint64 measured[] = { rtt.min, rtt.p50, rtt.p95, rtt.p99, rtt.max, rtt.jitter };

  pingem_text_append (text, "{\"target\":");
  pingem_json_line_string (text, names->label);
  append_numbers (text, counts, counted, G_N_ELEMENTS (counts));
  pingem_text_append (text, ",\"loss\":");
  pingem_json_line_share (text, pingem_tally_loss (&t));
  pingem_text_append (text, ",\"rtt_us\":");
  append_numbers (text, rtts, measured, G_N_ELEMENTS (rtts));
  pingem_text_append (text, "}}");
}
