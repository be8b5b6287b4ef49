/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/history-private.h"

#include "ipc/error.h"
#include "monitor/columns.h"
#include "stats/mos.h"

typedef struct {
  gint64 at_us; /* Unix time */
  gint64 rtt_us;
} Arrival;

/* A range while it is counted. */
typedef struct {
  PingemRollup rollup; /* of slots without their RTTs */
  GArray *arrivals;    /* (owned): of Arrival, of slots */
} Count;

static void
count_clear (Count *count)
{
  g_clear_pointer (&count->arrivals, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Count, count_clear)

static void
add_slots (gpointer data, const PingemSlot *slots, guint n_slots)
{
  Count *count = data;

  for (const PingemSlot *slot = slots; slot < slots + n_slots; slot++)
    {
      Arrival arrival = { slot->sent_us + slot->rtt_us, slot->rtt_us };

      pingem_rollup_add (&count->rollup, slot->state, slot->error, -1, slot->duplicates, slot->ttl);
      if ((slot->state == PINGEM_STATE_REPLY || slot->state == PINGEM_STATE_LATE) &&
          slot->rtt_us >= 0)
        g_array_append_val (count->arrivals, arrival);
    }
}

static void
add_rollup (gpointer data, gint64 start_ms, const PingemRollup *rollup)
{
  pingem_rollup_append (&((Count *) data)->rollup, rollup);
}

static gboolean
add_packed (gpointer data, gint64 start_ms, const guint8 **at, const guint8 *end)
{
  return pingem_rollup_append_packed (&((Count *) data)->rollup, at, end);
}

static int
compare_arrivals (gconstpointer a, gconstpointer b)
{
  const Arrival *x = a, *y = b;

  return (x->at_us > y->at_us) - (x->at_us < y->at_us);
}

static void
summarize_arrivals (GArray *arrivals, PingemSummary *summary)
{
  PingemRtts rtts = { 0 };
  gint64 sum_us = 0;

  g_array_sort (arrivals, compare_arrivals);

  for (guint i = 0; i < arrivals->len; i++)
    {
      gint64 rtt_us = g_array_index (arrivals, Arrival, i).rtt_us;

      sum_us += rtt_us;
      if (pingem_rtts_add (&rtts, rtt_us) < 0)
        g_error ("Out of memory");
    }

  summary->rtt = pingem_rtts_summarize (&rtts);
  summary->mean_us = arrivals->len > 0 ? (sum_us + arrivals->len / 2) / arrivals->len : -1;
  pingem_rtts_clear (&rtts);
}

static void
summarize_sketch (const PingemRollup *rollup, PingemSummary *summary)
{
  const PingemSketch *sketch = &rollup->rtts;
  gboolean is_empty = sketch->n == 0;

  summary->rtt = (PingemRttSummary){
    .min = is_empty ? -1 : (gint64) sketch->min,
    .p50 = pingem_sketch_percentile (sketch, 50),
    .p95 = pingem_sketch_percentile (sketch, 95),
    .p99 = pingem_sketch_percentile (sketch, 99),
    .max = is_empty ? -1 : (gint64) sketch->max,
    .jitter = pingem_rollup_jitter (rollup),
  };
  summary->mean_us = -1;
}

/* A call cannot use what comes late either. */
static double
find_mos (const PingemSummary *summary)
{
  const PingemTally *tally = &summary->tally;
  double due = (double) pingem_tally_due (tally);
  double lost = (double) (tally->lost + tally->unsent + tally->error);

  if (due <= 0 || summary->rtt.p50 < 0)
    return -1;

  return pingem_mos (summary->rtt.p50 / 1e3, MAX (summary->rtt.jitter, 0) / 1e3,
                     (lost + tally->late) / due,
                     pingem_mos_burst_ratio (due, lost, summary->bursts.n));
}

static gboolean
check_range (gint64 from_ms, gint64 to_ms, GError **error)
{
  if (from_ms >= 0 && to_ms > from_ms && to_ms <= PINGEM_COLUMNS_LAST_MS &&
      to_ms - from_ms <= PINGEM_HISTORY_MAX_SUMMARY_MS)
    return TRUE;

  g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                       "A summary is of a time that begins before it ends, lies from 1970 to "
                       "9999, and is no longer than 366 days");

  return FALSE;
}

gboolean
pingem_history_summarize (PingemHistory *self,
                          const char *key,
                          gint64 from_ms,
                          gint64 to_ms,
                          PingemSummary *ret_summary,
                          GError **error)
{
  static const PingemRangeSink sink = { add_slots, add_rollup, add_packed };
  g_auto (Count) count = { 0 };
  PingemSummary summary = { 0 };
  PingemSeries *series;
  int unit;

  if (!check_range (from_ms, to_ms, error))
    return FALSE;

  series = pingem_history_find_series (self, key, error);
  if (series == NULL)
    return FALSE;

  count.arrivals = g_array_new (FALSE, FALSE, sizeof (Arrival));
  unit = pingem_history_read_range (self, series, from_ms, to_ms,
                                    to_ms - from_ms <= PINGEM_HISTORY_EXACT_MS ? 0 : 60, &sink,
                                    &count, error);
  if (unit < 0)
    return FALSE;

  summary.tally = count.rollup.tally;
  summary.bursts = count.rollup.bursts;
  summary.is_about = unit > 0;
  if (summary.is_about)
    summarize_sketch (&count.rollup, &summary);
  else
    summarize_arrivals (count.arrivals, &summary);
  summary.mos = find_mos (&summary);
  *ret_summary = summary;

  return TRUE;
}
