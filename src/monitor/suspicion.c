/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/monitor-private.h"

#define NS_PER_S G_GINT64_CONSTANT (1000000000)
#define FAST_NS (20 * NS_PER_S)
/* From one beginning to the next: what lasts for hours must not cost five times as much. */
#define PAUSE_NS (60 * NS_PER_S)
/* With any number of targets. */
#define MAX_SUSPECTS 8

/* Loss is a matter of counting; delay shows in every answer. */
static gboolean
would_help (const PingemVerdict *found)
{
  return found->judged >= 0 &&
         (found->cause == PINGEM_CAUSE_LOSS || found->cause == PINGEM_CAUSE_LATE);
}

/* A hop is asked once a second at most: more, and it would limit its answers. */
static gboolean
is_suspect (PingemTarget *target, PingemTarget *judged)
{
  const char *leg = pingem_target_get_config (target)->leg;
  PingemTargetSpec spec = pingem_target_build_spec (target);

  return (spec.flags & PINGEM_TARGET_HOP) == 0 &&
         spec.address.family == pingem_target_get_address (judged)->family &&
         (g_str_equal (leg, "router") || g_str_equal (leg, "internet"));
}

static void
set_fast (PingemMonitor *self, PingemTarget *target, gboolean is_fast)
{
  if (pingem_target_set_fast (target, is_fast))
    pingem_prober_change (self->prober, target);
}

static void
begin (PingemMonitor *self, PingemTarget *judged)
{
  guint n = 1;

  set_fast (self, judged, TRUE);

  for (guint i = 0; i < self->targets->len && n < MAX_SUSPECTS; i++)
    if (self->targets->pdata[i] != judged && is_suspect (self->targets->pdata[i], judged))
      {
        set_fast (self, self->targets->pdata[i], TRUE);
        n++;
      }
}

void
pingem_monitor_follow_suspicion (PingemMonitor *self, const PingemVerdict *found, gint64 now_ns)
{
  gint64 ago_ns = now_ns - self->suspected_ns;

  if (would_help (found) && (self->suspected_ns == 0 || ago_ns >= PAUSE_NS))
    {
      self->suspected_ns = now_ns;
      begin (self, g_ptr_array_index (self->targets, found->judged));
    }
  else if (ago_ns >= FAST_NS)
    for (guint i = 0; i < self->targets->len; i++)
      set_fast (self, self->targets->pdata[i], FALSE);
}
