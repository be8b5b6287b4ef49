/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/tracer.h"

#include <stdio.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/page.h"
#include "ctl/shortfall.h"
#include "ctl/trace-report.h"

/* Ten probes a second to one host: that is polite, and the helper's sustained limit. */
#define PACE_MS 100
/* Hops behind the last one that answered which are still asked, should the way be known no better.
 */
#define SPARE_HOPS 3
/* What a busy machine may be late. */
#define GRACE_MS 2000
#define LABEL_WAIT_MS 2000

struct PingemTracer {
  const PingemTraceOptions *options; /* (unowned) */
  GMainLoop *loop;                   /* (owned) */
  PingemSource *source;              /* (owned) (nullable) */
  PingemTracePath path;
  PingemHostLabels *labels; /* (owned) (nullable) */
  guint pace_id;
  guint second_id;
  gint64 deadline_us;  /* of the monotonic clock: by then all is known that is waited for */
  gboolean has_rounds; /* the way is known: all hops are probed on their grid */
  gboolean has_page;
  gboolean is_stopped; /* by the user or by a fault: nothing more is waited for */
  PingemShortfall shortfall;
  char *problem; /* (owned) (nullable) told below the page, which would hide it */
  int exit_status;
};

static PingemTraceReport
get_report (PingemTracer *self)
{
  return (PingemTraceReport){ self->options->host, &self->path, self->labels };
}

void
pingem_tracer_quit (PingemTracer *self, int exit_status)
{
  self->exit_status = MAX (self->exit_status, exit_status);
  self->is_stopped = TRUE;
  g_main_loop_quit (self->loop);
}

static void
fail (PingemTracer *self, char *problem, int exit_status)
{
  if (self->problem == NULL)
    self->problem = problem;
  else
    g_free (problem);

  pingem_tracer_quit (self, exit_status);
}

static void
set_deadline (PingemTracer *self, gint64 wait_ms)
{
  wait_ms += self->options->spec.timeout_ms + GRACE_MS;
  self->deadline_us = g_get_monotonic_time () + wait_ms * 1000;
}

static gboolean
is_overdue (PingemTracer *self)
{
  return g_get_monotonic_time () > self->deadline_us;
}

static void
end_if_done (PingemTracer *self)
{
  if (self->has_rounds && pingem_trace_path_is_settled (&self->path, self->options->spec.count))
    g_main_loop_quit (self->loop);
}

static void
on_record (PingemSource *source, const PingemRecord *record, gpointer user_data)
{
  PingemTracer *self = user_data;

  pingem_trace_path_take (&self->path, record);
  end_if_done (self);
}

static void
on_gone (PingemSource *source, const GError *error, gpointer user_data)
{
  fail (user_data, g_strdup (error->message), PINGEM_EXIT_CANNOT);
}

static void
refuse (PingemTracer *self, const GError *error)
{
  fail (self, g_strdup_printf ("%s: %s", self->options->host, error->message),
        PINGEM_EXIT_BAD_INPUT);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!pingem_source_add_targets_finish (PINGEM_SOURCE (source), result, &error))
    refuse (user_data, error);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!pingem_source_change_target_finish (PINGEM_SOURCE (source), result, &error))
    refuse (user_data, error);
}

/* Of the host itself, or of the hop with this TTL. */
static PingemTargetSpec
make_spec (PingemTracer *self, guint ttl)
{
  PingemTargetSpec spec = self->options->spec;

  spec.id = ttl;
  spec.address = self->path.address;
  if (ttl != PINGEM_TRACE_HOST)
    {
      spec.ttl = ttl;
      spec.flags |= PINGEM_TARGET_HOP;
    }

  return spec;
}

/* One probe alone, until the way is known. */
static void
add_target (PingemTracer *self, guint ttl)
{
  PingemTargetSpec spec = make_spec (self, ttl);

  spec.count = 1;
  set_deadline (self, 0);
  pingem_source_add_targets_async (self->source, &spec, 1, NULL, on_added, self);
}

static void
remove_hops (PingemTracer *self, guint n_hops)
{
  for (guint ttl = n_hops + 1; ttl <= self->path.n_hop_targets; ttl++)
    pingem_source_remove_target (self->source, ttl);

  pingem_trace_path_cut (&self->path, n_hops);
}

static guint
choose_hops (PingemTracer *self)
{
  if (pingem_trace_path_distance (&self->path) > 0)
    return pingem_trace_path_count_hops (&self->path);

  return MIN (pingem_trace_path_last_answer (&self->path) + SPARE_HOPS, self->path.n_hop_targets);
}

/* Each goes on with the grid on which its first probe was: so they stay apart. */
static void
start_rounds (PingemTracer *self)
{
  guint n_hops = choose_hops (self);
  guint32 interval_ms = MAX (self->options->spec.interval_ms, (n_hops + 1) * PACE_MS);

  remove_hops (self, n_hops);
  for (guint ttl = 0; ttl <= n_hops && self->options->spec.count > 1; ttl++)
    {
      PingemTargetSpec spec = make_spec (self, ttl);

      spec.interval_ms = interval_ms;
      pingem_source_change_target_async (self->source, &spec, NULL, on_changed, self);
    }

  self->has_rounds = TRUE;
  set_deadline (self, (gint64) self->options->spec.count * interval_ms);
  if (self->options->is_verbose)
    pingem_complain (_ ("%u hops, one probe each in %u ms."), n_hops + 1, interval_ms);
  end_if_done (self);
}

/* What cannot be sent needs no hops. */
static gboolean
wants_hop (PingemTracer *self)
{
  const PingemTraceHop *host = self->path.hops->pdata[PINGEM_TRACE_HOST];

  return !pingem_trace_path_is_complete (&self->path) &&
         self->path.n_hop_targets < self->options->max_hops && host->send_errno == 0;
}

static gboolean
on_pace (gpointer user_data)
{
  PingemTracer *self = user_data;

  if (wants_hop (self))
    {
      add_target (self, pingem_trace_path_add_hop (&self->path));
      return G_SOURCE_CONTINUE;
    }
  if (!pingem_trace_path_is_complete (&self->path) &&
      !pingem_trace_path_is_settled (&self->path, 1) && !is_overdue (self))
    return G_SOURCE_CONTINUE;

  self->pace_id = 0;
  start_rounds (self);

  return G_SOURCE_REMOVE;
}

static void
draw (PingemTracer *self)
{
  PingemTraceReport report = get_report (self);
  g_autofree char *text = pingem_trace_report_progress (&report);

  pingem_page_draw (text);
  if (ferror (stdout))
    pingem_tracer_quit (self, PINGEM_EXIT_OK); /* nobody sees what is probed from now on */
}

static gboolean
on_second (gpointer user_data)
{
  PingemTracer *self = user_data;
  PingemTraceReport report = get_report (self);

  if (self->has_rounds && self->path.reached_ttl > 0)
    remove_hops (self, self->path.reached_ttl - 1);
  if (self->labels != NULL)
    pingem_trace_report_ask_labels (&report);
  if (self->has_page)
    draw (self);
  if (self->has_rounds && is_overdue (self))
    g_main_loop_quit (self->loop);

  return G_SOURCE_CONTINUE;
}

/* It would be drawn over what is told on the way. */
static gboolean
wants_page (PingemTracer *self)
{
  return !self->options->is_json && isatty (STDOUT_FILENO) &&
         !(self->options->is_verbose && isatty (STDERR_FILENO));
}

PingemTracer *
pingem_tracer_new (const PingemTraceOptions *options)
{
  PingemTracer *self = g_new0 (PingemTracer, 1);

  self->options = options;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->labels = options->is_numeric ? NULL : pingem_host_labels_new ();

  return self;
}

void
pingem_tracer_free (PingemTracer *self)
{
  g_clear_handle_id (&self->pace_id, g_source_remove);
  g_clear_handle_id (&self->second_id, g_source_remove);
  if (self->source != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->source, self);
      g_signal_handlers_disconnect_by_data (self->source, &self->shortfall);
    }
  g_clear_object (&self->source);
  pingem_trace_path_clear (&self->path);
  g_clear_pointer (&self->labels, pingem_host_labels_free);
  g_free (self->problem);
  g_main_loop_unref (self->loop);
  g_free (self);
}

void
pingem_tracer_start (PingemTracer *self, PingemSource *source, const PingemAddress *address)
{
  self->source = g_object_ref (source);
  g_signal_connect (source, "record", G_CALLBACK (on_record), self);
  g_signal_connect (source, "gone", G_CALLBACK (on_gone), self);
  pingem_shortfall_watch (&self->shortfall, source);

  pingem_trace_path_init (&self->path, address, self->options->spec.count);
  self->has_page = wants_page (self);
  if (self->has_page)
    pingem_page_begin ();

  self->pace_id = g_timeout_add (PACE_MS, on_pace, self);
  self->second_id = g_timeout_add_seconds (1, on_second, self);
  add_target (self, PINGEM_TRACE_HOST);
}

static gboolean
on_labels_overdue (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

static void
wait_for_labels (PingemTracer *self)
{
  PingemTraceReport report = get_report (self);
  gboolean is_label_overdue = FALSE;
  guint id;

  if (self->labels == NULL || self->is_stopped)
    return;

  pingem_trace_report_ask_labels (&report);
  id = g_timeout_add (LABEL_WAIT_MS, on_labels_overdue, &is_label_overdue);
  while (pingem_host_labels_is_busy (self->labels) && !self->is_stopped && !is_label_overdue)
    g_main_context_iteration (NULL, TRUE);
  if (!is_label_overdue)
    g_source_remove (id);
}

static void
print (PingemTracer *self)
{
  PingemTraceReport report = get_report (self);
  g_autofree char *text = self->options->is_json ? pingem_trace_report_json (&report)
                                                 : pingem_trace_report_text (&report);

  if (self->has_page)
    pingem_page_clear ();
  printf ("%s%s", text, self->options->is_json ? "\n" : "");
}

static void
judge (PingemTracer *self)
{
  const PingemTraceHop *host = self->path.hops->pdata[PINGEM_TRACE_HOST];
  PingemHopLoss loss = pingem_trace_hop_loss (host);

  if (loss.n == 0 || loss.lost > 0 || host->tally.unsent + host->tally.held > 0)
    self->exit_status = MAX (self->exit_status, PINGEM_EXIT_UNANSWERED);
  self->exit_status =
      MAX (self->exit_status, pingem_shortfall_complain (&self->shortfall, loss.lost));
}

int
pingem_tracer_run (PingemTracer *self)
{
  g_main_loop_run (self->loop);
  if (self->source == NULL)
    return MAX (self->exit_status, PINGEM_EXIT_UNANSWERED);

  g_clear_handle_id (&self->pace_id, g_source_remove);
  wait_for_labels (self);
  print (self);
  if (self->problem != NULL)
    pingem_complain ("%s", self->problem);
  judge (self);

  return self->exit_status;
}
