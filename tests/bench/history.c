/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the history costs: writes days of probes of some targets as a monitor does, in a transaction
 * every ten seconds, and then asks for strips of them. Prints "key value" pairs, a line per part.
 */

#include "config.h"

#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <glib/gstdio.h>

#include "monitor/history.h"

#define BEGIN_MS G_GINT64_CONSTANT (1789999200000)
#define S_PER_DAY 86400
#define N_COLUMNS 2000
#define N_REPEATS 5

static double
now_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* RTTs and send times as on an ordinary line, a little loss in bursts. */
static PingemRecord
make_record (guint target, guint64 seq, guint32 *noise)
{
  PingemRecord record = {
    .seq = seq,
    .due_ns = (gint64) seq * 1000000000,
    .target = target,
    .state = PINGEM_STATE_REPLY,
    .ttl = 57,
  };

  *noise = *noise * 1664525 + 1013904223;
  record.sent_ns = (BEGIN_MS + (gint64) seq * 1000) * 1000000 + (*noise >> 12) % 200000;
  record.rtt_ns = (gint64) (7e6 + 3e6 * target + (*noise >> 8) % 2000000 +
                            (*noise % 97 == 0 ? (*noise >> 4) % 40000000 : 0));
  if (seq % 5000 < 3 || *noise % 1009 == 0)
    {
      record.state = PINGEM_STATE_LOST;
      record.rtt_ns = -1;
      record.ttl = 0;
    }

  return record;
}

static void
flush (PingemHistory *history, gint64 time_ms)
{
  g_autoptr (GError) error = NULL;

  if (!pingem_history_flush (history, time_ms, &error))
    errx (1, "%s", error->message);
}

static guint64
file_size (const char *path)
{
  GStatBuf st;

  return g_stat (path, &st) == 0 ? st.st_size : 0;
}

static PingemHistory *
open_history (const char *path, gint64 time_ms)
{
  g_autoptr (GError) error = NULL;
  PingemHistory *history = pingem_history_open (path, PINGEM_HISTORY_DAYS,
                                                PINGEM_HISTORY_ROLLUP_DAYS, time_ms, NULL, &error);

  if (history == NULL)
    errx (1, "%s", error->message);

  return history;
}

static void
write_days (const char *path, guint n_days, guint n_targets)
{
  PingemHistory *history = open_history (path, BEGIN_MS);
  guint64 n_slots = (guint64) n_days * S_PER_DAY;
  double begin = now_ms ();
  guint32 noise = 1;

  for (guint64 seq = 0; seq < n_slots; seq++)
    {
      for (guint target = 0; target < n_targets; target++)
        {
          char key[] = { (char) ('a' + target), '\0' };
          PingemRecord record = make_record (target, seq, &noise);

          pingem_history_record (history, key, &record);
        }
      if (seq % 10 == 9)
        flush (history, BEGIN_MS + (gint64) seq * 1000);
    }
  flush (history, BEGIN_MS + (gint64) n_slots * 1000);

  printf ("probes %.0f transactions %.0f seconds %.3f ", (double) n_slots * n_targets,
          (double) n_slots / 10, (now_ms () - begin) / 1000);
  pingem_history_free (history);
  printf ("bytes %.0f\n", (double) file_size (path));
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
ask (PingemHistory *history, const char *name, gint64 end_ms, gint64 span_ms)
{
  static PingemColumn columns[N_COLUMNS];
  double times[N_REPEATS];
  guint64 n = 0;

  for (guint i = 0; i < N_REPEATS; i++)
    {
      g_autoptr (GError) error = NULL;
      double begin = now_ms ();

      if (!pingem_history_columns (history, "a", end_ms - span_ms, end_ms, N_COLUMNS, columns,
                                   &error))
        errx (1, "%s", error->message);
      times[i] = now_ms () - begin;
    }

  for (guint i = 0; i < N_COLUMNS; i++)
    n += pingem_column_due (&columns[i]);
  qsort (times, N_REPEATS, sizeof *times, compare);
  printf ("range %s probes %.0f median_ms %.3f max_ms %.3f\n", name, (double) n,
          times[N_REPEATS / 2], times[N_REPEATS - 1]);
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *name;
    double hours;
  } ranges[] = { { "5min", 1.0 / 12 }, { "1h", 1 },     { "6h", 6 },
                 { "1d", 24 },         { "33h", 33.3 }, { "34h", 34 },
                 { "7d", 168 },        { "30d", 720 },  { "90d", 2160 } };
  guint n_days = argc > 2 ? (guint) strtoul (argv[2], NULL, 10) : 0;
  guint n_targets = argc > 3 ? (guint) strtoul (argv[3], NULL, 10) : 0;
  gint64 end_ms = BEGIN_MS + (gint64) n_days * S_PER_DAY * 1000;
  double begin;
  PingemHistory *history;

  if (argc != 4 || n_days < 1 || n_days > 30 || n_targets < 1 || n_targets > 26)
    {
      fputs ("usage: bench-history NEW_FILE DAYS TARGETS, 1 to 30 and 1 to 26\n", stderr);
      return 2;
    }

  write_days (argv[1], n_days, n_targets);
  begin = now_ms ();
  history = open_history (argv[1], end_ms);
  printf ("open_ms %.1f\n", now_ms () - begin);
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    ask (history, ranges[i].name, end_ms, (gint64) (ranges[i].hours * 3600000));
  pingem_history_free (history);

  return 0;
}
