/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "peer/metrics-text.h"

#include <locale.h>
#include <math.h>

static double
bound (guint i)
{
  return i == 0 ? 0.5 : INFINITY;
}

static char *
write_all (gboolean is_open_metrics)
{
  const guint64 counts[] = { 2, 1 };
  g_autoptr (GBytes) bytes = NULL;
  PingemMetricsText metrics;
  g_autoptr (GString) labels = g_string_new (NULL);

  pingem_metrics_text_init (&metrics, is_open_metrics);
  pingem_metrics_label (labels, "a", "x\"y\\z\nw");
  pingem_metrics_label (labels, "b", "é");
  pingem_metrics_text_begin (&metrics, "pingem_n", "counter", "So many.");
  pingem_metrics_text_add_count (&metrics, labels->str, G_MAXUINT64);
  pingem_metrics_text_begin (&metrics, "pingem_x", "gauge", "So much.");
  pingem_metrics_text_add (&metrics, "", 1234.5);
  pingem_metrics_text_add (&metrics, "", NAN);
  pingem_metrics_text_begin (&metrics, "pingem_h", "histogram", "So long.");
  pingem_metrics_text_add_histogram (&metrics, "t=\"1\"", counts, 2, bound, 2.25);
  bytes = pingem_metrics_text_end (&metrics);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

#define SAMPLES_1                                                                                  \
  "pingem_n_total{a=\"x\\\"y\\\\z\\nw\",b=\"é\"} 18446744073709551615\n"                          \
  "# HELP pingem_x So much.\n# TYPE pingem_x gauge\npingem_x 1234.5\npingem_x NaN\n"               \
  "# HELP pingem_h So long.\n# TYPE pingem_h histogram\n"                                          \
  "pingem_h_bucket{t=\"1\",le=\"0.5\"} 2\npingem_h_bucket{t=\"1\",le=\"+Inf\"} 3\n"                \
  "pingem_h_count{t=\"1\"} 3\npingem_h_sum{t=\"1\"} 2.25\n"

/* Also where people write a comma. */
static void
test_text (void)
{
  g_autofree char *text = NULL;

  setlocale (LC_ALL, "de_DE.UTF-8");
  text = write_all (FALSE);
  g_assert_cmpstr (text, ==,
                   "# HELP pingem_n_total So many.\n# TYPE pingem_n_total counter\n" SAMPLES_1);
}

static void
test_open_metrics (void)
{
  g_autofree char *text = write_all (TRUE);

  g_assert_cmpstr (text, ==,
                   "# HELP pingem_n So many.\n# TYPE pingem_n counter\n" SAMPLES_1 "# EOF\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/metrics-text/text", test_text);
  g_test_add_func ("/peer/metrics-text/open-metrics", test_open_metrics);

  return g_test_run ();
}
