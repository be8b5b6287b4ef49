/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/ping-report.h"

#include <errno.h>

#include <glib/gi18n-lib.h>

#include "ctl/icmp-text.h"
#include "ipc/status.h"

static char *
build_reply (const PingemRecord *record)
{
  g_autofree char *rtt = pingem_format_rtt (record->rtt_ns >= 0 ? record->rtt_ns / 1000 : -1);

  if (record->state == PINGEM_STATE_LATE)
    return g_strdup_printf (_ ("late reply after %s"), rtt);
  if (record->ttl == 0)
    return g_steal_pointer (&rtt);

  return g_strdup_printf (_ ("%s, TTL %u"), rtt, record->ttl);
}

static char *
build_unsent (const PingemRecord *record)
{
  if (record->error == EAGAIN)
    return g_strdup (_ ("held back: too many probes are under way"));

  return g_strdup_printf (_ ("not sent: %s"), pingem_send_error_label (record->error));
}

static char *
build_what_happened (const PingemPingTarget *target, const PingemRecord *record)
{
  switch ((PingemState) record->state)
    {
    case PINGEM_STATE_IN_FLIGHT:
      return NULL;
    case PINGEM_STATE_REPLY:
    case PINGEM_STATE_LATE:
      return build_reply (record);
    case PINGEM_STATE_LOST:
      return g_strdup_printf (_ ("no reply within %u ms"), target->spec.timeout_ms);
    case PINGEM_STATE_UNSENT:
      return build_unsent (record);
    case PINGEM_STATE_ERROR:
      return pingem_icmp_error_text (record);
    }

  return NULL;
}

char *
pingem_probe_text (const PingemPingTarget *target, const PingemRecord *record)
{
  g_autofree char *what = build_what_happened (target, record);

  return what != NULL
             ? g_strdup_printf ("%s  %" G_GUINT64_FORMAT "  %s", target->label, record->seq, what)
             : NULL;
}

static void
append_loss (GString *text, const PingemPingTarget *target)
{
  const PingemTally *tally = &target->run.tally;
  g_autofree char *loss = pingem_format_loss (pingem_tally_loss (tally));
  guint n_passed = MIN (pingem_run_count_passed (&target->run), G_MAXUINT);

  g_string_append_printf (text,
                          _ ("%u due, loss %s: %u answered, %u late, %u lost, %u not sent, "
                             "%u with an error"),
                          pingem_tally_due (tally), loss, tally->reply, tally->late, tally->lost,
                          tally->unsent, tally->error);
  if (tally->duplicates > 0)
    g_string_append_printf (text, _ (", duplicates beside: %u"), tally->duplicates);
  if (tally->held > 0)
    g_string_append_printf (text, _ (", %u held back beside"), tally->held);
  if (tally->in_flight > 0)
    g_string_append_printf (text, _ (", %u still under way"), tally->in_flight);
  if (n_passed > 0)
    g_string_append_printf (text, _ (", %u passed by while this machine was busy or asleep"),
                            n_passed);
  g_string_append_c (text, '\n');
}

static void
append_rtts (GString *text, const PingemPingTarget *target)
{
  PingemRttSummary rtt = pingem_rtts_summarize (&target->run.rtts);
  const struct {
    const char *name;
    gint64 us;
  } values[] = {
    { _ ("min"), rtt.min }, { "p50", rtt.p50 },     { "p95", rtt.p95 },
    { "p99", rtt.p99 },     { _ ("max"), rtt.max }, { _ ("jitter"), rtt.jitter },
  };

  if (rtt.min < 0)
    return;

  g_string_append (text, _ ("RTT:"));
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *value = pingem_format_rtt (values[i].us);

      g_string_append_printf (text, "%s %s %s", i > 0 ? "," : "", values[i].name, value);
    }
  g_string_append_c (text, '\n');
}

char *
pingem_summary_text (const PingemPingTarget *target)
{
  GString *text = g_string_new ("--- ");
  gboolean is_numeric = g_str_equal (target->label, target->address);

  g_string_append (text, target->label);
  if (!is_numeric)
    g_string_append_printf (text, " (%s)", target->address);
  g_string_append_c (text, '\n');
  append_loss (text, target);
  append_rtts (text, target);

  return g_string_free (text, FALSE);
}
