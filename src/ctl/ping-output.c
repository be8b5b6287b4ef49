/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/ping-output.h"

#include <stdio.h>
#include <stdio_ext.h>
#include <unistd.h>

#include "ctl/ping-report.h"

#define BUFFER_SIZE 65536
/* Of more hosts, the summary for people has those with trouble alone. */
#define MAX_FULL_SUMMARIES 20

/* Flushes standard output before the loop sleeps: never dispatched. */
typedef struct {
  GSource source;
} Flusher;

struct PingemPingOutput {
  const PingemPingOptions *options; /* (unowned) */
  PingemPingTargets *targets;       /* (unowned) */
  GString *text;                    /* (owned) the lines under way */
  GSource *flusher;                 /* (owned) (nullable) not on a terminal */
};

static gboolean
flusher_prepare (GSource *source, int *ret_timeout_ms)
{
  *ret_timeout_ms = -1;
  if (__fpending (stdout) > 0)
    fflush (stdout);

  return FALSE;
}

static GSourceFuncs flusher_funcs = {
  .prepare = flusher_prepare,
};

PingemPingOutput *
pingem_ping_output_new (const PingemPingOptions *options, PingemPingTargets *targets)
{
  PingemPingOutput *self = g_new0 (PingemPingOutput, 1);

  self->options = options;
  self->targets = targets;
  self->text = g_string_new (NULL);

  if (isatty (STDOUT_FILENO) == 0)
    {
      setvbuf (stdout, NULL, _IOFBF, BUFFER_SIZE);
      self->flusher = g_source_new (&flusher_funcs, sizeof (Flusher));
      /* After those that write. */
      g_source_set_priority (self->flusher, G_PRIORITY_LOW);
      g_source_attach (self->flusher, NULL);
    }

  return self;
}

void
pingem_ping_output_free (PingemPingOutput *self)
{
  if (self->flusher != NULL)
    {
      g_source_destroy (self->flusher);
      g_source_unref (self->flusher);
    }
  g_string_free (self->text, TRUE);
  g_free (self);
}

static void
put (PingemPingOutput *self, FILE *stream)
{
  fwrite (self->text->str, 1, self->text->len, stream);
  g_string_truncate (self->text, 0);
}

/* A record of @target that is to be told. */
static void
write_record (PingemPingOutput *self, const PingemPingTarget *target, const PingemRecord *record)
{
  PingemPingNames names;

  pingem_ping_targets_name (self->targets, target, &names);

  switch (self->options->format)
    {
    case PINGEM_FORMAT_TEXT:
      pingem_probe_text (self->text, &names, record, self->options->spec.timeout_ms,
                         self->options->is_verbose);
      break;
    case PINGEM_FORMAT_JSON:
      pingem_probe_json (self->text, &names, record);
      break;
    case PINGEM_FORMAT_LINES:
      pingem_probe_line (self->text, &names, record);
      break;
    case PINGEM_FORMAT_STATES:
      pingem_probe_states_line (self->text, &names, record);
      break;
    }

  put (self, stdout);
}

static gboolean
is_told (PingemFormat format, const PingemRecord *record, PingemNews news)
{
  gboolean is_answered = record->state == PINGEM_STATE_REPLY || record->state == PINGEM_STATE_LATE;

  switch (format)
    {
    case PINGEM_FORMAT_TEXT:
      return (news & PINGEM_NEWS_CHANGED) != 0 && record->state != PINGEM_STATE_IN_FLIGHT;
    case PINGEM_FORMAT_LINES:
      return (news & PINGEM_NEWS_CHANGED) != 0 && is_answered;
    case PINGEM_FORMAT_JSON:
    case PINGEM_FORMAT_STATES:
      return (news & PINGEM_NEWS_SETTLED) != 0;
    }

  return FALSE;
}

void
pingem_ping_output_record (PingemPingOutput *self,
                           const PingemPingTarget *target,
                           const PingemRecord *record,
                           PingemNews news)
{
  if (!self->options->is_quiet && is_told (self->options->format, record, news))
    write_record (self, target, record);
}

/* Of whom the rest is told. */
typedef struct {
  PingemPingOutput *output;
  const PingemPingTarget *target;
} Rest;

static void
write_rest (const PingemRecord *record, gpointer user_data)
{
  const Rest *rest = user_data;

  write_record (rest->output, rest->target, record);
}

void
pingem_ping_output_rest (PingemPingOutput *self, PingemPingTarget *target)
{
  PingemFormat format = self->options->format;
  Rest rest = { self, target };

  if (!self->options->is_quiet && (format == PINGEM_FORMAT_JSON || format == PINGEM_FORMAT_STATES))
    pingem_run_settle (&target->run, write_rest, &rest);
}

/* The next target from @id on, whose names are set; NULL: there is none. */
static const PingemPingTarget *
next_target (PingemPingOutput *self, guint32 *id, PingemPingNames *ret_names)
{
  for (; *id < pingem_ping_targets_end (self->targets); ++*id)
    {
      const PingemPingTarget *target = pingem_ping_targets_find (self->targets, *id);

      if (target != NULL)
        {
          ++*id;
          pingem_ping_targets_name (self->targets, target, ret_names);
          return target;
        }
    }

  return NULL;
}

static void
write_json_summary (PingemPingOutput *self)
{
  const PingemPingTarget *target;
  const char *separator = "{\"summary\":[";
  PingemPingNames names;
  guint32 id = 0;

  while ((target = next_target (self, &id, &names)) != NULL)
    {
      g_string_append (self->text, separator);
      pingem_summary_row_json (self->text, &names, &target->run);
      put (self, stdout);
      separator = ",";
    }

  g_string_append (self->text, *separator == ',' ? "]}\n" : "{\"summary\":[]}\n");
  put (self, stdout);
}

/* All targets' numbers in one. */
typedef struct {
  PingemPingSums sums;
  PingemRtts rtts;
  guint n;
  guint n_troubled;
} Total;

static void
add_to_total (Total *total, const PingemRun *run, const PingemPingSums *sums)
{
  total->n++;
  total->n_troubled += pingem_ping_sums_show_trouble (sums);
  total->sums.n_passed += sums->n_passed;
  pingem_tally_merge (&total->sums.tally, &sums->tally);
  pingem_bursts_merge (&total->sums.bursts, &sums->bursts);
  pingem_run_add_rtts (run, &total->rtts);
}

static void
write_text_summary (PingemPingOutput *self, FILE *stream, gboolean is_full)
{
  const PingemPingTarget *target;
  PingemPingNames names;
  Total total = { 0 };
  guint32 id = 0;

  while ((target = next_target (self, &id, &names)) != NULL)
    {
      const PingemPingSums sums = pingem_ping_sums (&target->run);

      if (is_full)
        pingem_summary_text (self->text, &names, &sums);
      else if (pingem_ping_sums_show_trouble (&sums))
        pingem_summary_row_text (self->text, &names, &sums);
      add_to_total (&total, &target->run, &sums);
      put (self, stream);
    }

  total.sums.rtt = pingem_rtts_summarize (&total.rtts);
  total.sums.rtt.jitter = -1; /* between hosts it has no meaning */
  pingem_rtts_clear (&total.rtts);
  if (total.n > MAX_FULL_SUMMARIES)
    pingem_summary_total_text (self->text, total.n, total.n_troubled, &total.sums);
  put (self, stream);
}

static gboolean
has_few_targets (PingemPingOutput *self)
{
  PingemPingNames names;
  guint32 id = 0;
  guint n = 0;

  while (n <= MAX_FULL_SUMMARIES && next_target (self, &id, &names) != NULL)
    n++;

  return n <= MAX_FULL_SUMMARIES;
}

static void
write_all_rest (PingemPingOutput *self)
{
  for (guint32 id = 0; id < pingem_ping_targets_end (self->targets); id++)
    {
      PingemPingTarget *target = pingem_ping_targets_find (self->targets, id);

      if (target != NULL)
        pingem_ping_output_rest (self, target);
    }
}

void
pingem_ping_output_summary (PingemPingOutput *self)
{
  write_all_rest (self);
  if (self->options->format == PINGEM_FORMAT_JSON)
    write_json_summary (self);
  if (self->options->format == PINGEM_FORMAT_TEXT)
    write_text_summary (self, stdout, self->options->is_verbose || has_few_targets (self));
}

void
pingem_ping_output_interim (PingemPingOutput *self)
{
  fflush (stdout);
  write_text_summary (self, stderr, has_few_targets (self));
}

gboolean
pingem_ping_output_has_failed (const PingemPingOutput *self)
{
  return ferror_unlocked (stdout) != 0;
}
