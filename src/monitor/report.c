/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/report.h"

#include <string.h>

#include "monitor/verdict.h"

PingemVerdict
pingem_report_judge (const PingemThresholds *thresholds, GPtrArray *targets, gint64 now_ns)
{
  g_autofree PingemEvidence *evidence = g_new (PingemEvidence, targets->len + 1);

  for (guint i = 0; i < targets->len; i++)
    evidence[i] = pingem_target_build_evidence (targets->pdata[i], now_ns);

  for (guint i = 0; i < targets->len; i++)
    if (pingem_verdict_is_limiting (thresholds, evidence, targets->len, i))
      {
        pingem_target_remember_limiting (targets->pdata[i], now_ns);
        evidence[i].is_limiting = TRUE;
      }

  return pingem_verdict_find (thresholds, evidence, targets->len);
}

static void
add_delay (GVariantDict *dict, PingemTarget *target)
{
  PingemRttSummary rtts = pingem_recent_rtts (pingem_target_get_recent (target));

  g_variant_dict_insert (dict, "bad-rtt-us", "u", (guint) MAX (rtts.p50, 0));
  g_variant_dict_insert (dict, "bad-jitter-us", "u", (guint) MAX (rtts.jitter, 0));
}

/* What could not be sent is the fault of no target. */
static void
add_bad (GVariantDict *dict, const PingemVerdict *verdict, PingemTarget *target)
{
  PingemTally tally = pingem_recent_tally (pingem_target_get_recent (target));

  if (verdict->cause != PINGEM_CAUSE_UNSENT)
    {
      g_variant_dict_insert (dict, "bad-leg", "s", pingem_target_get_config (target)->leg);
      g_variant_dict_insert (dict, "bad-name", "s", pingem_target_get_label (target));
    }
  if (verdict->cause == PINGEM_CAUSE_DELAY)
    add_delay (dict, target);

  g_variant_dict_insert (dict, "bad-reply", "u", (guint) tally.reply);
  g_variant_dict_insert (dict, "bad-late", "u", (guint) tally.late);
  g_variant_dict_insert (dict, "bad-lost", "u", (guint) tally.lost);
  g_variant_dict_insert (dict, "bad-unsent", "u", (guint) tally.unsent);
  g_variant_dict_insert (dict, "bad-error", "u", (guint) tally.error);
}

static void
add_route (GVariantDict *dict, const PingemRoute *route)
{
  char gateway[PINGEM_ADDRESS_STRLEN];

  g_variant_dict_insert (dict, "interface", "s", route->interface);
  if (*pingem_address_format (&route->gateway, gateway) != '\0')
    g_variant_dict_insert (dict, "gateway", "s", gateway);
}

static GVariant *
build_problems (const PingemReport *report)
{
  return g_variant_new_strv ((const char *const *) report->problems->pdata, report->problems->len);
}

static void
add_verdict (GVariantDict *dict, const PingemReport *report)
{
  const PingemVerdict *verdict = report->verdict;

  g_variant_dict_insert (dict, "verdict", "s", verdict->verdict);
  g_variant_dict_insert (dict, "level", "s", pingem_level_word (verdict->level));
  g_variant_dict_insert (dict, "cleared", "b", verdict->cleared);

  if (verdict->cause != PINGEM_CAUSE_NONE)
    g_variant_dict_insert (dict, "cause", "s", pingem_cause_word (verdict->cause));
  if (verdict->family != 0)
    g_variant_dict_insert (dict, "family", "s", verdict->family == AF_INET ? "IPv4" : "IPv6");
  if (verdict->bad >= 0)
    add_bad (dict, verdict, g_ptr_array_index (report->targets, verdict->bad));
  if (verdict->error != 0)
    g_variant_dict_insert (dict, "errno", "i", verdict->error);
}

GVariant *
pingem_report_build_status (const PingemReport *report)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  add_verdict (&dict, report);
  g_variant_dict_insert (&dict, "window-s", "u", report->window_s);
  g_variant_dict_insert_value (&dict, "problems", build_problems (report));

  if (report->has_route)
    add_route (&dict, &report->route);
  if (report->wifi != NULL)
    g_variant_dict_insert (&dict, "wifi", "s", report->wifi);
  if (report->signal >= 0)
    g_variant_dict_insert (&dict, "signal", "u", (guint) report->signal);
  if (report->is_paused)
    g_variant_dict_insert (&dict, "paused-until", "x", report->paused_until_s);

  return g_variant_dict_end (&dict);
}

static GVariant *
build_target (const PingemReport *report, PingemTarget *target)
{
  PingemPath path = pingem_prober_get_path (report->prober, target);

  return pingem_target_to_variant (target, report->thresholds, &path, report->is_paused);
}

/* In the order in which packets travel; settings know no other legs. */
static const char *const legs[] = { "router", "provider", "vpn", "internet", "call", "other" };

GVariant *
pingem_report_build_targets (const PingemReport *report)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));

  for (guint rank = 0; rank < G_N_ELEMENTS (legs); rank++)
    for (guint i = 0; i < report->targets->len; i++)
      {
        PingemTarget *target = g_ptr_array_index (report->targets, i);

        if (g_str_equal (pingem_target_get_config (target)->leg, legs[rank]))
          g_variant_builder_add_value (&builder, build_target (report, target));
      }

  return g_variant_builder_end (&builder);
}
