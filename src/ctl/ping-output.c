/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/ping-output.h"

#include <stdio.h>

#include "ctl/ping-report.h"

static void
print (char *line)
{
  if (line != NULL)
    puts (line);

  g_free (line);
}

static void
print_json (const PingemRecord *record, gpointer target)
{
  print (pingem_probe_json (target, record));
}

static void
print_states (const PingemRecord *record, gpointer target)
{
  print (pingem_probe_states_line (target, record));
}

static void
output_change (const PingemPingOptions *options,
               PingemPingTarget *target,
               const PingemRecord *record)
{
  gboolean is_answered = record->state == PINGEM_STATE_REPLY || record->state == PINGEM_STATE_LATE;

  if (options->format == PINGEM_FORMAT_TEXT)
    print (pingem_probe_text (target, record));
  if (options->format == PINGEM_FORMAT_LINES && is_answered)
    print (pingem_probe_line (target, record));
}

static void
output_settled (const PingemPingOptions *options,
                PingemPingTarget *target,
                const PingemRecord *record)
{
  if (options->format == PINGEM_FORMAT_JSON)
    print_json (record, target);
  if (options->format == PINGEM_FORMAT_STATES)
    print_states (record, target);
}

void
pingem_ping_output_record (const PingemPingOptions *options,
                           PingemPingTarget *target,
                           const PingemRecord *record,
                           PingemNews news)
{
  if (options->is_quiet)
    return;

  if ((news & PINGEM_NEWS_CHANGED) != 0)
    output_change (options, target, record);
  if ((news & PINGEM_NEWS_SETTLED) != 0)
    output_settled (options, target, record);
}

void
pingem_ping_output_rest (const PingemPingOptions *options, PingemPingTarget *target)
{
  if (options->is_quiet)
    return;

  if (options->format == PINGEM_FORMAT_JSON)
    pingem_run_settle (&target->run, print_json, target);
  if (options->format == PINGEM_FORMAT_STATES)
    pingem_run_settle (&target->run, print_states, target);
}

void
pingem_ping_output_summary (const PingemPingOptions *options, GPtrArray *targets)
{
  if (options->format == PINGEM_FORMAT_JSON)
    print (pingem_summary_json (targets));
  if (options->format != PINGEM_FORMAT_TEXT)
    return;

  for (guint i = 0; i < targets->len; i++)
    {
      g_autofree char *text = pingem_summary_text (targets->pdata[i]);

      fputs (text, stdout);
    }
}
