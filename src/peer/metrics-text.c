/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/metrics-text.h"

#include <math.h>
#include <string.h>

void
pingem_metrics_text_init (PingemMetricsText *metrics, gboolean is_open_metrics)
{
  *metrics = (PingemMetricsText){ .text = g_string_new (NULL), .is_open_metrics = is_open_metrics };
}

void
pingem_metrics_text_begin (PingemMetricsText *metrics,
                           const char *family,
                           const char *type,
                           const char *help)
{
  /* In the older format the head bears the name of the sample. */
  const char *suffix = g_str_equal (type, "counter") && !metrics->is_open_metrics ? "_total" : "";

  metrics->family = family;
  metrics->type = type;
  g_string_append_printf (metrics->text, "# HELP %s%s %s\n# TYPE %s%s %s\n", family, suffix, help,
                          family, suffix, type);
}

static void
begin_sample (PingemMetricsText *metrics, const char *suffix, const char *labels)
{
  g_string_append (metrics->text, metrics->family);
  g_string_append (metrics->text, suffix);
  if (*labels == '\0')
    return;

  g_string_append_c (metrics->text, '{');
  g_string_append (metrics->text, labels);
  g_string_append_c (metrics->text, '}');
}

/* Shorter than printf(), which is most of the time that many targets take. */
static void
append_count (GString *text, guint64 value)
{
  char digits[24];
  guint at = sizeof digits;

  do
    digits[--at] = (char) ('0' + value % 10);
  while ((value /= 10) > 0);

  g_string_append_len (text, digits + at, (gssize) (sizeof digits - at));
}

static void
append_number (GString *text, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (isinf (value))
    g_string_append (text, value > 0 ? "+Inf" : "-Inf");
  else if (isnan (value))
    g_string_append (text, "NaN");
  else
    g_string_append (text, g_ascii_formatd (buffer, sizeof buffer, "%.12g", value));
}

static const char *
sample_suffix (const PingemMetricsText *metrics)
{
  return g_str_equal (metrics->type, "counter") ? "_total" : "";
}

void
pingem_metrics_text_add (PingemMetricsText *metrics, const char *labels, double value)
{
  begin_sample (metrics, sample_suffix (metrics), labels);
  g_string_append_c (metrics->text, ' ');
  append_number (metrics->text, value);
  g_string_append_c (metrics->text, '\n');
}

static void
add_count (PingemMetricsText *metrics, const char *suffix, const char *labels, guint64 value)
{
  begin_sample (metrics, suffix, labels);
  g_string_append_c (metrics->text, ' ');
  append_count (metrics->text, value);
  g_string_append_c (metrics->text, '\n');
}

void
pingem_metrics_text_add_count (PingemMetricsText *metrics, const char *labels, guint64 value)
{
  add_count (metrics, sample_suffix (metrics), labels, value);
}

void
pingem_metrics_text_add_histogram (PingemMetricsText *metrics,
                                   const char *labels,
                                   const guint64 *counts,
                                   guint n_counts,
                                   double (*bound) (guint),
                                   double sum)
{
  guint64 n = 0;

  for (guint i = 0; i < n_counts; i++)
    {
      g_string_append (metrics->text, metrics->family);
      g_string_append (metrics->text, "_bucket{");
      g_string_append (metrics->text, labels);
      g_string_append (metrics->text, *labels != '\0' ? ",le=\"" : "le=\"");
      append_number (metrics->text, bound (i));
      g_string_append (metrics->text, "\"} ");
      append_count (metrics->text, n += counts[i]);
      g_string_append_c (metrics->text, '\n');
    }

  add_count (metrics, "_count", labels, n);
  begin_sample (metrics, "_sum", labels);
  g_string_append_c (metrics->text, ' ');
  append_number (metrics->text, sum);
  g_string_append_c (metrics->text, '\n');
}

GBytes *
pingem_metrics_text_end (PingemMetricsText *metrics)
{
  if (metrics->is_open_metrics)
    g_string_append (metrics->text, "# EOF\n");

  return g_string_free_to_bytes (g_steal_pointer (&metrics->text));
}

void
pingem_metrics_label (GString *labels, const char *name, const char *value)
{
  if (labels->len > 0)
    g_string_append_c (labels, ',');
  g_string_append (labels, name);
  g_string_append (labels, "=\"");

  for (const char *c = value; *c != '\0'; c++)
    if (*c == '\n')
      g_string_append (labels, "\\n");
    else
      {
        if (*c == '"' || *c == '\\')
          g_string_append_c (labels, '\\');
        g_string_append_c (labels, *c);
      }

  g_string_append_c (labels, '"');
}
