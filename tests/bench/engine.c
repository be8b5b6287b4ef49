/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the engine itself costs and reaches: engine.h and poll, nothing else. */

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "engine/engine.h"

#define NS_PER_S INT64_C (1000000000)
#define N_MEMORY_SAMPLES 16
/* RTTs by octave of nanoseconds, each in this many parts: they are told to 0.4 %. */
#define N_PARTS 256
#define PART_BITS 8

typedef struct {
  PingemTargetSpec spec; /* of the first address */
  uint32_t n_addresses;
  uint32_t spread_ms;
  PingemSocketKind kind;
  bool is_batch;
  bool is_busy;
  bool prints;
} Options;

typedef struct {
  const Options *options;
  uint64_t n_slots;
  uint64_t n_ended; /* answered, timed out or never sent */
  uint64_t n_sent, n_replies, n_late, n_lost, n_unsent, n_held, n_errors, n_duplicates;
  uint64_t n_polls, n_runs;
  uint64_t n_sent_at_sample;
  long anonymous_kb;
  int64_t min_ns, max_ns;
  uint32_t rtts[64 * N_PARTS];
} Bench;

static const char help[] =
    "usage: bench-engine [OPTION]... FIRST_ADDRESS[/HOW_MANY]\n"
    "  --count N      probes to each address (1)\n"
    "  --interval MS  between them; 0: as fast as the limits allow (1000)\n"
    "  --spread MS    the addresses begin one after another over so long (0)\n"
    "  --timeout MS   (1000)\n"
    "  --hold MS      (0)\n"
    "  --size BYTES   of the payload (56)\n"
    "  --kind raw|datagram\n"
    "  --batch        replies wait in the socket for the next due probe\n"
    "  --no-wait      runs the engine without a pause instead of polling\n"
    "  --print        a line per reply before the totals: rtt TARGET SEQ "
    "DUE_NS SENT_NS RTT_NS FLAGS\n"
    "\n"
    "Prints \"key value\" pairs in one line. Times are in microseconds "
    "where the key ends in _us.\n";

static void
fail_usage (void)
{
  fputs (help, stderr);
  exit (2);
}

static uint32_t
parse_number (const char *text)
{
  char *end;
  unsigned long n = strtoul (text, &end, 10);

  if (*text < '0' || *text > '9' || *end != '\0' || n > UINT32_MAX)
    errx (2, "'%s' is no number", text);

  return n;
}

static void
parse_addresses (char *text, Options *options)
{
  char *slash = strchr (text, '/');

  options->n_addresses = slash != NULL ? parse_number (slash + 1) : 1;
  if (slash != NULL)
    *slash = '\0';
  if (!pingem_address_parse (text, &options->spec.address))
    errx (2, "'%s' is no address", text);
}

enum {
  COUNT = 1,
  INTERVAL,
  SPREAD,
  TIMEOUT,
  HOLD,
  SIZE,
  KIND,
  BATCH,
  NO_WAIT,
  PRINT
};

static void
take_option (Options *options, int option)
{
  switch (option)
    {
    case COUNT:
      options->spec.count = parse_number (optarg);
      break;
    case INTERVAL:
      options->spec.interval_ms = parse_number (optarg);
      break;
    case SPREAD:
      options->spread_ms = parse_number (optarg);
      break;
    case TIMEOUT:
      options->spec.timeout_ms = parse_number (optarg);
      break;
    case HOLD:
      options->spec.hold_ms = parse_number (optarg);
      break;
    case SIZE:
      options->spec.size = parse_number (optarg);
      break;
    case KIND:
      options->kind = strcmp (optarg, "datagram") == 0 ? PINGEM_SOCKET_DATAGRAM : PINGEM_SOCKET_RAW;
      break;
    case BATCH:
      options->is_batch = true;
      break;
    case NO_WAIT:
      options->is_busy = true;
      break;
    case PRINT:
      options->prints = true;
      break;
    default:
      fail_usage ();
    }
}

static Options
parse (int argc, char *argv[])
{
  static const struct option table[] = {
    { "count", required_argument, NULL, COUNT },
    { "interval", required_argument, NULL, INTERVAL },
    { "spread", required_argument, NULL, SPREAD },
    { "timeout", required_argument, NULL, TIMEOUT },
    { "hold", required_argument, NULL, HOLD },
    { "size", required_argument, NULL, SIZE },
    { "kind", required_argument, NULL, KIND },
    { "batch", no_argument, NULL, BATCH },
    { "no-wait", no_argument, NULL, NO_WAIT },
    { "print", no_argument, NULL, PRINT },
    { 0 },
  };
  Options options = {
    .spec = { .count = 1, .interval_ms = 1000, .timeout_ms = 1000, .size = PINGEM_DEFAULT_SIZE },
  };
  int option;

  while ((option = getopt_long (argc, argv, "", table, NULL)) != -1)
    take_option (&options, option);
  if (optind != argc - 1)
    fail_usage ();
  parse_addresses (argv[optind], &options);

  return options;
}

static void
next_address (PingemAddress *address)
{
  size_t i = pingem_address_n_bytes (address);

  while (i > 0 && ++address->bytes[--i] == 0)
    continue;
}

static void
sample_memory (Bench *bench)
{
  FILE *file = fopen ("/proc/self/smaps_rollup", "re");
  char line[256];
  long kb;

  while (file != NULL && fgets (line, sizeof line, file) != NULL)
    if (sscanf (line, "Anonymous: %ld", &kb) == 1 && kb > bench->anonymous_kb)
      bench->anonymous_kb = kb;

  if (file != NULL)
    fclose (file);
  bench->n_sent_at_sample = bench->n_sent;
}

/* Shifted so far that PART_BITS + 1 bits are left, the first of which is always set. */
static size_t
part_of (int64_t rtt_ns)
{
  uint64_t x = (uint64_t) rtt_ns | N_PARTS;
  int shift = 63 - PART_BITS - __builtin_clzll (x);

  return (size_t) shift * N_PARTS + ((x >> shift) - N_PARTS);
}

static double
part_us (size_t part)
{
  return (double) ((part % N_PARTS + N_PARTS) << part / N_PARTS) / 1000;
}

/* -1: there were no replies. */
static double
percentile_us (const Bench *bench, unsigned percent)
{
  uint64_t n = (bench->n_replies * percent + 99) / 100;
  size_t part = 0;

  if (bench->n_replies == 0)
    return -1;

  for (; bench->rtts[part] < n; part++)
    n -= bench->rtts[part];

  return part_us (part);
}

static void
count_reply (Bench *bench, const PingemRecord *record)
{
  bench->n_replies++;
  bench->rtts[part_of (record->rtt_ns)]++;
  if (bench->min_ns < 0 || record->rtt_ns < bench->min_ns)
    bench->min_ns = record->rtt_ns;
  if (record->rtt_ns > bench->max_ns)
    bench->max_ns = record->rtt_ns;

  if (bench->options->prints)
    printf ("rtt %u %lu %ld %ld %ld %u\n", record->target, (unsigned long) record->seq,
            (long) record->due_ns, (long) record->sent_ns, (long) record->rtt_ns, record->flags);
}

/* Each slot once, at its first record of a kind: one that only says "final" repeats. */
static void
on_record (const PingemRecord *record, void *data)
{
  Bench *bench = data;
  bool is_final = (record->flags & PINGEM_RECORD_FINAL) != 0;

  if (record->state == PINGEM_STATE_IN_FLIGHT)
    {
      bench->n_sent++;
      return;
    }
  if (record->state == PINGEM_STATE_ERROR && (record->flags & PINGEM_RECORD_TIMED_OUT) != 0)
    return;
  if (is_final && record->state != PINGEM_STATE_UNSENT &&
      (record->state != PINGEM_STATE_LOST || bench->options->spec.hold_ms > 0))
    return;
  if (record->duplicates > 0)
    {
      bench->n_duplicates++;
      return;
    }

  bench->n_ended += record->state != PINGEM_STATE_LATE;
  if (record->state == PINGEM_STATE_REPLY)
    count_reply (bench, record);
  else if (record->state == PINGEM_STATE_UNSENT)
    *(record->error == EAGAIN ? &bench->n_held : &bench->n_unsent) += 1;
  else
    *(record->state == PINGEM_STATE_LOST   ? &bench->n_lost
      : record->state == PINGEM_STATE_LATE ? &bench->n_late
                                           : &bench->n_errors) += 1;
}

static void
wait_until (Bench *bench, const PingemEngine *engine, int64_t end_ns)
{
  struct pollfd fd = { .fd = pingem_engine_fd (engine), .events = POLLIN };
  int64_t left = end_ns - pingem_clock_kernel (NULL).boot_ns;
  int64_t wait = left < 0 ? 0 : left < NS_PER_S ? left : NS_PER_S;
  struct timespec timeout = { .tv_sec = wait / NS_PER_S, .tv_nsec = wait % NS_PER_S };

  bench->n_polls++;
  ppoll (&fd, 1, &timeout, NULL);
}

/* Until @end_ns at the latest. */
static void
step (Bench *bench, PingemEngine *engine, int64_t end_ns)
{
  int64_t deadline_ns = pingem_engine_deadline (engine);

  if (!bench->options->is_busy)
    wait_until (bench, engine, deadline_ns < end_ns ? deadline_ns : end_ns);
  pingem_engine_run (engine);
  bench->n_runs++;
  if (bench->n_sent >= bench->n_sent_at_sample + bench->n_slots / N_MEMORY_SAMPLES + 1)
    sample_memory (bench);
}

static void
run (Bench *bench, PingemEngine *engine)
{
  while (bench->n_ended < bench->n_slots && pingem_engine_deadline (engine) != INT64_MAX)
    step (bench, engine, INT64_MAX);
}

static void
add_targets (Bench *bench, PingemEngine *engine)
{
  const Options *options = bench->options;
  PingemTargetSpec spec = options->spec;
  int64_t start_ns = pingem_clock_kernel (NULL).boot_ns;

  for (; spec.id < options->n_addresses; spec.id++)
    {
      int64_t begin_ns =
          start_ns + INT64_C (1000000) * options->spread_ms * spec.id / options->n_addresses;
      int r;

      while (pingem_clock_kernel (NULL).boot_ns < begin_ns)
        step (bench, engine, begin_ns);
      r = pingem_engine_add (engine, &spec);
      if (r < 0)
        errx (2, "target %u was refused: %s", spec.id, strerror (-r));
      next_address (&spec.address);
    }
}

static double
cpu_s (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double
to_us (int64_t ns)
{
  return ns < 0 ? -1 : (double) ns / 1000;
}

static void
print (const Bench *bench, const PingemEngine *engine, double seconds, double cpu)
{
  printf ("sent %lu replies %lu late %lu lost %lu unsent %lu held %lu errors %lu duplicates %lu "
          "overflows %lu ",
          (unsigned long) bench->n_sent, (unsigned long) bench->n_replies,
          (unsigned long) bench->n_late, (unsigned long) (bench->n_lost - bench->n_late),
          (unsigned long) bench->n_unsent, (unsigned long) bench->n_held,
          (unsigned long) bench->n_errors, (unsigned long) bench->n_duplicates,
          (unsigned long) pingem_engine_overflows (engine));
  printf ("seconds %.6f cpu_s %.6f polls %lu runs %lu anonymous_kb %ld ", seconds, cpu,
          (unsigned long) bench->n_polls, (unsigned long) bench->n_runs, bench->anonymous_kb);
  printf ("rtt_min_us %.3f rtt_p50_us %.3f rtt_p99_us %.3f rtt_max_us %.3f\n",
          to_us (bench->min_ns), percentile_us (bench, 50), percentile_us (bench, 99),
          to_us (bench->max_ns));
}

int
main (int argc, char *argv[])
{
  Options options = parse (argc, argv);
  static Bench bench;
  PingemEngine *engine;
  int64_t start_ns = pingem_clock_kernel (NULL).mono_ns;
  int r = pingem_engine_new (options.kind, pingem_clock_kernel, NULL, on_record, &bench, &engine);

  if (r < 0)
    errx (3, "no socket: %s", strerror (-r));

  bench.options = &options;
  bench.n_slots = (uint64_t) options.n_addresses * options.spec.count;
  bench.min_ns = bench.max_ns = -1;
  pingem_engine_set_batch (engine, options.is_batch);
  add_targets (&bench, engine);
  run (&bench, engine);
  sample_memory (&bench);
  print (&bench, engine, (double) (pingem_clock_kernel (NULL).mono_ns - start_ns) / 1e9, cpu_s ());
  pingem_engine_free (engine);

  return 0;
}
