/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/trace-report.h"

#include <glib/gi18n-lib.h>

#include "ipc/icmp-text.h"
#include "ctl/number.h"
#include "ctl/table.h"
#include "ipc/status.h"

static const char *
get_label (const PingemTraceReport *report, const PingemAddress *address)
{
  return report->labels != NULL ? pingem_host_labels_get (report->labels, address) : NULL;
}

static char *
format_address (const PingemTraceReport *report, const PingemAddress *address)
{
  const char *label = get_label (report, address);
  char text[PINGEM_ADDRESS_STRLEN];

  pingem_address_format (address, text);

  return label != NULL ? g_strdup_printf ("%s (%s)", text, label) : g_strdup (text);
}

/* The one address, or the first of several with its share. */
static char *
format_addresses (const PingemTraceReport *report, const PingemTraceHop *hop, guint i)
{
  const PingemTraceAddress *address = &g_array_index (hop->addresses, PingemTraceAddress, i);
  g_autofree char *text = format_address (report, &address->address);

  return hop->addresses->len > 1 ? g_strdup_printf ("%s × %u", text, address->count)
                                 : g_steal_pointer (&text);
}

static char *
format_who (const PingemTraceReport *report, const PingemTraceRow *row)
{
  if (row->hop->addresses->len > 0)
    return format_addresses (report, row->hop, 0);
  if (row->is_host)
    return format_address (report, &report->path->address);

  return g_strdup (row->hop->tally.in_flight > 0 ? "" : _ ("no answer"));
}

/* Of a hop that never answers nobody knows the loss. */
static char *
format_loss (const PingemTraceRow *row)
{
  gboolean is_known = row->is_host || pingem_trace_hop_has_answer (row->hop);

  return pingem_format_loss (is_known ? pingem_tally_loss (&row->hop->tally) : -1);
}

static char *
format_mark (const PingemTraceRow *row, gboolean is_first)
{
  if (row->is_marked)
    return g_strdup (is_first ? _ ("loss begins") : _ ("loss goes on"));
  if (row->limits_answers)
    return g_strdup (_ ("limits its answers"));
  if (row->hop->tally.error > 0)
    return pingem_icmp_error_text (&row->hop->error);
  if (row->is_host && row->hop->tally.lost > 0 && !pingem_trace_hop_has_answer (row->hop))
    return g_strdup (_ ("no answer"));

  return g_strdup ("");
}

static void
add_row (PingemTable *table,
         const PingemTraceReport *report,
         const PingemTraceRow *row,
         gboolean is_first)
{
  PingemRttSummary rtt = pingem_rtts_summarize (&row->hop->rtts);
  g_autofree char *number = row->number > 0 ? g_strdup_printf ("%u", row->number) : g_strdup ("–");
  g_autofree char *who = format_who (report, row);
  g_autofree char *due =
      g_strdup_printf ("%" G_GUINT64_FORMAT, pingem_tally_due (&row->hop->tally));
  g_autofree char *loss = format_loss (row);
  g_autofree char *min = pingem_format_rtt (rtt.min);
  g_autofree char *p50 = pingem_format_rtt (rtt.p50);
  g_autofree char *p95 = pingem_format_rtt (rtt.p95);
  g_autofree char *max = pingem_format_rtt (rtt.max);
  g_autofree char *jitter = pingem_format_rtt (rtt.jitter);
  g_autofree char *mark = format_mark (row, is_first);

  pingem_table_add (table, number, who, due, loss, min, p50, p95, max, jitter, mark, NULL);
}

static void
add_other_addresses (PingemTable *table, const PingemTraceReport *report, const PingemTraceHop *hop)
{
  for (guint i = 1; i < hop->addresses->len; i++)
    {
      g_autofree char *who = format_addresses (report, hop, i);

      pingem_table_add (table, "", who, "", "", "", "", "", "", "", "", NULL);
    }
}

static char *
build_table (const PingemTraceReport *report, GArray *rows, guint mark)
{
  g_autoptr (PingemTable) table = pingem_table_new ("> >>>>>>> ");

  pingem_table_add (table, _ ("Hop"), _ ("Address"), _ ("Due"), _ ("Loss"), _ ("Min"), _ ("Median"),
                    "95 %", _ ("Max"), _ ("Jitter"), "", NULL);
  for (guint i = 0; i < rows->len; i++)
    {
      const PingemTraceRow *row = &g_array_index (rows, PingemTraceRow, i);

      add_row (table, report, row, i == mark);
      add_other_addresses (table, report, row->hop);
    }

  return pingem_table_print (table);
}

static void
append_head (GString *text, const PingemTraceReport *report)
{
  g_autofree char *host = pingem_quote (report->host);
  char address[PINGEM_ADDRESS_STRLEN];

  pingem_address_format (&report->path->address, address);
  if (g_str_equal (address, report->host))
    g_string_append_printf (text, _ ("The way to %s"), address);
  else
    g_string_append_printf (text, _ ("The way to %s (%s)"), host, address);
  g_string_append_c (text, '\n');
}

/* The host never answered. */
static char *
build_silence (const PingemTraceReport *report, const char *host, const PingemTraceRow *row)
{
  guint last = pingem_trace_path_last_answer (report->path);
  const PingemTraceHop *hop = report->path->hops->pdata[last];
  g_autofree char *error = NULL;
  char address[PINGEM_ADDRESS_STRLEN];

  if (row->hop->tally.error > 0)
    {
      error = pingem_icmp_error_text (&row->hop->error);
      return g_strdup_printf (_ ("%s cannot be reached: %s."), host, error);
    }
  if (row->hop->send_errno != 0)
    return g_strdup_printf (_ ("Nothing can be sent to %s: %s."), host,
                            pingem_send_error_label (row->hop->send_errno));
  if (last == 0)
    return g_strdup_printf (_ ("%s does not answer, and no hop on the way does."), host);

  pingem_address_format (&g_array_index (hop->addresses, PingemTraceAddress, 0).address, address);

  return g_strdup_printf (_ ("%s does not answer; the last hop that does is %u (%s)."), host, last,
                          address);
}

/* What is lost is told of the host: that is what counts. */
static char *
build_loss (const char *host, const PingemTraceRow *marked, const PingemHopLoss *loss)
{
  char address[PINGEM_ADDRESS_STRLEN];

  if (loss->lost == 0)
    return g_strdup_printf (_ ("No loss on the way to %s."), host);
  if (marked == NULL)
    return g_strdup_printf (_ ("%u of %u probes to %s are lost. Where cannot be told: that needs "
                               "more probes (-c)."),
                            loss->lost, loss->n, host);
  if (marked->is_host)
    return g_strdup_printf (_ ("%u of %u probes to %s are lost, behind the last hop before it "
                               "(significant at 95 %%)."),
                            loss->lost, loss->n, host);

  pingem_address_format (&g_array_index (marked->hop->addresses, PingemTraceAddress, 0).address,
                         address);

  return g_strdup_printf (_ ("From hop %u (%s) on, %u of %u probes are lost (significant at "
                             "95 %%)."),
                          marked->number, address, loss->lost, loss->n);
}

static char *
build_sentence (const PingemTraceReport *report, GArray *rows, guint mark)
{
  const PingemTraceRow *host_row = &g_array_index (rows, PingemTraceRow, rows->len - 1);
  PingemHopLoss loss = pingem_trace_hop_loss (host_row->hop);
  g_autofree char *host = pingem_quote (report->host);

  if (pingem_tally_due (&host_row->hop->tally) == 0)
    return g_strdup (_ ("Nothing is known yet."));
  if (!pingem_trace_hop_has_answer (host_row->hop))
    return build_silence (report, host, host_row);

  return build_loss (host, mark < rows->len ? &g_array_index (rows, PingemTraceRow, mark) : NULL,
                     &loss);
}

static char *
build (const PingemTraceReport *report, gboolean has_sentence)
{
  GString *text = g_string_new (NULL);
  guint mark;
  g_autoptr (GArray) rows = pingem_trace_path_list_rows (report->path, &mark);
  g_autofree char *table = build_table (report, rows, mark);
  g_autofree char *sentence = build_sentence (report, rows, mark);

  append_head (text, report);
  g_string_append (text, table);
  if (has_sentence)
    g_string_append_printf (text, "%s\n", sentence);

  return g_string_free (text, FALSE);
}

void
pingem_trace_report_ask_labels (const PingemTraceReport *report)
{
  guint mark;
  g_autoptr (GArray) rows = pingem_trace_path_list_rows (report->path, &mark);

  for (guint i = 0; i < rows->len; i++)
    {
      const PingemTraceHop *hop = g_array_index (rows, PingemTraceRow, i).hop;

      for (guint j = 0; j < hop->addresses->len; j++)
        get_label (report, &g_array_index (hop->addresses, PingemTraceAddress, j).address);
    }
}

char *
pingem_trace_report_progress (const PingemTraceReport *report)
{
  return build (report, FALSE);
}

char *
pingem_trace_report_text (const PingemTraceReport *report)
{
  return build (report, TRUE);
}
