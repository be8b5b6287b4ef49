/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/pinger.h"

#include <errno.h>

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/number.h"
#include "ctl/ping-output.h"
#include "ctl/ping-plan.h"
#include "ctl/progress.h"
#include "ctl/shortfall.h"
#include "ctl/target-queue.h"
#include "ipc/status.h"

struct PingemPinger {
  const PingemPingOptions *options; /* (unowned) */
  GMainLoop *loop;                  /* (owned) */
  PingemSource *source;             /* (owned) (nullable) */
  guint turn_id;                    /* of what turn_soon() has asked for */
  guint pace_id;                    /* of the turn when the plan has room again */
  PingemPingTargets *targets;       /* (owned) */
  PingemPingOutput *output;         /* (owned) */
  PingemProgress *progress;         /* (owned) (nullable) */
  PingemTargetQueue *queue;         /* (owned) (nullable) as source */
  GArray *ended;                    /* (owned) ids that may leave the source */
  PingemTally total;
  PingemPingPlan plan; /* by the monotonic clock */
  guint sweep_id;
  guint n_active;    /* targets that have not ended */
  guint n_in_source; /* targets that the source probes, or still knows */
  guint n_holds;
  guint max_in_source;
  PingemShortfall shortfall;
  GSourceFunc room_func;
  gpointer room_data;
  int exit_status;
};

static gboolean on_turn (gpointer user_data);

static void
turn_soon (PingemPinger *self)
{
  if (self->turn_id == 0)
    self->turn_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_turn, self, NULL);
}

/*
 * A line is forgotten at once, so that there is room for others; hosts stay for
 * late replies as long as there is room, and for the summary. Nothing may be
 * removed while a record is told, so it waits for the next turn.
 */
static void
end_target (PingemPinger *self, PingemPingTarget *target, guint32 id)
{
  target->is_ended = TRUE;
  self->n_active--;
  if (self->max_in_source < G_MAXUINT)
    g_array_append_val (self->ended, id);

  turn_soon (self);
}

/* A broadcast address is known by the kernel alone. Lines of text say it by themselves. */
static void
tell_forbidden (PingemPinger *self, PingemPingTarget *target, const PingemRecord *record)
{
  PingemPingNames names;

  if (record->state != PINGEM_STATE_UNSENT || record->error != EACCES || target->is_forbidden)
    return;

  target->is_forbidden = TRUE;
  if (!self->options->is_quiet && self->options->format == PINGEM_FORMAT_TEXT)
    return;

  pingem_ping_targets_name (self->targets, target, &names);
  pingem_pinger_complain (self, "%s: %s", names.label, pingem_send_error_label (EACCES));
}

static void
on_record (PingemSource *source, const PingemRecord *record, gpointer user_data)
{
  PingemPinger *self = user_data;
  PingemPingTarget *target = pingem_ping_targets_find (self->targets, record->target);
  PingemNews news;

  if (target == NULL || target->is_gone || record->state >= PINGEM_N_STATES)
    return;

  news = pingem_run_take (&target->run, record, &self->total);
  if (news != PINGEM_NEWS_NONE)
    {
      pingem_ping_output_record (self->output, target, record, news);
      tell_forbidden (self, target, record);
    }
  if (pingem_ping_output_has_failed (self->output))
    g_main_loop_quit (self->loop); /* nobody sees what is probed from now on */
  if (!target->is_ended && pingem_run_is_done (&target->run))
    end_target (self, target, record->target);
}

/* A probe whose last record was dropped would never end. */
static gboolean
on_sweep (gpointer user_data)
{
  PingemPinger *self = user_data;
  gint64 now_s = (g_get_monotonic_time () - self->plan.start_us) / G_USEC_PER_SEC;

  for (guint32 id = 0; id < pingem_ping_targets_end (self->targets); id++)
    {
      PingemPingTarget *target = pingem_ping_targets_find (self->targets, id);

      if (target != NULL && !target->is_ended && now_s > target->deadline_s)
        end_target (self, target, id);
    }

  return G_SOURCE_CONTINUE;
}

static void
on_dropped (PingemSource *source, guint64 n, gpointer user_data)
{
  PingemPinger *self = user_data;

  if (self->sweep_id == 0)
    self->sweep_id = g_timeout_add_seconds (1, on_sweep, self);
}

static void
on_gone (PingemSource *source, const GError *error, gpointer user_data)
{
  PingemPinger *self = user_data;

  pingem_pinger_complain (self, "%s", error->message);
  pingem_pinger_worsen (self, PINGEM_EXIT_CANNOT);
  g_main_loop_quit (self->loop);
}

static void
on_refused (guint32 id, const GError *error, gpointer user_data)
{
  PingemPinger *self = user_data;
  const PingemPingTarget *target = pingem_ping_targets_find (self->targets, id);
  guint32 line = target->has_label ? 0 : target->label;
  PingemPingNames names;

  pingem_ping_targets_name (self->targets, target, &names);
  pingem_pinger_refuse (self, line, line > 0 ? NULL : names.label, error->message);
  self->plan.n_planned -= target->run.count;
  self->n_active--;
  self->n_in_source--;
  pingem_ping_targets_remove (self->targets, id);
  turn_soon (self);
}

static void
forget_ended (PingemPinger *self)
{
  if (!self->options->takes_lines && !pingem_pinger_is_full (self))
    return;

  for (guint i = 0; i < self->ended->len; i++)
    {
      guint32 id = g_array_index (self->ended, guint32, i);
      PingemPingTarget *target = pingem_ping_targets_find (self->targets, id);

      pingem_ping_output_rest (self->output, target);
      pingem_source_remove_target (self->source, id);
      self->n_in_source--;
      target->is_gone = TRUE;
      if (self->options->takes_lines)
        pingem_ping_targets_remove (self->targets, id);
    }

  g_array_set_size (self->ended, 0);
}

static gboolean
on_paced (gpointer user_data)
{
  PingemPinger *self = user_data;

  self->pace_id = 0;
  turn_soon (self);

  return G_SOURCE_REMOVE;
}

static void
wait_for_plan (PingemPinger *self)
{
  guint wait_ms = pingem_ping_plan_wait_ms (&self->plan, g_get_monotonic_time ());

  if (wait_ms > 0 && self->pace_id == 0)
    self->pace_id = g_timeout_add (wait_ms, on_paced, self);
}

static gboolean
on_turn (gpointer user_data)
{
  PingemPinger *self = user_data;

  self->turn_id = 0;
  forget_ended (self);
  if (self->room_func != NULL && pingem_pinger_is_ready (self))
    self->room_func (self->room_data);
  pingem_target_queue_flush (self->queue);
  wait_for_plan (self);

  if (self->n_active == 0 && self->n_holds == 0)
    g_main_loop_quit (self->loop);

  return G_SOURCE_REMOVE;
}

PingemPinger *
pingem_pinger_new (const PingemPingOptions *options)
{
  PingemPinger *self = g_new0 (PingemPinger, 1);

  self->options = options;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->targets = pingem_ping_targets_new ();
  self->output = pingem_ping_output_new (options, self->targets);
  self->ended = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->plan.start_us = g_get_monotonic_time ();

  return self;
}

void
pingem_pinger_free (PingemPinger *self)
{
  g_clear_handle_id (&self->sweep_id, g_source_remove);
  g_clear_handle_id (&self->pace_id, g_source_remove);
  g_clear_handle_id (&self->turn_id, g_source_remove);
  if (self->source != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->source, self);
      g_signal_handlers_disconnect_by_data (self->source, &self->shortfall);
    }
  g_clear_object (&self->source);
  pingem_progress_free (self->progress);
  pingem_ping_output_free (self->output);
  pingem_ping_targets_free (self->targets);
  pingem_target_queue_free (self->queue);
  g_array_unref (self->ended);
  g_main_loop_unref (self->loop);
  g_free (self);
}

void
pingem_pinger_set_source (PingemPinger *self, PingemSource *source)
{
  self->source = g_object_ref (source);
  self->queue = pingem_target_queue_new (source, on_refused, self);
  self->max_in_source =
      pingem_ping_options_max_targets (self->options, pingem_source_get_kind (source));
  self->plan.max_rate =
      pingem_ping_options_max_rate (self->options, pingem_source_get_kind (source));
  self->plan.start_us = g_get_monotonic_time ();
  g_signal_connect (source, "record", G_CALLBACK (on_record), self);
  g_signal_connect (source, "dropped", G_CALLBACK (on_dropped), self);
  g_signal_connect (source, "gone", G_CALLBACK (on_gone), self);
  pingem_shortfall_watch (&self->shortfall, source);
}

void
pingem_pinger_hold (PingemPinger *self)
{
  self->n_holds++;
}

void
pingem_pinger_release (PingemPinger *self)
{
  self->n_holds--;
  turn_soon (self);
}

void
pingem_pinger_add (PingemPinger *self,
                   const char *label,
                   guint32 line,
                   const PingemTargetSpec *spec)
{
  gint64 now_us = g_get_monotonic_time ();
  PingemPingTarget *target =
      pingem_ping_targets_add (self->targets, spec->id, label, &spec->address);

  target->run.count = spec->count;
  target->run.has_hold = self->options->has_hold;
  target->deadline_s = pingem_ping_plan_deadline (&self->plan, spec, now_us);
  if (!target->has_label)
    target->label = line;

  pingem_ping_plan_add (&self->plan, spec, now_us);
  self->n_active++;
  self->n_in_source++;
  pingem_target_queue_add (self->queue, spec);
  turn_soon (self);
}

guint32
pingem_pinger_free_id (PingemPinger *self)
{
  return pingem_ping_targets_free_id (self->targets);
}

gboolean
pingem_pinger_is_full (PingemPinger *self)
{
  /* The feed holds it once for itself, and once for each target that may follow. */
  return self->n_in_source + self->n_holds > self->max_in_source;
}

gboolean
pingem_pinger_is_ready (PingemPinger *self)
{
  return !pingem_pinger_is_full (self) &&
         pingem_ping_plan_wait_ms (&self->plan, g_get_monotonic_time ()) == 0;
}

void
pingem_pinger_set_room_func (PingemPinger *self, GSourceFunc func, gpointer user_data)
{
  self->room_func = func;
  self->room_data = user_data;
}

void
pingem_pinger_complain (PingemPinger *self, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);

  pingem_progress_hide (self->progress);
  pingem_complain ("%s", message);
}

void
pingem_pinger_refuse (PingemPinger *self, guint32 line, const char *what, const char *why)
{
  GString *place = g_string_new (NULL);

  if (line > 0 && self->options->targets_file != NULL)
    g_string_append_printf (place, _ ("%s, line %u: "), self->options->targets_file, line);
  else if (line > 0)
    g_string_append_printf (place, _ ("line %u: "), line);
  if (what != NULL)
    g_string_append_printf (place, "%s: ", what);

  pingem_pinger_complain (self, "%s%s", place->str, why);
  pingem_pinger_worsen (self, PINGEM_EXIT_BAD_INPUT);
  g_string_free (place, TRUE);
}

void
pingem_pinger_worsen (PingemPinger *self, int exit_status)
{
  self->exit_status = MAX (self->exit_status, exit_status);
}

void
pingem_pinger_tell_interim (PingemPinger *self)
{
  pingem_progress_hide (self->progress);
  pingem_ping_output_interim (self->output);
}

void
pingem_pinger_quit (PingemPinger *self)
{
  g_main_loop_quit (self->loop);
}

static PingemProgressState
get_progress (gpointer user_data)
{
  PingemPinger *self = user_data;

  return pingem_ping_plan_progress (&self->plan, &self->options->spec, &self->total,
                                    g_get_monotonic_time ());
}

static void
sum_up (PingemPinger *self)
{
  const PingemTally *total = &self->total;

  pingem_ping_output_summary (self->output);
  if (total->lost + total->unsent + total->held + total->error > 0)
    pingem_pinger_worsen (self, PINGEM_EXIT_UNANSWERED);

  pingem_pinger_worsen (self,
                        pingem_shortfall_complain (&self->shortfall, total->lost + total->error));
}

int
pingem_pinger_run (PingemPinger *self)
{
  if (!self->options->takes_lines && pingem_progress_has_place (self->options->is_quiet))
    self->progress = pingem_progress_new (get_progress, self);
  g_main_loop_run (self->loop);
  g_clear_pointer (&self->progress, pingem_progress_free);
  if (self->source != NULL)
    sum_up (self);

  return self->exit_status;
}
