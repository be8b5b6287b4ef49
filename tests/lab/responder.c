/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * lab-responder DEVICE SCRIPT LOG: makes the TUN device DEVICE, answers the echo
 * requests that come to it as SCRIPT says (responder-script.h), and notes each
 * request and answer in LOG (LabEntry). Says "ready" once the device is there. Ends
 * with SIGTERM, its parent or its time, and says what it did; the device stays, so
 * that a capture can end after it.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "lab/responder-queue.h"
#include "lab/responder-script.h"

#define NS_PER_S INT64_C (1000000000)
/* Then the answers that are due have their turn. */
#define MAX_READS 64
#define N_REMEMBERED 4096

/* The newest request of an address, which a replay may need. */
typedef struct {
  size_t n_packet;
  uint8_t packet[256];
} Remembered;

typedef struct {
  int fd;
  FILE *log;
  LabScript script;
  LabQueue queue;
  Remembered remembered[N_REMEMBERED]; /* by the last bits of the address */
  uint32_t n_requests;
  uint64_t n_answers;
  uint64_t n_failed;
  uint64_t n_others; /* packets that were no echo request */
  bool is_broken;
} Responder;

static volatile sig_atomic_t is_over;

static void
on_signal (int number)
{
  is_over = 1;
}

static int64_t
read_clock (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static bool
write_packet (const Responder *responder, const LabPending *pending)
{
  uint8_t fragment[LAB_MAX_PACKET + 64];
  size_t offset = 0;

  if (pending->n_fragment == 0)
    return write (responder->fd, pending->packet, pending->n_packet) == (ssize_t) pending->n_packet;

  do
    {
      size_t n = lab_fragment_build (pending->packet, pending->n_packet, pending->n_fragment,
                                     offset, fragment, &offset);

      if (!(offset == 0 && pending->is_short) && write (responder->fd, fragment, n) != (ssize_t) n)
        return false;
    }
  while (offset != 0);

  return true;
}

static void
write_due (Responder *responder, int64_t now_ns)
{
  const LabPending *next;

  while ((next = lab_queue_peek (&responder->queue)) != NULL && next->due_ns <= now_ns)
    {
      LabPending *pending = lab_queue_pop (&responder->queue);
      bool is_written = write_packet (responder, pending);

      pending->entry.event = is_written ? LAB_ANSWER : LAB_FAILED;
      responder->n_answers += is_written;
      responder->n_failed += !is_written;
      responder->is_broken |= !lab_entry_write (&pending->entry, responder->log);
      free (pending);
    }
}

static Remembered *
find_remembered (Responder *responder, const LabRequest *request)
{
  const uint8_t *end = request->destination + (request->family == 6 ? 14 : 2);

  return &responder->remembered[(end[0] << 8 | end[1]) % N_REMEMBERED];
}

/* What is answered in place of @request; false where there is no earlier one. */
static bool
find_earlier (Responder *responder, const LabRequest *request, LabRequest *ret_earlier)
{
  const Remembered *r = find_remembered (responder, request);

  return r->n_packet > 0 && lab_request_parse (r->packet, r->n_packet, ret_earlier) &&
         memcmp (ret_earlier->destination, request->destination, 16) == 0;
}

static void
remember (Responder *responder, const LabRequest *request)
{
  Remembered *r = find_remembered (responder, request);

  if (request->n_packet > sizeof r->packet)
    return;

  memcpy (r->packet, request->packet, request->n_packet);
  r->n_packet = request->n_packet;
}

static uint64_t
random_bits (Responder *responder)
{
  return lab_script_random (&responder->script) * (double) UINT64_MAX;
}

static void
push (Responder *responder, const LabRequest *request, const LabAction *action, LabEntry entry)
{
  static uint8_t packet[LAB_MAX_PACKET + 64];
  size_t n_packet = lab_answer_build (request, action, random_bits (responder), packet);
  LabPending *pending = malloc (sizeof *pending + n_packet);
  double range_ms = action->after_ms[1] - action->after_ms[0];
  double after_ms = action->after_ms[0] + range_ms * lab_script_random (&responder->script);

  if (pending == NULL)
    {
      responder->is_broken = true;
      return;
    }

  entry.number = lab_request_number (request);
  *pending = (LabPending){
    .due_ns = read_clock () + (int64_t) (after_ms * 1e6),
    .entry = entry,
    .n_fragment = action->n_fragment,
    .is_short = action->is_short,
    .n_packet = n_packet,
  };
  memcpy (pending->packet, packet, n_packet);
  if (!lab_queue_push (&responder->queue, pending))
    {
      free (pending);
      responder->is_broken = true;
    }
}

static void
answer (Responder *responder,
        const LabRequest *request,
        const LabAction *action,
        const LabEntry *entry)
{
  LabRequest earlier;

  if (action->kind == LAB_LOSE)
    return;
  if (action->kind == LAB_REPLAY)
    {
      if (!find_earlier (responder, request, &earlier))
        return;
      request = &earlier;
    }

  for (uint32_t i = 0; i < action->times; i++)
    push (responder, request, action, *entry);
}

static void
take_packet (Responder *responder, const uint8_t *packet, size_t n_packet)
{
  LabRequest request;
  LabRule *rule;
  LabEntry entry;

  if (!lab_request_parse (packet, n_packet, &request))
    {
      responder->n_others++;
      return;
    }

  rule = lab_script_find (&responder->script, &request);
  entry = lab_entry_make (&request, responder->n_requests, rule != NULL ? rule->line : 0);
  responder->is_broken |= !lab_entry_write (&entry, responder->log);
  responder->n_requests++;
  for (size_t i = 0; rule != NULL && i < rule->n_actions; i++)
    {
      entry.action = i;
      answer (responder, &request, &rule->actions[i], &entry);
    }
  remember (responder, &request);
}

static void
read_packets (Responder *responder)
{
  static uint8_t packet[LAB_MAX_PACKET];

  for (int i = 0; i < MAX_READS; i++)
    {
      ssize_t n = read (responder->fd, packet, sizeof packet);

      /* EIO: the device is down */
      if (n <= 0)
        return;
      take_packet (responder, packet, n);
    }
}

static void
wait_until (const Responder *responder, int64_t end_ns, const sigset_t *signals)
{
  const LabPending *next = lab_queue_peek (&responder->queue);
  int64_t until_ns = next != NULL && next->due_ns < end_ns ? next->due_ns : end_ns;
  int64_t wait_ns = until_ns - read_clock ();
  struct pollfd pollfd = { .fd = responder->fd, .events = POLLIN };
  struct timespec timeout = { 0 };

  if (wait_ns > 0)
    timeout = (struct timespec){ .tv_sec = wait_ns / NS_PER_S, .tv_nsec = wait_ns % NS_PER_S };
  ppoll (&pollfd, 1, &timeout, signals);
}

static void
run (Responder *responder, const sigset_t *signals)
{
  int64_t now_ns = read_clock ();
  int64_t end_ns = now_ns + (int64_t) (responder->script.end_s * 1e9);

  while (!is_over && !responder->is_broken && now_ns < end_ns)
    {
      wait_until (responder, end_ns, signals);
      read_packets (responder);
      now_ns = read_clock ();
      write_due (responder, now_ns);
    }
}

static bool
open_device (const char *name, int *ret_fd)
{
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
  int fd = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

  strncpy (request.ifr_name, name, IFNAMSIZ - 1);
  if (fd < 0 || ioctl (fd, TUNSETIFF, &request) < 0 || ioctl (fd, TUNSETPERSIST, 1) < 0)
    {
      fprintf (stderr, "/dev/net/tun: %s\n", strerror (errno));
      return false;
    }

  *ret_fd = fd;

  return true;
}

/* Signals arrive only while it waits. */
static void
catch_signals (sigset_t *ret_signals)
{
  struct sigaction action = { .sa_handler = on_signal };
  sigset_t blocked;

  sigemptyset (&blocked);
  sigaddset (&blocked, SIGTERM);
  sigaddset (&blocked, SIGINT);
  sigprocmask (SIG_BLOCK, &blocked, ret_signals);
  sigdelset (ret_signals, SIGTERM);
  sigdelset (ret_signals, SIGINT);
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGINT, &action, NULL);
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static bool
set_up (Responder *responder, char **argv)
{
  char error[256];

  if (!lab_script_load (&responder->script, argv[2], error))
    {
      fprintf (stderr, "%s\n", error);
      return false;
    }

  responder->log = fopen (argv[3], "we");
  if (responder->log == NULL)
    {
      fprintf (stderr, "%s: %s\n", argv[3], strerror (errno));
      return false;
    }

  setvbuf (responder->log, NULL, _IOFBF, 1 << 20);

  return open_device (argv[1], &responder->fd);
}

int
main (int argc, char **argv)
{
  static Responder responder;
  sigset_t signals;

  if (argc != 4)
    {
      fprintf (stderr, "usage: lab-responder DEVICE SCRIPT LOG\n");
      return 2;
    }

  catch_signals (&signals);
  if (!set_up (&responder, argv))
    return 1;

  puts ("ready");
  fflush (stdout);
  run (&responder, &signals);
  if (fclose (responder.log) != 0 || responder.is_broken)
    {
      fprintf (stderr, "out of memory, or the log cannot be written\n");
      return 1;
    }

  printf ("requests %u answers %llu failed %llu others %llu\n", responder.n_requests,
          (unsigned long long) responder.n_answers, (unsigned long long) responder.n_failed,
          (unsigned long long) responder.n_others);

  return 0;
}
