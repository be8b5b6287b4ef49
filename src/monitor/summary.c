/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/summary.h"

static void
add_count (GVariantDict *dict, const char *name, guint64 count)
{
  g_variant_dict_insert (dict, name, "u", (guint) MIN (count, G_MAXUINT));
}

/* Negative: unknown. */
static void
add_time (GVariantDict *dict, const char *name, gint64 us)
{
  if (us >= 0)
    add_count (dict, name, (guint64) us);
}

static void
add_share (GVariantDict *dict, const char *name, double number)
{
  if (number >= 0)
    g_variant_dict_insert (dict, name, "d", number);
}

GVariant *
pingem_summary_to_variant (const PingemSummary *summary)
{
  const PingemTally *tally = &summary->tally;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  add_count (&dict, "due", pingem_tally_due (tally));
  add_count (&dict, "reply", tally->reply);
  add_count (&dict, "late", tally->late);
  add_count (&dict, "lost", tally->lost);
  add_count (&dict, "unsent", tally->unsent);
  add_count (&dict, "error", tally->error);
  add_count (&dict, "held", tally->held);
  add_count (&dict, "in-flight", tally->in_flight);
  add_count (&dict, "duplicates", tally->duplicates);
  add_share (&dict, "loss", pingem_tally_loss (tally));
  add_count (&dict, "bursts", summary->bursts.n);
  add_count (&dict, "longest-burst", summary->bursts.longest);
  add_time (&dict, "min-us", summary->rtt.min);
  add_time (&dict, "p50-us", summary->rtt.p50);
  add_time (&dict, "p95-us", summary->rtt.p95);
  add_time (&dict, "p99-us", summary->rtt.p99);
  add_time (&dict, "max-us", summary->rtt.max);
  add_time (&dict, "mean-us", summary->mean_us);
  add_time (&dict, "jitter-us", summary->rtt.jitter);
  add_share (&dict, "mos", summary->mos);
  g_variant_dict_insert (&dict, "about", "b", summary->is_about);

  return g_variant_dict_end (&dict);
}
