/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/report-names.h"

#include <glib/gi18n-lib.h>

#include "ipc/mask.h"
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

const char *
pingem_report_method (void)
{
  return
      /* xgettext:no-c-format */
      _ ("How it was measured\n"
         "Each target is sent ICMP echo requests at a fixed interval (see the table, in ms), of so "
         "many\n"
         "bytes; where packets get lost, most are sent one each 200 ms for 20 s, at most once a\n"
         "minute. A reply after the timeout (in ms) is late, which is no loss. What could not be\n"
         "sent, and what an ICMP error answered, is counted apart: loss is the share of lost,\n"
         "unsent and error in what was due. Times when nothing was measured are never loss.\n"
         "Burst is the longest row of such probes. Jitter is that of RFC 3550; MOS, from 1 to\n"
         "4.5, says how good a call would be (E-model, ITU-T G.107). The provider is the nearest\n"
         "router behind the own one that answers, and is sent probes that expire there. An\n"
         "outage begins when 10 % or more of 30 seconds is lost, or nothing answers; its loss\n"
         "is that of the target it is about, from 30 seconds before its begin. The leg is the\n"
         "nearest one whose loss is significant.");
}
