/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/report-names.h"

#include <glib/gi18n-lib.h>

#include "ctl/mask.h"
#include "ipc/status.h"

static const char *
look_up_or_dash (const PingemReportTarget *row, const char *name)
{
  const char *text = pingem_target_lookup_string (row->target, name);

  return text != NULL ? text : "–";
}

static char *
name_or_hide (const PingemReportView *view, const char *name)
{
  return g_strdup (view->show_addresses || !pingem_address_is_own (name) ? name : _ ("(own)"));
}

char *
pingem_report_name (const PingemReportView *view, const PingemReportTarget *row)
{
  return name_or_hide (view, look_up_or_dash (row, "name"));
}

char *
pingem_report_address (const PingemReportView *view, const PingemReportTarget *row)
{
  const char *address = look_up_or_dash (row, "numeric");
  gboolean is_router = g_str_equal (look_up_or_dash (row, "leg"), "router");

  if (!view->show_addresses && !g_str_equal (address, "–") &&
      (is_router || pingem_address_is_own (address)))
    return NULL;

  return g_strdup (address);
}

char *
pingem_report_key (const PingemReportView *view, const char *key)
{
  return view->show_addresses || !pingem_address_is_own (key) ? g_strdup (key) : NULL;
}

char *
pingem_report_event_name (const PingemReportView *view, const PingemEvent *event)
{
  for (guint i = 0; i < view->targets->len; i++)
    if (g_str_equal (look_up_or_dash (view->targets->pdata[i], "key"), event->target))
      return pingem_report_name (view, view->targets->pdata[i]);

  return name_or_hide (view, *event->target != '\0' ? event->target : "–");
}
