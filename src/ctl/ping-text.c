/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "ctl/ping-report.h"
#include "ipc/record-text.h"
#include "ipc/status.h"

static const char *
find_stamp_label (const PingemRecord *record)
{
  return (record->flags & PINGEM_RECORD_KERNEL_STAMP) != 0 ? _ (", received: kernel's time")
                                                           : _ (", received: this program's time");
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

  pingem_record_text (text, record, timeout_ms);
  if (tells_stamps && (record->state == PINGEM_STATE_REPLY || record->state == PINGEM_STATE_LATE))
    g_string_append (text, find_stamp_label (record));
  g_string_append_c (text, '\n');
}
