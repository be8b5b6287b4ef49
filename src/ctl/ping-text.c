/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/ping-report.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include <glib/gi18n-lib.h>

#include "ipc/status.h"

/* RFC 792, RFC 1812 section 5.2.7.1, RFC 4443; -1: any other code of this type. */
static const struct {
  sa_family_t family;
  guint8 type;
  int code;
  const char *text;
} icmp_texts[] = {
  { AF_INET, ICMP_DEST_UNREACH, ICMP_NET_UNREACH, N_ ("network unreachable") },
  { AF_INET, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, N_ ("host unreachable") },
  { AF_INET, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, N_ ("packet too big") },
  { AF_INET, ICMP_DEST_UNREACH, ICMP_NET_ANO, N_ ("forbidden on the way") },
  { AF_INET, ICMP_DEST_UNREACH, ICMP_HOST_ANO, N_ ("forbidden on the way") },
  { AF_INET, ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, N_ ("forbidden on the way") },
  { AF_INET, ICMP_DEST_UNREACH, -1, N_ ("unreachable") },
  { AF_INET, ICMP_TIME_EXCEEDED, -1, N_ ("TTL exceeded") },
  { AF_INET6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE, N_ ("network unreachable") },
  { AF_INET6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADMIN, N_ ("forbidden on the way") },
  { AF_INET6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR, N_ ("host unreachable") },
  { AF_INET6, ICMP6_DST_UNREACH, -1, N_ ("unreachable") },
  { AF_INET6, ICMP6_PACKET_TOO_BIG, -1, N_ ("packet too big") },
  { AF_INET6, ICMP6_TIME_EXCEEDED, -1, N_ ("TTL exceeded") },
};

static const char *
find_icmp_text (const PingemRecord *record)
{
  for (guint i = 0; i < G_N_ELEMENTS (icmp_texts); i++)
    if (icmp_texts[i].family == record->from.family && icmp_texts[i].type == record->icmp_type &&
        (icmp_texts[i].code == record->icmp_code || icmp_texts[i].code < 0))
      return g_dgettext (GETTEXT_PACKAGE, icmp_texts[i].text);

  return _ ("ICMP error");
}

static char *
build_error (const PingemRecord *record)
{
  char from[PINGEM_ADDRESS_STRLEN];

  /* Translators: "host unreachable (type 3, code 1), says 192.0.2.1" */
  return g_strdup_printf (_ ("%s (type %u, code %u), says %s"), find_icmp_text (record),
                          record->icmp_type, record->icmp_code,
                          pingem_address_format (&record->from, from));
}

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
      return build_error (record);
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
