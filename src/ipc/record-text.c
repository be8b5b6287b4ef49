/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/record-text.h"

#include <errno.h>

#include <glib/gi18n-lib.h>

#include "ipc/icmp-text.h"
#include "ipc/status.h"

static void
append_reply (GString *text, const PingemRecord *record)
{
  g_autofree char *rtt = pingem_format_rtt (record->rtt_ns >= 0 ? record->rtt_ns / 1000 : -1);

  if (record->state == PINGEM_STATE_LATE)
    g_string_append_printf (text, _ ("late reply after %s"), rtt);
  else if (record->ttl == 0)
    g_string_append (text, rtt);
  else
    g_string_append_printf (text, _ ("%s, TTL %u"), rtt, record->ttl);
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
pingem_record_text (GString *text, const PingemRecord *record, guint timeout_ms)
{
  switch ((PingemState) record->state)
    {
    case PINGEM_STATE_IN_FLIGHT:
      g_string_append (text, _ ("in flight"));
      break;
    case PINGEM_STATE_REPLY:
    case PINGEM_STATE_LATE:
      append_reply (text, record);
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
}
