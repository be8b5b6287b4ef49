/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include "ipc/status.h"
#include "peer/metrics-text.h"

#define US_PER_S 1e6

static const char *const verdicts[] = {
  "ok",  "local",          "provider",   "internet", "call",
  "vpn", "captive-portal", "no-network", "unknown",  "paused",
};
static const char *const legs[] = { "router", "provider", "vpn", "internet", "call", "other" };

/* A target, with its labels made once for all families. */
typedef struct {
  PingemTarget *target;
  const PingemMeterPair *pair;
  char *labels[2]; /* (owned): with the load's; [1] NULL: nothing was measured under load */
  char *plain;     /* (owned): without */
} Row;

typedef struct {
  const PingemMetricsInput *input;
  PingemMetricsText text;
  GArray *rows; /* of Row */
} Rendering;

static void
row_clear (gpointer data)
{
  Row *row = data;

  g_free (row->labels[0]);
  g_free (row->labels[1]);
  g_free (row->plain);
}

static char *
with_label (const char *labels, const char *name, const char *value)
{
  GString *text = g_string_new (labels);

  pingem_metrics_label (text, name, value);

  return g_string_free (text, FALSE);
}

static void
add_row (Rendering *self, PingemTarget *target)
{
  static const PingemMeterPair nothing;
  const PingemTargetConfig *config = pingem_target_get_config (target);
  Row row = { .target = target,
              .pair = g_hash_table_lookup (self->input->meters, config->address) };
  GString *plain = g_string_new (NULL);

  if (row.pair == NULL)
    row.pair = &nothing;
  pingem_metrics_label (plain, "target", config->address);
  pingem_metrics_label (plain, "name", pingem_target_get_label (target));
  pingem_metrics_label (plain, "leg", config->leg);
  pingem_metrics_label (plain, "probe", pingem_probe_word (config->where.probe));
  row.plain = g_string_free (plain, FALSE);
  row.labels[FALSE] = with_label (row.plain, "load", "none");
  if (row.pair->meters[TRUE].sent > 0)
    row.labels[TRUE] = with_label (row.plain, "load", "test");

  g_array_append_val (self->rows, row);
}

typedef void (*MeterFunc) (Rendering *self, const PingemMeter *meter, const char *labels);

/* Of each meter that has something to tell: by @func, else (NULL) its number at @offset. */
static void
add_meters (Rendering *self, MeterFunc func, gsize offset)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);

      for (guint load = 0; load < 2; load++)
        {
          const PingemMeter *meter = &row->pair->meters[load];

          if (row->labels[load] == NULL)
            continue;

          if (func != NULL)
            func (self, meter, row->labels[load]);
          else
            pingem_metrics_text_add_count (
                &self->text, row->labels[load],
                *(const guint64 *) (const void *) ((const guint8 *) meter + offset));
        }
    }
}

static void
add_lost (Rendering *self, const PingemMeter *meter, const char *labels)
{
  for (guint i = 0; i < PINGEM_N_LOST; i++)
    {
      g_autofree char *all = with_label (labels, "reason", pingem_lost_word (i));

      pingem_metrics_text_add_count (&self->text, all, meter->lost[i]);
    }
}

static void
add_unsent (Rendering *self, const PingemMeter *meter, const char *labels)
{
  for (guint i = 0; i < PINGEM_N_UNSENT; i++)
    {
      g_autofree char *all = with_label (labels, "reason", pingem_unsent_word (i));

      pingem_metrics_text_add_count (&self->text, all, meter->unsent[i]);
    }
}

static void
add_classic (Rendering *self, const PingemMeter *meter, const char *labels)
{
  pingem_metrics_text_add_histogram (&self->text, labels, meter->classic, PINGEM_N_CLASSIC,
                                     pingem_meter_classic_bound, meter->rtt_s);
}

static void
add_exponential (Rendering *self, const PingemMeter *meter, const char *labels)
{
  pingem_metrics_text_add_histogram (&self->text, labels, meter->exponential, PINGEM_N_EXPONENTIAL,
                                     pingem_meter_exponential_bound, meter->rtt_s);
}

static void
add_probes (Rendering *self)
{
  static const struct {
    const char *family;
    const char *type;
    const char *help;
    MeterFunc func;
    gsize offset;
  } families[] = {
    { "pingem_probes_sent", "counter", "Probes that went out.", NULL,
      offsetof (PingemMeter, sent) },
    { "pingem_probes_replied", "counter", "Probes answered before their timeout.", NULL,
      offsetof (PingemMeter, replies) },
    { "pingem_probes_lost", "counter",
      "Probes not answered before their timeout, also those that were answered later.", add_lost,
      0 },
    { "pingem_probes_late", "counter", "Of the lost probes those answered after their timeout.",
      NULL, offsetof (PingemMeter, late) },
    { "pingem_probes_unsent", "counter", "Probes that were due and could not be sent.", add_unsent,
      0 },
    { "pingem_probes_duplicated", "counter", "Replies beyond the first of a probe.", NULL,
      offsetof (PingemMeter, duplicates) },
    { "pingem_probe_rtt_seconds", "histogram", "Round-trip times of the replies.", add_classic, 0 },
    { "pingem_probe_rtt_exponential_seconds", "histogram",
      "The same in buckets of powers of two, as schema 0 of native histograms has them.",
      add_exponential, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      pingem_metrics_text_begin (&self->text, families[i].family, families[i].type,
                                 families[i].help);
      add_meters (self, families[i].func, families[i].offset);
    }
}

static void
add_directions (Rendering *self, const Row *row)
{
  PingemPath path = pingem_monitor_get_path (self->input->monitor, row->target);
  g_autofree char *up = with_label (row->plain, "direction", "up");
  g_autofree char *down = with_label (row->plain, "direction", "down");
  g_autofree char *unknown = with_label (row->plain, "direction", "unknown");

  pingem_metrics_text_add_count (&self->text, up, path.lost_up);
  pingem_metrics_text_add_count (&self->text, down, path.lost_down);
  pingem_metrics_text_add_count (&self->text, unknown, path.lost);
}

static void
add_jitters (Rendering *self, const Row *row)
{
  PingemPath path = pingem_monitor_get_path (self->input->monitor, row->target);
  g_autofree char *up = with_label (row->plain, "direction", "up");
  g_autofree char *down = with_label (row->plain, "direction", "down");

  if (path.jitter_up_us >= 0)
    pingem_metrics_text_add (&self->text, up, (double) path.jitter_up_us / US_PER_S);
  if (path.jitter_down_us >= 0)
    pingem_metrics_text_add (&self->text, down, (double) path.jitter_down_us / US_PER_S);
}

static void
for_each_path (Rendering *self, void (*func) (Rendering *self, const Row *row))
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);

      if (pingem_target_get_config (row->target)->where.probe == PINGEM_PROBE_UDP)
        func (self, row);
    }
}

static void
add_paths (Rendering *self)
{
  pingem_metrics_text_begin (&self->text, "pingem_path_lost", "counter",
                             "STAMP packets lost on the way there, on the way back, or on a way "
                             "that the other end does not tell.");
  for_each_path (self, add_directions);
  pingem_metrics_text_begin (&self->text, "pingem_path_jitter_seconds", "gauge",
                             "Variation of the one-way delay (RFC 3550).");
  for_each_path (self, add_jitters);
}

/* One of a set of words is 1. */
static void
add_state (Rendering *self, const char *name, const char *word, gboolean is_so)
{
  g_autofree char *labels = with_label ("", name, word);

  pingem_metrics_text_add_count (&self->text, labels, is_so);
}

static void
add_verdict (Rendering *self)
{
  g_autoptr (GVariant) status =
      g_variant_ref_sink (pingem_monitor_build_status (self->input->monitor));
  const char *verdict = "unknown", *level = "unknown";

  g_variant_lookup (status, "verdict", "&s", &verdict);
  g_variant_lookup (status, "level", "&s", &level);

  pingem_metrics_text_begin (&self->text, "pingem_verdict", "gauge", "Whose fault it is: 1.");
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    add_state (self, "verdict", verdicts[i], g_str_equal (verdict, verdicts[i]));

  pingem_metrics_text_begin (&self->text, "pingem_level", "gauge", "How good it is end to end: 1.");
  for (guint i = 0; i < PINGEM_N_LEVELS; i++)
    add_state (self, "level", pingem_level_word (i), g_str_equal (level, pingem_level_word (i)));
}

/* A leg is as good as its best target. (nullable) */
static PingemTarget *
find_best (Rendering *self, const char *leg)
{
  PingemTarget *best = NULL;
  double best_loss = 2;

  for (guint i = 0; i < self->rows->len; i++)
    {
      PingemTarget *target = g_array_index (self->rows, Row, i).target;
      PingemTally tally = pingem_recent_tally (pingem_target_get_recent (target));
      double loss = pingem_tally_loss (&tally);

      if (loss >= 0 && loss < best_loss &&
          g_str_equal (pingem_target_get_config (target)->leg, leg))
        {
          best = target;
          best_loss = loss;
        }
    }

  return best;
}

static void
add_legs (Rendering *self)
{
  PingemTarget *best[G_N_ELEMENTS (legs)];

  pingem_metrics_text_begin (&self->text, "pingem_leg_loss_ratio", "gauge",
                             "Loss of the leg's best target in the last 30 seconds, 0 to 1.");
  for (guint i = 0; i < G_N_ELEMENTS (legs); i++)
    {
      g_autofree char *labels = with_label ("", "leg", legs[i]);
      PingemTally tally;

      best[i] = find_best (self, legs[i]);
      if (best[i] == NULL)
        continue;

      tally = pingem_recent_tally (pingem_target_get_recent (best[i]));
      pingem_metrics_text_add (&self->text, labels, pingem_tally_loss (&tally));
    }

  pingem_metrics_text_begin (&self->text, "pingem_leg_rtt_seconds", "gauge",
                             "Median round-trip time of the leg's best target.");
  for (guint i = 0; i < G_N_ELEMENTS (legs); i++)
    {
      g_autofree char *labels = with_label ("", "leg", legs[i]);
      gint64 p50 =
          best[i] != NULL ? pingem_recent_rtts (pingem_target_get_recent (best[i])).p50 : -1;

      if (p50 >= 0)
        pingem_metrics_text_add (&self->text, labels, (double) p50 / US_PER_S);
    }
}

static void
add_rates (Rendering *self, const PingemThroughputResult *result)
{
  g_autofree char *peer = with_label ("", "peer", result->peer);
  g_autofree char *up = with_label (peer, "direction", "up");
  g_autofree char *down = with_label (peer, "direction", "down");

  if (result->up_bps >= 0)
    pingem_metrics_text_add (&self->text, up, result->up_bps);
  if (result->down_bps >= 0)
    pingem_metrics_text_add (&self->text, down, result->down_bps);
}

static void
add_throughput (Rendering *self)
{
  GPtrArray *results = pingem_throughput_get_results (self->input->throughput);

  pingem_metrics_text_begin (&self->text, "pingem_throughput_bits_per_second", "gauge",
                             "TCP throughput of the newest test with the peer.");
  for (guint i = 0; i < results->len; i++)
    add_rates (self, results->pdata[i]);

  pingem_metrics_text_begin (&self->text, "pingem_throughput_last_test_timestamp_seconds", "gauge",
                             "When the newest test with the peer ended.");
  for (guint i = 0; i < results->len; i++)
    {
      const PingemThroughputResult *result = results->pdata[i];
      g_autofree char *peer = with_label ("", "peer", result->peer);

      if (result->at_s > 0)
        pingem_metrics_text_add (&self->text, peer, (double) result->at_s);
    }

  pingem_metrics_text_begin (&self->text, "pingem_throughput_tests_failed", "counter",
                             "Tests with the peer that gave no result.");
  for (guint i = 0; i < results->len; i++)
    {
      const PingemThroughputResult *result = results->pdata[i];
      g_autofree char *peer = with_label ("", "peer", result->peer);

      pingem_metrics_text_add_count (&self->text, peer, result->n_failures);
    }

  pingem_metrics_text_begin (&self->text, "pingem_throughput_today_bytes", "gauge",
                             "What tests from here have cost since midnight (UTC).");
  pingem_metrics_text_add_count (&self->text, "",
                                 pingem_throughput_get_bytes_today (self->input->throughput));
}

static void
add_reflector (Rendering *self)
{
  PingemReflectorCounts counts;

  if (self->input->reflector == NULL)
    return;

  counts = pingem_reflector_get_counts (self->input->reflector);
  pingem_metrics_text_begin (&self->text, "pingem_reflector_packets", "counter",
                             "STAMP packets of others, answered or not.");
  pingem_metrics_text_add_count (&self->text, "result=\"reflected\"", counts.n_reflected);
  pingem_metrics_text_add_count (&self->text, "result=\"refused\"", counts.n_refused);
}

static guint64
read_resident_bytes (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    return 0;

  fields = g_strsplit (text, " ", 3);

  return g_strv_length (fields) > 1
             ? g_ascii_strtoull (fields[1], NULL, 10) * (guint64) sysconf (_SC_PAGESIZE)
             : 0;
}

static void
add_self (Rendering *self)
{
  g_autofree char *version = with_label ("", "version", PINGEM_VERSION);
  g_autoptr (GVariant) source =
      g_variant_ref_sink (pingem_monitor_build_source (self->input->monitor));
  const char *kind;
  g_autofree char *kind_labels = NULL;
  struct rusage usage;

  g_variant_get (source, "(&s&s)", &kind, NULL);
  kind_labels = with_label ("", "kind", kind);

  pingem_metrics_text_begin (&self->text, "pingem_build_info", "gauge", "Which Pingem this is: 1.");
  pingem_metrics_text_add_count (&self->text, version, 1);
  pingem_metrics_text_begin (&self->text, "pingem_source_info", "gauge",
                             "How pings are sent: helper, raw, datagram or none: 1.");
  pingem_metrics_text_add_count (&self->text, kind_labels, 1);

  getrusage (RUSAGE_SELF, &usage);
  pingem_metrics_text_begin (&self->text, "process_cpu_seconds", "counter",
                             "CPU time used by the monitor.");
  pingem_metrics_text_add (&self->text, "",
                           (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                               (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) /
                                   US_PER_S);
  pingem_metrics_text_begin (&self->text, "process_resident_memory_bytes", "gauge",
                             "Memory of the monitor.");
  pingem_metrics_text_add_count (&self->text, "", read_resident_bytes ());
}

GBytes *
pingem_metrics_render (const PingemMetricsInput *input, gboolean is_open_metrics)
{
  GPtrArray *targets = pingem_monitor_get_targets (input->monitor);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  Rendering self = { .input = input, .rows = rows };

  g_array_set_clear_func (rows, row_clear);
  pingem_metrics_text_init (&self.text, is_open_metrics);

  for (guint i = 0; i < targets->len; i++)
    add_row (&self, targets->pdata[i]);

  add_self (&self);
  add_verdict (&self);
  add_legs (&self);
  add_probes (&self);
  add_paths (&self);
  add_throughput (&self);
  add_reflector (&self);

  return pingem_metrics_text_end (&self.text);
}
