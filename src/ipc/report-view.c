/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/report-view.h"

#include "ipc/column.h"
#include "ipc/event.h"
#include "ipc/status.h"

#define MAX_EVENTS 10000
#define HOUR_MS G_GINT64_CONSTANT (3600000)
#define DAY_MS (24 * HOUR_MS)
/* As many as Columns answers. */
#define MAX_HOURS 4000

void
pingem_report_target_free (PingemReportTarget *target)
{
  g_clear_pointer (&target->target, g_variant_unref);
  g_clear_pointer (&target->summary, g_variant_unref);
  g_clear_pointer (&target->columns, g_array_unref);
  g_free (target);
}

void
pingem_report_view_free (PingemReportView *view)
{
  g_clear_pointer (&view->zone, g_time_zone_unref);
  g_clear_pointer (&view->targets, g_ptr_array_unref);
  g_clear_pointer (&view->events, g_ptr_array_unref);
  g_clear_pointer (&view->hours, g_array_unref);
  g_free (view);
}

static GArray *
ask_columns (PingemDbusMonitor1 *monitor,
             const char *key,
             gint64 from_ms,
             gint64 to_ms,
             guint n,
             GError **error)
{
  g_autoptr (GVariant) columns = NULL;

  if (!pingem_dbus_monitor1_call_columns_sync (monitor, key, from_ms, to_ms, n, &columns, NULL,
                                               error))
    return NULL;

  return pingem_columns_from_variant (columns);
}

static gboolean
add_target (PingemReportView *view,
            PingemDbusMonitor1 *monitor,
            GVariant *target,
            guint n_columns,
            GError **error)
{
  g_autoptr (PingemReportTarget) row = g_new0 (PingemReportTarget, 1);
  const char *key = pingem_target_lookup_string (target, "key");

  row->target = g_variant_ref (target);
  if (key == NULL)
    key = "";

  if (!pingem_dbus_monitor1_call_summary_sync (monitor, key, view->from_ms, view->to_ms,
                                               &row->summary, NULL, error))
    return FALSE;

  row->columns = ask_columns (monitor, key, view->from_ms, view->to_ms, n_columns, error);
  if (row->columns == NULL)
    return FALSE;

  g_ptr_array_add (view->targets, g_steal_pointer (&row));

  return TRUE;
}

static gboolean
add_targets (PingemReportView *view, PingemDbusMonitor1 *monitor, guint n_columns, GError **error)
{
  g_autoptr (GVariant) targets = pingem_dbus_monitor1_dup_targets (monitor);

  for (gsize i = 0; targets != NULL && i < g_variant_n_children (targets); i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);

      if (!add_target (view, monitor, target, n_columns, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
add_events (PingemReportView *view, PingemDbusMonitor1 *monitor, GError **error)
{
  g_autoptr (GVariant) events = NULL;

  if (!pingem_dbus_monitor1_call_events_sync (monitor, view->from_ms, view->to_ms, MAX_EVENTS,
                                              &events, NULL, error))
    return FALSE;

  view->events = pingem_events_from_variant (events);

  return TRUE;
}

static const char *
find_internet (PingemReportView *view)
{
  for (guint i = 0; i < view->targets->len; i++)
    {
      const PingemReportTarget *row = view->targets->pdata[i];

      if (g_strcmp0 (pingem_target_lookup_string (row->target, "leg"), "internet") == 0)
        return pingem_target_lookup_string (row->target, "key");
    }

  return NULL;
}

/* Whole hours of the clock, the newest ones where there are too many. */
static gboolean
add_hours (PingemReportView *view, PingemDbusMonitor1 *monitor, GError **error)
{
  const char *key = find_internet (view);
  gint64 to_ms = (view->to_ms + HOUR_MS - 1) / HOUR_MS * HOUR_MS;
  gint64 from_ms = MAX (view->from_ms / HOUR_MS * HOUR_MS, to_ms - MAX_HOURS * HOUR_MS);

  if (key == NULL || view->to_ms - view->from_ms < DAY_MS)
    return TRUE;

  view->hours = ask_columns (monitor, key, from_ms, to_ms, (to_ms - from_ms) / HOUR_MS, error);

  return view->hours != NULL;
}

PingemReportView *
pingem_report_view_collect (
    PingemDbusMonitor1 *monitor, gint64 from_ms, gint64 to_ms, guint n_columns, GError **error)
{
  g_autoptr (PingemReportView) view = g_new0 (PingemReportView, 1);

  view->from_ms = from_ms;
  view->to_ms = to_ms;
  view->written_ms = g_get_real_time () / 1000;
  view->zone = g_time_zone_new_local ();
  view->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_report_target_free);

  if (!add_targets (view, monitor, n_columns, error) || !add_events (view, monitor, error) ||
      !add_hours (view, monitor, error))
    return NULL;

  return g_steal_pointer (&view);
}
