/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "chart/scale.h"

#include <math.h>

#define MIN_TOP_US 1000
#define MAX_TOP_US 100000000
#define LOG_BOTTOM_US 100.0

static int
compare (gconstpointer a, gconstpointer b)
{
  int x = *(const int *) a;
  int y = *(const int *) b;

  return (x > y) - (x < y);
}

int
pingem_scale_measure (const PingemColumn *columns, guint n_columns)
{
  g_autoptr (GArray) rtts = g_array_new (FALSE, FALSE, sizeof (int));

  for (const PingemColumn *c = columns; c < columns + n_columns; c++)
    if (c->rtt_p95_us >= 0)
      g_array_append_val (rtts, c->rtt_p95_us);

  if (rtts->len == 0)
    return -1;

  g_array_sort (rtts, compare);

  return g_array_index (rtts, int, (rtts->len - 1) * 49 / 50);
}

PingemScale
pingem_scale_fit (int rtt_us, gboolean is_log)
{
  static const int steps[] = { 1, 2, 5 };
  PingemScale scale = { MIN_TOP_US, is_log };

  for (int power = MIN_TOP_US; power < MAX_TOP_US; power *= 10)
    for (guint i = 0; i < (is_log ? 1 : G_N_ELEMENTS (steps)); i++)
      if (scale.top_us < rtt_us)
        scale.top_us = power * steps[i];

  if (scale.top_us < rtt_us)
    scale.top_us = MAX_TOP_US;

  return scale;
}

double
pingem_scale_get_height (const PingemScale *scale, int rtt_us)
{
  double height = (double) rtt_us / scale->top_us;

  if (scale->is_log)
    height = log (MAX (rtt_us, 1) / LOG_BOTTOM_US) / log (scale->top_us / LOG_BOTTOM_US);

  return CLAMP (height, 0, 1);
}
