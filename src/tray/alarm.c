/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tray/alarm.h"

#define UPDATE_MS 10000
/* What CLOCK_BOOTTIME and CLOCK_MONOTONIC differ by, read one after the other. */
#define MIN_SLEEP_MS 1000

static PingemAlarmAction
forget (PingemAlarm *alarm)
{
  gboolean was_told = alarm->told_ms != 0;

  alarm->since_ms = 0;
  alarm->told_ms = 0;

  return was_told ? PINGEM_ALARM_WITHDRAW : PINGEM_ALARM_NONE;
}

static PingemAlarmAction
tell (PingemAlarm *alarm, const PingemAlarmState *state, PingemAlarmAction action)
{
  alarm->told_ms = state->now_ms;
  alarm->sentence = g_intern_string (state->sentence);

  return action;
}

static PingemAlarmAction
go_on (PingemAlarm *alarm, const PingemAlarmState *state, gint64 *ret_wait_ms)
{
  gint64 due_ms;

  if (alarm->since_ms == 0)
    alarm->since_ms = state->now_ms;

  if (alarm->told_ms != 0 && g_strcmp0 (alarm->sentence, state->sentence) == 0)
    return PINGEM_ALARM_NONE;

  due_ms = alarm->told_ms != 0 ? alarm->told_ms + UPDATE_MS : alarm->since_ms + state->after_ms;
  if (state->now_ms >= due_ms)
    return tell (alarm, state, alarm->told_ms != 0 ? PINGEM_ALARM_UPDATE : PINGEM_ALARM_ONSET);

  *ret_wait_ms = due_ms - state->now_ms;

  return PINGEM_ALARM_NONE;
}

PingemAlarmAction
pingem_alarm_step (PingemAlarm *alarm,
                   const PingemAlarmState *state,
                   gint64 *ret_wait_ms,
                   gint64 *ret_duration_ms)
{
  gboolean has_slept = alarm->since_ms != 0 && state->asleep_ms - alarm->asleep_ms >= MIN_SLEEP_MS;
  gint64 since_ms = alarm->since_ms;

  *ret_wait_ms = 0;
  *ret_duration_ms = 0;
  alarm->asleep_ms = state->asleep_ms;

  if (has_slept && forget (alarm) == PINGEM_ALARM_WITHDRAW)
    {
      /* At once again, for what may be bad still. */
      *ret_wait_ms = 1;
      return PINGEM_ALARM_WITHDRAW;
    }
  if (!state->is_on || state->level == PINGEM_LEVEL_PAUSED)
    return forget (alarm);
  if (state->level == PINGEM_LEVEL_BAD || state->level == PINGEM_LEVEL_DOWN)
    return go_on (alarm, state, ret_wait_ms);
  if (state->level == PINGEM_LEVEL_UNKNOWN && alarm->told_ms != 0)
    return PINGEM_ALARM_NONE;
  if (forget (alarm) == PINGEM_ALARM_NONE)
    return PINGEM_ALARM_NONE;

  *ret_duration_ms = state->now_ms - since_ms;

  return PINGEM_ALARM_RECOVERY;
}
