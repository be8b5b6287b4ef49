/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <inttypes.h>

#include <glib/gi18n-lib.h>

#include "ctl/ping-report.h"
#include "ipc/status.h"

PingemPingSums
pingem_ping_sums (const PingemRun *run)
{
  return (PingemPingSums){
    .tally = pingem_run_tally (run),
    .bursts = pingem_run_bursts (run),
    .rtt = pingem_run_rtts (run),
    .n_passed = pingem_run_count_passed (run),
  };
}

gboolean
pingem_ping_sums_show_trouble (const PingemPingSums *sums)
{
  const PingemTally *t = &sums->tally;

  return t->late + t->lost + t->unsent + t->error + t->held + t->duplicates > 0 ||
         sums->n_passed > 0;
}

static void
append_loss (GString *text, const PingemPingSums *sums)
{
  const PingemTally *tally = &sums->tally;
  g_autofree char *loss = pingem_format_loss (pingem_tally_loss (tally));

  g_string_append_printf (text,
                          _ ("%" PRIu64 " due, loss %s: %" PRIu64 " answered, %" PRIu64
                             " late, %" PRIu64 " lost, %" PRIu64 " not sent, %" PRIu64
                             " with an error"),
                          pingem_tally_due (tally), loss, tally->reply, tally->late, tally->lost,
                          tally->unsent, tally->error);
  if (tally->duplicates > 0)
    g_string_append_printf (text, _ (", duplicates beside: %" PRIu64), tally->duplicates);
  if (tally->held > 0)
    g_string_append_printf (text, _ (", %" PRIu64 " held back beside"), tally->held);
  if (tally->in_flight > 0)
    g_string_append_printf (text, _ (", %" PRIu64 " still under way"), tally->in_flight);
  if (sums->n_passed > 0)
    g_string_append_printf (
        text, _ (", %" PRIu64 " passed by while this machine was busy or asleep"), sums->n_passed);
  g_string_append_c (text, '\n');
}

static void
append_bursts (GString *text, const PingemBursts *bursts)
{
  if (bursts->n > 0)
    g_string_append_printf (text, _ ("Bursts of loss: %u, the longest of %u in a row\n"), bursts->n,
                            bursts->longest);
}

static void
append_rtt (GString *text, const PingemRttSummary *rtt)
{
  const struct {
    const char *name;
    gint64 us;
  } values[] = {
    { _ ("min"), rtt->min }, { "p50", rtt->p50 },     { "p95", rtt->p95 },
    { "p99", rtt->p99 },     { _ ("max"), rtt->max }, { _ ("jitter"), rtt->jitter },
  };

  if (rtt->min < 0)
    return;

  g_string_append (text, _ ("RTT:"));
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *value = pingem_format_rtt (values[i].us);

      g_string_append_printf (text, "%s %s %s", i > 0 ? "," : "", values[i].name, value);
    }
  g_string_append_c (text, '\n');
}

static void
append_names (GString *text, const PingemPingNames *names)
{
  g_string_append (text, names->label);
  if (!g_str_equal (names->label, names->address))
    g_string_append_printf (text, " (%s)", names->address);
}

void
pingem_summary_text (GString *text, const PingemPingNames *names, const PingemPingSums *sums)
{
  g_string_append (text, "--- ");
  append_names (text, names);
  g_string_append_c (text, '\n');
  append_loss (text, sums);
  append_bursts (text, &sums->bursts);
  append_rtt (text, &sums->rtt);
}

void
pingem_summary_row_text (GString *text, const PingemPingNames *names, const PingemPingSums *sums)
{
  append_names (text, names);
  g_string_append (text, ": ");
  append_loss (text, sums);
}

void
pingem_summary_total_text (GString *text,
                           guint n_targets,
                           guint n_troubled,
                           const PingemPingSums *sums)
{
  g_string_append_printf (text, _ ("--- Hosts: %u, of which not all was answered in time: %u\n"),
                          n_targets, n_troubled);
  append_loss (text, sums);
  append_bursts (text, &sums->bursts);
  append_rtt (text, &sums->rtt);
}
