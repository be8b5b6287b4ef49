/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How late this machine wakes a program that does nothing else: one ppoll() per tick of an absolute
 * grid. */

#include <err.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define NS_PER_S INT64_C (1000000000)
#define TICK_NS INT64_C (1000000)

static int64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);

  return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int
compare (const void *a, const void *b)
{
  int64_t x = *(const int64_t *) a;
  int64_t y = *(const int64_t *) b;

  return (x > y) - (x < y);
}

/* How much later than @due_ns it was when this returned. */
static int64_t
wait_until (int64_t due_ns)
{
  int64_t left_ns;

  while ((left_ns = due_ns - now_ns ()) > 0)
    {
      struct timespec timeout = { .tv_sec = left_ns / NS_PER_S, .tv_nsec = left_ns % NS_PER_S };

      ppoll (NULL, 0, &timeout, NULL);
    }

  return -left_ns;
}

static double
cpu_s (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int
main (int argc, char *argv[])
{
  long seconds = argc == 2 ? strtol (argv[1], NULL, 10) : 0;
  size_t n_ticks = (size_t) seconds * 1000;
  int64_t start_ns = now_ns ();
  int64_t *late_ns;

  if (seconds < 1 || seconds > 3600)
    errx (2, "usage: idle-loop SECONDS (1 to 3600); prints \"key value\" pairs in one line");

  late_ns = calloc (n_ticks, sizeof *late_ns);
  if (late_ns == NULL)
    err (3, "%zu ticks", n_ticks);
  for (size_t i = 0; i < n_ticks; i++)
    late_ns[i] = wait_until (start_ns + (int64_t) (i + 1) * TICK_NS);
  qsort (late_ns, n_ticks, sizeof *late_ns, compare);
  printf ("ticks %zu cpu_s %.6f late_p50_us %.3f late_p99_us %.3f late_max_us %.3f\n", n_ticks,
          cpu_s (), (double) late_ns[n_ticks / 2] / 1e3, (double) late_ns[n_ticks * 99 / 100] / 1e3,
          (double) late_ns[n_ticks - 1] / 1e3);
  free (late_ns);

  return 0;
}
