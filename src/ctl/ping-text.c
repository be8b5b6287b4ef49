/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <errno.h>

#include <glib/gi18n-lib.h>

#include "ctl/icmp-text.h"
#include "ctl/ping-report.h"
#include "ipc/status.h"

static const char *
find_stamp_label (const PingemRecord *record)
{
  return (record->flags & PINGEM_RECORD_KERNEL_STAMP) != 0 ? _ (", received: kernel's time")
                                                           : _ (", received: this program's time");
}

static void
append_reply (GString *text, const PingemRecord *record, gboolean tells_stamps)
{
  g_autofree char *rtt = pingem_format_rtt (record->rtt_ns >= 0 ? record->rtt_ns / 1000 : -1);

  if (record->state == PINGEM_STATE_LATE)
    g_string_append_printf (text, _ ("late reply after %s"), rtt);
  else if (record->ttl == 0)
    g_string_append (text, rtt);
  else
    g_string_append_printf (text, _ ("%s, TTL %u"), rtt, record->ttl);

  if (tells_stamps)
    g_string_append (text, find_stamp_label (record));
}

static void
append_lost (GString *text, guint timeout_ms)
{
  if (timeout_ms > 0)
    g_string_append_printf (text, _ ("no reply within %u ms"), timeout_ms);
  else
    g_string_append (text, _ ("no reply"));
}

static void
append_unsent (GString *text, const PingemRecord *record)
{
  if (record->error == EAGAIN)
    g_string_append (text, _ ("held back: too many probes are under way"));
  else
    g_string_append_printf (text, _ ("not sent: %s"), pingem_send_error_label (record->error));
}

static void
append_error (GString *text, const PingemRecord *record)
{
  g_autofree char *error = pingem_icmp_error_text (record);

  g_string_append (text, error);
}

void
pingem_probe_text (GString *text,
                   const PingemPingNames *names,
                   const PingemRecord *record,
                   guint timeout_ms,
                   gboolean tells_stamps)
{
  if (record->state == PINGEM_STATE_IN_FLIGHT)
    return;

  g_string_append_printf (text, "%s  %" G_GUINT64_FORMAT "  ", names->label, record->seq);

  switch ((PingemState) record->state)
    {
    case PINGEM_STATE_IN_FLIGHT:
      break;
    case PINGEM_STATE_REPLY:
    case PINGEM_STATE_LATE:
      append_reply (text, record, tells_stamps);
      break;
    case PINGEM_STATE_LOST:
      append_lost (text, timeout_ms);
      break;
    case PINGEM_STATE_UNSENT:
      append_unsent (text, record);
      break;
    case PINGEM_STATE_ERROR:
      append_error (text, record);
      break;
    }

  g_string_append_c (text, '\n');
}
