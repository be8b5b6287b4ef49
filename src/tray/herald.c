/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tray/herald.h"

#include <time.h>

#include <glib/gi18n-lib.h>

#include "ipc/status.h"
#include "tray/alarm.h"
#include "tray/notice.h"

#define DEFAULT_AFTER_S 5

/**
 * PingemHerald:
 *
 * Lets the clock run beside what the monitor tells, and shows what the alarm
 * decides. An outage has one notification, from its onset to its recovery.
 */
struct _PingemHerald {
  GObject parent_instance;

  PingemNotice *notice; /* (owned) */
  PingemAlarm alarm;
  GVariant *status;   /* (owned) (nullable) */
  GVariant *settings; /* (owned) (nullable) */
  guint wait_id;
};

static guint open_signal;

G_DEFINE_FINAL_TYPE (PingemHerald, pingem_herald, G_TYPE_OBJECT)

static void step (PingemHerald *self);

static gint64
read_clock (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);

  return now.tv_sec * G_GINT64_CONSTANT (1000) + now.tv_nsec / 1000000;
}

static gboolean
on_waited (gpointer user_data)
{
  PingemHerald *self = user_data;

  self->wait_id = 0;
  step (self);

  return G_SOURCE_REMOVE;
}

static void
tell_recovery (PingemHerald *self, const char *sentence, gint64 duration_ms)
{
  g_autofree char *duration = pingem_format_duration (duration_ms);
  /* Translators: a time, as "2 min 10 s" */
  g_autofree char *body = g_strdup_printf (_ ("The outage lasted %s."), duration);

  pingem_notice_show (self->notice, PINGEM_NOTICE_RECOVERY, sentence, body);
}

static void
act (PingemHerald *self, PingemAlarmAction action, const char *sentence, gint64 duration_ms)
{
  g_autofree char *detail = NULL;

  switch (action)
    {
    case PINGEM_ALARM_NONE:
      break;

    case PINGEM_ALARM_ONSET:
    case PINGEM_ALARM_UPDATE:
      detail = pingem_sentence_detail (self->status);
      pingem_notice_show (
          self->notice, action == PINGEM_ALARM_ONSET ? PINGEM_NOTICE_OUTAGE : PINGEM_NOTICE_UPDATE,
          sentence, detail);
      break;

    case PINGEM_ALARM_RECOVERY:
      tell_recovery (self, sentence, duration_ms);
      break;

    case PINGEM_ALARM_WITHDRAW:
      pingem_notice_withdraw (self->notice);
      break;
    }
}

static void
step (PingemHerald *self)
{
  gint64 now_ms = read_clock (CLOCK_BOOTTIME);
  gboolean notify = TRUE;
  guint after_s = DEFAULT_AFTER_S;
  g_autofree char *sentence = NULL;
  PingemAlarmState state = { .now_ms = now_ms, .asleep_ms = now_ms - read_clock (CLOCK_MONOTONIC) };
  gint64 wait_ms, duration_ms;
  PingemAlarmAction action;

  if (self->settings != NULL)
    {
      g_variant_lookup (self->settings, "notify", "b", &notify);
      g_variant_lookup (self->settings, "notify-after-s", "u", &after_s);
    }
  if (self->status != NULL)
    {
      sentence = pingem_sentence_title (self->status);
      state.level = pingem_level_parse (pingem_target_lookup_string (self->status, "level"));
    }
  state.is_on = notify && self->status != NULL;
  state.sentence = sentence;
  state.after_ms = after_s * G_GINT64_CONSTANT (1000);

  action = pingem_alarm_step (&self->alarm, &state, &wait_ms, &duration_ms);
  act (self, action, sentence, duration_ms);

  g_clear_handle_id (&self->wait_id, g_source_remove);
  if (wait_ms > 0)
    self->wait_id = g_timeout_add (wait_ms, on_waited, self);
}

static void
on_open (PingemHerald *self)
{
  g_signal_emit (self, open_signal, 0);
}

static void
pingem_herald_dispose (GObject *object)
{
  PingemHerald *self = PINGEM_HERALD (object);

  g_clear_handle_id (&self->wait_id, g_source_remove);
  g_clear_object (&self->notice);
  g_clear_pointer (&self->status, g_variant_unref);
  g_clear_pointer (&self->settings, g_variant_unref);

  G_OBJECT_CLASS (pingem_herald_parent_class)->dispose (object);
}

static void
pingem_herald_class_init (PingemHeraldClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pingem_herald_dispose;

  open_signal = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 0);
}

static void
pingem_herald_init (PingemHerald *self)
{
}

PingemHerald *
pingem_herald_new (GDBusConnection *connection)
{
  PingemHerald *self = g_object_new (PINGEM_TYPE_HERALD, NULL);

  self->notice = pingem_notice_new (connection);
  g_signal_connect_object (self->notice, "open", G_CALLBACK (on_open), self, G_CONNECT_SWAPPED);

  return self;
}

static void
set_variant (GVariant **variant, GVariant *value)
{
  g_clear_pointer (variant, g_variant_unref);
  if (value != NULL)
    *variant = g_variant_ref (value);
}

void
pingem_herald_update (PingemHerald *self, GVariant *status, GVariant *settings)
{
  set_variant (&self->status, status);
  set_variant (&self->settings, settings);
  step (self);
}
