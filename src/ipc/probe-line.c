/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/probe-line.h"

enum {
  SEQ,
  SENT_NS,
  STATE,
  RTT_US,
  TTL,
  ERRNO,
  ICMP_TYPE,
  ICMP_CODE,
  FROM,
  DUPLICATES,
  N_FIELDS
};

static void
append (GString *text, gint64 value, gboolean is_known)
{
  g_string_append_c (text, ',');
  if (is_known)
    g_string_append_printf (text, "%" G_GINT64_FORMAT, value);
  else
    g_string_append_c (text, '-');
}

/* An ICMP error has a time too, but only a reply has a round trip. */
static gboolean
has_rtt (const PingemRecord *record)
{
  return (record->state == PINGEM_STATE_REPLY || record->state == PINGEM_STATE_LATE) &&
         record->rtt_ns >= 0;
}

void
pingem_probe_line_append (GString *text, const PingemRecord *record)
{
  char from[PINGEM_ADDRESS_STRLEN];
  gboolean has_icmp = record->from.family != 0;

  g_string_append_printf (text, "%" G_GUINT64_FORMAT, record->seq);
  append (text, record->sent_ns, record->sent_ns > 0);
  g_string_append_printf (text, ",%s", pingem_state_word (record->state));
  append (text, record->rtt_ns / 1000, has_rtt (record));
  append (text, record->ttl, record->ttl > 0);
  append (text, record->error, record->error > 0);
  append (text, record->icmp_type, has_icmp);
  append (text, record->icmp_code, has_icmp);
  g_string_append_printf (text, ",%s",
                          has_icmp ? pingem_address_format (&record->from, from) : "-");
  append (text, record->duplicates, TRUE);
  g_string_append_c (text, '\n');
}

/* "-" is @unknown. */
static gboolean
parse_number (const char *text, gint64 unknown, gint64 max, gint64 *ret_number)
{
  if (g_str_equal (text, "-"))
    {
      *ret_number = unknown;
      return TRUE;
    }

  return g_ascii_string_to_signed (text, 10, 0, max, ret_number, NULL);
}

static gboolean
parse_state (const char *word, PingemRecord *record)
{
  for (PingemState state = 0; state < PINGEM_N_STATES; state++)
    if (g_str_equal (word, pingem_state_word (state)))
      {
        record->state = (guint8) state;
        return TRUE;
      }

  return FALSE;
}

static gboolean
parse_from (const char *text, PingemRecord *record)
{
  return g_str_equal (text, "-") || pingem_address_parse (text, &record->from);
}

static gboolean
parse_fields (char **fields, PingemRecord *record)
{
  gint64 sent_ns, rtt_us, ttl, error, type, code, duplicates;

  if (!g_ascii_string_to_unsigned (fields[SEQ], 10, 0, G_MAXUINT64, &record->seq, NULL) ||
      !parse_number (fields[SENT_NS], 0, G_MAXINT64, &sent_ns) ||
      !parse_state (fields[STATE], record) ||
      !parse_number (fields[RTT_US], -1, G_MAXINT64 / 1000, &rtt_us) ||
      !parse_number (fields[TTL], 0, G_MAXUINT8, &ttl) ||
      !parse_number (fields[ERRNO], 0, G_MAXINT32, &error) ||
      !parse_number (fields[ICMP_TYPE], 0, G_MAXUINT8, &type) ||
      !parse_number (fields[ICMP_CODE], 0, G_MAXUINT8, &code) ||
      !parse_from (fields[FROM], record) ||
      !parse_number (fields[DUPLICATES], 0, G_MAXUINT32, &duplicates))
    return FALSE;

  record->sent_ns = sent_ns;
  record->rtt_ns = rtt_us >= 0 ? rtt_us * 1000 : -1;
  record->ttl = (guint8) ttl;
  record->error = (gint32) error;
  record->icmp_type = (guint8) type;
  record->icmp_code = (guint8) code;
  record->duplicates = (guint32) duplicates;

  return TRUE;
}

gboolean
pingem_probe_line_parse (const char *line, PingemRecord *ret_record)
{
  g_auto (GStrv) fields = g_strsplit (line, ",", N_FIELDS + 1);
  PingemRecord record = { 0 };

  if (g_strv_length (fields) != N_FIELDS || !parse_fields (fields, &record))
    return FALSE;

  *ret_record = record;

  return TRUE;
}
