/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/outages.h"

static gboolean
is_unknown (const char *verdict)
{
  return g_str_equal (verdict, "unknown");
}

static gboolean
is_same (const PingemOutage *outage, const char *verdict, const char *leg)
{
  if (is_unknown (verdict) && !is_unknown (outage->verdict))
    return TRUE;

  return g_str_equal (outage->verdict, verdict) && g_str_equal (outage->leg, leg);
}

PingemOutageEdge
pingem_outage_step (PingemOutage *outage, const PingemVerdict *shown, const char *leg)
{
  gboolean was_open = outage->verdict != NULL;
  gboolean is_open = shown->level == PINGEM_LEVEL_BAD || shown->level == PINGEM_LEVEL_DOWN;

  gboolean is_named =
      is_open && was_open && is_unknown (outage->verdict) && !is_unknown (shown->verdict);

  if (is_open && was_open && is_same (outage, shown->verdict, leg))
    return PINGEM_OUTAGE_STAYS;

  *outage = is_open ? (PingemOutage){ shown->verdict, g_intern_string (leg) }
                    : (PingemOutage){ NULL, NULL };

  if (is_open)
    return is_named ? PINGEM_OUTAGE_IS_NAMED : PINGEM_OUTAGE_BEGINS;

  return was_open ? PINGEM_OUTAGE_ENDS : PINGEM_OUTAGE_STAYS;
}
