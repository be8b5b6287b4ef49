/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/clocks.h"
#include "monitor/monitor-private.h"
#include "stats/burst.h"

#define NS_PER_MS G_GINT64_CONSTANT (1000000)
#define MIN_ASLEEP_NS G_GINT64_CONSTANT (1000000000)

void
pingem_monitor_add_gap (PingemMonitor *self, PingemGap gap, gint64 from_ms, gint64 to_ms)
{
  if (self->is_paused || !pingem_monitor_has_source (self))
    return;

  pingem_history_begin_gap (self->history, gap, from_ms);
  pingem_history_end_gap (self->history, to_ms);
}

/* The clocks and logind both tell of a sleep: whoever comes first ends it. */
static void
end_sleep (PingemMonitor *self, const PingemTime *from, const PingemTime *now, gint64 asleep_ns)
{
  gint64 from_ms = (now->real_ns - (now->boot_ns - from->boot_ns)) / NS_PER_MS;
  gint64 to_ms = now->real_ns / NS_PER_MS;

  pingem_monitor_note_resume (self, from_ms, to_ms);
  pingem_monitor_add_gap (self, PINGEM_GAP_SUSPENDED, from_ms, to_ms);
  self->excused_ns = now->boot_ns - asleep_ns;
  self->sleeping = (PingemTime){ 0 };
}

static gboolean
is_sleeping (PingemMonitor *self)
{
  return self->sleeping.boot_ns != 0;
}

void
pingem_monitor_note_time (PingemMonitor *self, const PingemTime *now)
{
  PingemTime last = self->last_tick;
  gint64 asleep_ns = pingem_clocks_asleep_ns (&last, now);

  self->last_tick = *now;
  if (asleep_ns > MIN_ASLEEP_NS)
    end_sleep (self, is_sleeping (self) ? &self->sleeping : &last, now, asleep_ns);

  pingem_monitor_note_clock_step (self, &last, now);
}

void
pingem_monitor_begin_sleep (PingemMonitor *self, const PingemTime *now)
{
  pingem_monitor_note_time (self, now);
  self->sleeping = *now;
  pingem_monitor_flush (self);
}

/* Where the clocks showed nothing, as without a clock that runs on, logind's word has to do. */
void
pingem_monitor_end_sleep (PingemMonitor *self, const PingemTime *now)
{
  pingem_monitor_note_time (self, now);
  if (is_sleeping (self))
    end_sleep (self, &self->sleeping, now, 0);
  pingem_monitor_flush (self);
}

/*
 * The network is taken down for a sleep before it begins, and an answer to what was in flight then
 * finds nobody awake. Answers that came nevertheless count.
 */
gboolean
pingem_monitor_is_excused (PingemMonitor *self, const PingemRecord *record)
{
  return pingem_state_is_loss (record->state, record->error) &&
         (is_sleeping (self) || record->due_ns <= self->excused_ns);
}
