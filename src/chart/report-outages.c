/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "chart/report-outages.h"

#include <glib/gi18n-lib.h>

#include "ipc/event.h"
#include "ipc/status.h"

GPtrArray *
pingem_report_outages_list (const PingemReportView *view)
{
  GPtrArray *outages = g_ptr_array_new ();

  for (guint i = 0; i < view->events->len; i++)
    if (g_str_equal (((const PingemEvent *) view->events->pdata[i])->kind, PINGEM_EVENT_OUTAGE))
      g_ptr_array_add (outages, view->events->pdata[i]);

  return outages;
}

static gint64
get_length (const PingemReportView *view, const PingemEvent *event)
{
  gint64 to_ms = event->to_ms < 0 ? view->to_ms : MIN (event->to_ms, view->to_ms);

  return MAX (to_ms - MAX (event->from_ms, view->from_ms), 0);
}

gint64
pingem_report_outages_measure (GPtrArray *outages, const PingemReportView *view)
{
  gint64 length_ms = 0;

  for (guint i = 0; i < outages->len; i++)
    length_ms += get_length (view, outages->pdata[i]);

  return length_ms;
}

char *
pingem_report_outages_count (GPtrArray *outages)
{
  static const char *const legs[] = { "router", "provider", "vpn", "internet", "call", "" };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (legs); i++)
    {
      guint n = 0;

      for (guint j = 0; j < outages->len; j++)
        n += g_str_equal (((const PingemEvent *) outages->pdata[j])->leg, legs[i]);
      if (n > 0)
        g_string_append_printf (text, "%s%s %u", text->len > 0 ? ", " : "",
                                *legs[i] != '\0' ? pingem_leg_label (legs[i]) : _ ("unknown"), n);
    }

  return g_string_free (text, FALSE);
}

static int
compare_lengths (gconstpointer a, gconstpointer b, gpointer view)
{
  gint64 length_a = get_length (view, *(const PingemEvent *const *) a);
  gint64 length_b = get_length (view, *(const PingemEvent *const *) b);

  return length_a < length_b ? 1 : length_a > length_b ? -1 : 0;
}

static int
compare_begins (gconstpointer a, gconstpointer b)
{
  const PingemEvent *event_a = *(const PingemEvent *const *) a;
  const PingemEvent *event_b = *(const PingemEvent *const *) b;

  return event_a->from_ms < event_b->from_ms ? -1 : event_a->from_ms > event_b->from_ms;
}

GPtrArray *
pingem_report_outages_choose (GPtrArray *outages, const PingemReportView *view, guint n)
{
  GPtrArray *chosen = g_ptr_array_new ();

  g_ptr_array_extend (chosen, outages, NULL, NULL);
  g_ptr_array_sort_with_data (chosen, compare_lengths, (gpointer) view);
  g_ptr_array_set_size (chosen, MIN (chosen->len, n));
  g_ptr_array_sort (chosen, compare_begins);

  return chosen;
}
