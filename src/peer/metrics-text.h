/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Prometheus' text format 0.0.4, or OpenMetrics 1.0: whatever the locale is. Samples follow the
 * head of their family.
 */
typedef struct {
  GString *text; /* (owned) */
  gboolean is_open_metrics;
  const char *family;
  const char *type;
} PingemMetricsText;

void pingem_metrics_text_init (PingemMetricsText *metrics, gboolean is_open_metrics);
/*
 * @family: without "_total"; @type: "counter", "gauge" or "histogram"; both kept as they are, not
 * copied
 */
void pingem_metrics_text_begin (PingemMetricsText *metrics,
                                const char *family,
                                const char *type,
                                const char *help);
/* @labels: as pingem_metrics_label() writes them, with commas between; "": none */
void pingem_metrics_text_add (PingemMetricsText *metrics, const char *labels, double value);
void pingem_metrics_text_add_count (PingemMetricsText *metrics, const char *labels, guint64 value);
/* @counts: of the buckets, each observation in one; @bound: of bucket i, the last one infinity */
void pingem_metrics_text_add_histogram (PingemMetricsText *metrics,
                                        const char *labels,
                                        const guint64 *counts,
                                        guint n_counts,
                                        double (*bound) (guint),
                                        double sum);
/* Ends it. Returns: (transfer full) */
GBytes *pingem_metrics_text_end (PingemMetricsText *metrics);

/* Appends NAME="VALUE", with a comma before it where @labels holds any; @value: any UTF-8 */
void pingem_metrics_label (GString *labels, const char *name, const char *value);

G_END_DECLS
