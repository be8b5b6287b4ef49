/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How many records a second the helper's channel carries from one process to another. */

#include "config.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/outlet.h"
#include "source/channel-reader.h"

#define BACKLOG 4096

typedef struct {
  guint64 n_records;
  guint64 per_run;
  guint64 rate; /* a second; 0: without a pause */
} Options;

typedef struct {
  guint64 n_read;
  guint64 n_dropped;
  gboolean is_gone;
} Reader;

static double
get_cpu_us (int who)
{
  struct rusage usage;

  getrusage (who, &usage);

  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

static void
on_record (const PingemRecord *record, gpointer user_data)
{
  ((Reader *) user_data)->n_read++;
}

static void
on_dropped (guint64 n, gpointer user_data)
{
  ((Reader *) user_data)->n_dropped += n;
}

static void
on_gone (const GError *error, gpointer user_data)
{
  ((Reader *) user_data)->is_gone = TRUE;
}

static void
read_all (int fd, const Options *options)
{
  static const PingemChannelFuncs funcs = { .record = on_record,
                                            .dropped = on_dropped,
                                            .gone = on_gone };
  Reader state = { 0 };
  PingemChannelReader *reader = pingem_channel_reader_new (fd, &funcs, &state);
  gint64 start_us = g_get_monotonic_time ();
  double seconds;

  while (state.n_read + state.n_dropped < options->n_records && !state.is_gone)
    g_main_context_iteration (NULL, TRUE);

  seconds = (g_get_monotonic_time () - start_us) / 1e6;
  printf ("read %" G_GUINT64_FORMAT " dropped %" G_GUINT64_FORMAT
          " read_per_s %.0f reader_cpu_us %.3f",
          state.n_read, state.n_dropped, state.n_read / seconds,
          get_cpu_us (RUSAGE_SELF) / MAX (state.n_read, 1));
  pingem_channel_reader_free (reader);
}

static void
on_closed (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
wait_until_due (gint64 start_us, const Options *options, guint64 seq)
{
  gint64 due_us = start_us + (options->rate > 0 ? seq * G_USEC_PER_SEC / options->rate : 0);
  gint64 wait_us = due_us - g_get_monotonic_time ();

  if (wait_us > 0)
    g_usleep (wait_us);
}

/* As an engine tells them: some in each run, then the loop has its turn. */
static void
tell_all (PingemOutlet *outlet, const Options *options, const gboolean *is_closed)
{
  gint64 start_us = g_get_monotonic_time ();

  for (guint64 seq = 0; seq < options->n_records && !*is_closed;)
    {
      wait_until_due (start_us, options, seq);
      for (guint64 i = 0; i < options->per_run && seq < options->n_records; i++)
        pingem_outlet_send (outlet, &(PingemRecord){ .seq = seq++ });
      g_main_context_iteration (NULL, FALSE);
    }

  while (!*is_closed)
    g_main_context_iteration (NULL, TRUE);
}

static Options
read_options (int argc, char *argv[])
{
  Options options = { 2000000, 64, 0 };
  guint64 *const numbers[] = { &options.n_records, &options.per_run, &options.rate };

  for (int i = 1; i < argc; i++)
    if (i > (int) G_N_ELEMENTS (numbers) ||
        !g_ascii_string_to_unsigned (argv[i], 10, i < 3 ? 1 : 0, G_MAXUINT32, numbers[i - 1], NULL))
      errx (2, "usage: bench-channel [RECORDS [RECORDS_PER_RUN [RECORDS_PER_SECOND]]]");

  return options;
}

int
main (int argc, char *argv[])
{
  const Options options = read_options (argc, argv);
  gboolean is_closed = FALSE;
  PingemOutlet *outlet;
  pid_t reader;
  int client_fd;

  outlet = pingem_outlet_new (BACKLOG, on_closed, &is_closed, &client_fd, NULL);
  if (outlet == NULL || (reader = fork ()) < 0)
    err (1, "no channel or no process to read it");
  if (reader == 0)
    {
      pingem_outlet_free (outlet);
      read_all (client_fd, &options);
      fflush (stdout);
      _exit (0);
    }

  close (client_fd);
  tell_all (outlet, &options, &is_closed);
  pingem_outlet_free (outlet);
  waitpid (reader, NULL, 0);
  printf (" teller_cpu_us %.3f\n", get_cpu_us (RUSAGE_SELF) / options.n_records);

  return 0;
}
