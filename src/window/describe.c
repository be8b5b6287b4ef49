/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/describe.h"

#include <glib/gi18n-lib.h>

#include "ipc/record-text.h"
#include "ipc/status.h"

static GDateTime *
get_local (gint64 time_ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time_ms / 1000);

  return g_date_time_to_timezone (utc, zone);
}

/* The day once, where it is the same. */
char *
pingem_describe_span (gint64 from_ms, gint64 to_ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) begin = get_local (from_ms, zone);
  g_autoptr (GDateTime) end = get_local (to_ms, zone);
  gboolean is_one_day = g_date_time_get_year (begin) == g_date_time_get_year (end) &&
                        g_date_time_get_day_of_year (begin) == g_date_time_get_day_of_year (end);
  g_autofree char *from = g_date_time_format (begin, "%x %H:%M:%S");
  g_autofree char *to = g_date_time_format (end, is_one_day ? "%H:%M:%S" : "%x %H:%M:%S");

  return g_strdup_printf ("%s – %s", from, to);
}

static void
append_line (GString *text, char *line)
{
  if (text->len > 0)
    g_string_append_c (text, '\n');

  g_string_append (text, line);
  g_free (line);
}

static void
append_counts (GString *text, const PingemColumn *c)
{
  const struct {
    const char *label;
    guint count;
  } counts[] = {
    { _ ("lost"), c->lost },        { _ ("late"), c->late },      { _ ("error"), c->error },
    { _ ("not sent"), c->unsent },  { _ ("held back"), c->held }, { _ ("in flight"), c->in_flight },
    { _ ("twice"), c->duplicates },
  };

  /* Translators: how many probes were due, how many answered */
  append_line (text, g_strdup_printf (_ ("%u due, %u answered"), pingem_column_due (c), c->reply));

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    if (counts[i].count > 0)
      g_string_append_printf (text, ", %u %s", counts[i].count, counts[i].label);

  if (c->burst > 1)
    append_line (text, g_strdup_printf (_ ("%u missing in a row"), c->burst));
}

static void
append_rtts (GString *text, const PingemColumn *c)
{
  g_autofree char *p50 = pingem_format_rtt (c->rtt_p50_us);
  g_autofree char *p95 = pingem_format_rtt (c->rtt_p95_us);
  g_autofree char *max = pingem_format_rtt (c->rtt_max_us);

  if (c->rtt_p50_us >= 0)
    append_line (text,
                 g_strdup_printf (_ ("RTT: median %s, 95 %% below %s, longest %s"), p50, p95, max));
  if (c->ttl > 0)
    append_line (text, g_strdup_printf (_ ("TTL %u"), c->ttl));
}

char *
pingem_describe_column (const PingemColumn *column, GTimeZone *zone)
{
  GString *text = g_string_new (NULL);

  append_line (text,
               pingem_describe_span (column->start_ms, column->start_ms + column->span_ms, zone));
  if (pingem_column_due (column) + column->in_flight + column->held > 0)
    append_counts (text, column);
  append_rtts (text, column);
  if (column->gap != PINGEM_GAP_NONE)
    append_line (text, g_strdup_printf (_ ("not measured: %s"), pingem_gap_label (column->gap)));
  else if (pingem_column_due (column) + column->in_flight + column->held == 0)
    append_line (text, g_strdup (_ ("Nothing was measured.")));

  return g_string_free (text, FALSE);
}

char *
pingem_describe_packets (const GArray *records, GTimeZone *zone)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < records->len; i++)
    {
      const PingemRecord *record = &g_array_index (records, PingemRecord, i);
      gint64 sent_ms = record->sent_ns / 1000000;
      g_autoptr (GDateTime) sent = get_local (sent_ms, zone);
      g_autofree char *time = g_date_time_format (sent, "%H:%M:%S");

      g_string_append_printf (text, "\n#%" G_GUINT64_FORMAT " · %s.%03d · ", record->seq, time,
                              (int) (sent_ms % 1000));
      pingem_record_text (text, record, 0);
    }

  return g_string_free (text, FALSE);
}

static gboolean
is_in (const PingemEvent *event, const PingemColumn *column)
{
  gint64 end_ms = column->start_ms + column->span_ms;

  return event->from_ms < end_ms && !g_str_equal (event->kind, PINGEM_EVENT_GAP) &&
         (event->to_ms < 0 || event->to_ms > column->start_ms ||
          event->from_ms == column->start_ms);
}

char *
pingem_describe_events (const GPtrArray *events, const PingemColumn *column)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < events->len; i++)
    {
      const PingemEvent *event = events->pdata[i];
      g_autofree char *what = NULL;

      if (!is_in (event, column))
        continue;

      what = pingem_event_describe (event);
      /* Translators: a kind of event, and what happened */
      g_string_append_c (text, '\n');
      g_string_append_printf (text, _ ("%s: %s"), pingem_event_label (event), what);
    }

  return g_string_free (text, FALSE);
}

char *
pingem_describe_event_time (const PingemEvent *event, GTimeZone *zone)
{
  g_autoptr (GDateTime) begin = get_local (event->from_ms, zone);
  g_autofree char *from = g_date_time_format (begin, "%x %H:%M:%S");
  g_autofree char *span = NULL;
  g_autofree char *duration = NULL;

  if (event->to_ms < 0)
    return g_strdup_printf (_ ("since %s"), from);
  if (event->to_ms == event->from_ms)
    return g_steal_pointer (&from);

  span = pingem_describe_span (event->from_ms, event->to_ms, zone);
  duration = pingem_format_duration (event->to_ms - event->from_ms);

  return g_strdup_printf ("%s, %s", span, duration);
}

char *
pingem_describe_strip (const PingemColumn *columns, guint n_columns)
{
  PingemColumn sum = { 0 };
  double worst = -1;
  g_autofree char *loss = NULL;
  g_autofree char *worst_loss = NULL;

  for (const PingemColumn *c = columns; c < columns + n_columns; c++)
    {
      sum.reply += c->reply;
      sum.late += c->late;
      sum.lost += c->lost;
      sum.unsent += c->unsent;
      sum.error += c->error;
      worst = MAX (worst, pingem_column_loss (c));
    }

  if (pingem_column_due (&sum) == 0)
    return g_strdup (_ ("Nothing was measured."));

  loss = pingem_format_loss (pingem_column_loss (&sum));
  worst_loss = pingem_format_loss (worst);

  /* Translators: loss, missing probes, due probes, loss in the worst column */
  return g_strdup_printf (_ ("%s missing (%u of %u), %s in the worst column."), loss,
                          sum.lost + sum.unsent + sum.error, pingem_column_due (&sum), worst_loss);
}

char *
pingem_describe_address (GVariant *target)
{
  const char *name = pingem_target_get_name (target);
  const char *parts[] = {
    pingem_leg_label (pingem_target_lookup_string (target, "leg") ?: "other"),
    pingem_target_lookup_string (target, "address"),
    pingem_target_lookup_string (target, "numeric"),
  };
  char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      char *before = text;

      if (parts[i] == NULL || g_strcmp0 (parts[i], name) == 0 ||
          (i > 0 && g_strcmp0 (parts[i], parts[i - 1]) == 0))
        continue;

      /* Translators: what kind of target, and its address: "Call · call.example" */
      text =
          before != NULL ? g_strdup_printf (_ ("%s · %s"), before, parts[i]) : g_strdup (parts[i]);
      g_free (before);
    }

  return text != NULL ? text : g_strdup ("");
}
