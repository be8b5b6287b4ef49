/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tray/alarm.h"

#define MAX_STEPS 12

/* What is told at @at_s seconds, of a time of which @asleep_s were slept through. */
typedef struct {
  int at_s;
  PingemLevel level;
  const char *sentence;
  PingemAlarmAction action;
  int wait_s;
  int duration_s;
  int asleep_s;
  gboolean is_off;
} Step;

#define GOOD PINGEM_LEVEL_GOOD
#define DEGRADED PINGEM_LEVEL_DEGRADED
#define BAD PINGEM_LEVEL_BAD
#define DOWN PINGEM_LEVEL_DOWN
#define UNKNOWN PINGEM_LEVEL_UNKNOWN
#define PAUSED PINGEM_LEVEL_PAUSED
#define NONE PINGEM_ALARM_NONE
#define ONSET PINGEM_ALARM_ONSET
#define UPDATE PINGEM_ALARM_UPDATE
#define RECOVERY PINGEM_ALARM_RECOVERY
#define WITHDRAW PINGEM_ALARM_WITHDRAW

static const struct {
  const char *name;
  Step steps[MAX_STEPS];
} cases[] = {
  { "told after five seconds, and once",
    { { 1, GOOD, "fine", NONE },
      { 10, BAD, "a", NONE, .wait_s = 5 },
      { 12, BAD, "a", NONE, .wait_s = 3 },
      { 15, BAD, "a", ONSET },
      { 16, DOWN, "a", NONE },
      { 100, BAD, "a", NONE },
      { 140, GOOD, "fine", RECOVERY, .duration_s = 130 },
      { 150, GOOD, "fine", NONE } } },
  { "what is over sooner is not told",
    { { 10, BAD, "a", NONE, .wait_s = 5 },
      { 14, GOOD, "fine", NONE },
      { 15, BAD, "a", NONE, .wait_s = 5 },
      { 19, DEGRADED, "a little", NONE },
      { 20, GOOD, "fine", NONE } } },
  { "another sentence is told, after ten seconds",
    { { 10, BAD, "a", NONE, .wait_s = 5 },
      { 15, BAD, "a", ONSET },
      { 16, BAD, "b", NONE, .wait_s = 9 },
      { 17, BAD, "a", NONE },
      { 18, DOWN, "c", NONE, .wait_s = 7 },
      { 25, DOWN, "c", UPDATE },
      { 26, DEGRADED, "less", RECOVERY, .duration_s = 16 } } },
  { "unknown neither ends nor begins",
    { { 10, BAD, "a", NONE, .wait_s = 5 },
      { 12, UNKNOWN, "?", NONE },
      { 13, BAD, "a", NONE, .wait_s = 5 },
      { 18, BAD, "a", ONSET },
      { 20, UNKNOWN, "?", NONE },
      { 30, GOOD, "fine", RECOVERY, .duration_s = 17 } } },
  { "a pause withdraws it",
    { { 10, DOWN, "a", NONE, .wait_s = 5 },
      { 15, DOWN, "a", ONSET },
      { 20, PAUSED, "paused", WITHDRAW },
      { 25, PAUSED, "paused", NONE },
      { 30, DOWN, "a", NONE, .wait_s = 5 },
      { 35, DOWN, "a", ONSET } } },
  { "so does who wants no more of it",
    { { 10, DOWN, "a", NONE, .wait_s = 5 },
      { 15, DOWN, "a", ONSET },
      { 20, DOWN, "a", WITHDRAW, .is_off = TRUE },
      { 25, DOWN, "a", NONE, .is_off = TRUE } } },
  { "nothing is queued over a sleep",
    { { 10, DOWN, "a", NONE, .wait_s = 5 },
      { 3614, DOWN, "a", NONE, .wait_s = 5, .asleep_s = 3600 },
      { 3616, DOWN, "a", NONE, .wait_s = 3, .asleep_s = 3600 },
      { 3618, GOOD, "fine", NONE, .asleep_s = 3600 } } },
  { "what was told before a sleep is withdrawn",
    { { 10, DOWN, "a", NONE, .wait_s = 5 },
      { 15, DOWN, "a", ONSET },
      { 3620, DOWN, "a", WITHDRAW, .wait_s = -1, .asleep_s = 3600 },
      { 3621, DOWN, "a", NONE, .wait_s = 5, .asleep_s = 3600 },
      { 3626, DOWN, "a", ONSET, .asleep_s = 3600 } } },
};

static void
test_case (gconstpointer data)
{
  const Step *steps = data;
  PingemAlarm alarm = { 0 };

  for (guint i = 0; i < MAX_STEPS && steps[i].at_s > 0; i++)
    {
      const Step *step = &steps[i];
      PingemAlarmState state = { .now_ms = step->at_s * 1000,
                                 .asleep_ms = step->asleep_s * 1000,
                                 .is_on = !step->is_off,
                                 .level = step->level,
                                 .sentence = step->sentence,
                                 .after_ms = 5000 };
      gint64 wait_ms, duration_ms;

      g_test_message ("step %u", i);
      g_assert_cmpint (pingem_alarm_step (&alarm, &state, &wait_ms, &duration_ms), ==,
                       step->action);
      /* -1: at once. */
      g_assert_cmpint (wait_ms, ==, step->wait_s < 0 ? 1 : step->wait_s * 1000);
      g_assert_cmpint (duration_ms, ==, step->duration_s * 1000);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/tray/alarm/%s", cases[i].name);

      g_test_add_data_func (path, cases[i].steps, test_case);
    }

  return g_test_run ();
}
