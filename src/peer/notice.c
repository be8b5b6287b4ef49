/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/notice.h"

#define PAUSE_US (60 * G_USEC_PER_SEC)

void
pingem_notice_say (PingemNotice *notice, const char *what, const char *who, const char *text)
{
  gint64 now_us = g_get_monotonic_time ();

  if (notice->said_us != 0 && now_us - notice->said_us < PAUSE_US)
    {
      notice->n_left_out++;
      return;
    }

  g_printerr ("pingem-monitor: %s %s%s%s", what, who != NULL ? who : "", who != NULL ? ": " : "",
              text);
  if (notice->n_left_out > 0)
    g_printerr (" (and %u times before)", notice->n_left_out);
  g_printerr ("\n");

  *notice = (PingemNotice){ .said_us = now_us };
}
