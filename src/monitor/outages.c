/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/outages.h"

PingemOutageEdge
pingem_outage_step (PingemOutage *outage, const PingemVerdict *shown, const char *leg)
{
  gboolean was_open = outage->verdict != NULL;
  gboolean is_open = shown->level == PINGEM_LEVEL_BAD || shown->level == PINGEM_LEVEL_DOWN;

  if (is_open && was_open && g_str_equal (outage->verdict, shown->verdict) &&
      g_str_equal (outage->leg, leg))
    return PINGEM_OUTAGE_STAYS;

  *outage = is_open ? (PingemOutage){ shown->verdict, g_intern_string (leg) }
                    : (PingemOutage){ NULL, NULL };

  if (is_open)
    return PINGEM_OUTAGE_BEGINS;

  return was_open ? PINGEM_OUTAGE_ENDS : PINGEM_OUTAGE_STAYS;
}
