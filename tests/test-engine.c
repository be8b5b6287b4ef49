/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "engine/engine.h"

#define DEADLINE_NS (20 * G_GINT64_CONSTANT (1000000000))

/* Why these tests cannot run here; NULL: they can. They have a network namespace of their own. */
static const char *no_namespace;

typedef struct {
  PingemEngine *engine;
  GArray *records;
  PingemTime offset; /* added to the kernel's clocks */
} Fixture;

static PingemTime
read_shifted_clock (void *data)
{
  Fixture *f = data;
  PingemTime now = pingem_clock_kernel (NULL);

  now.mono_ns += f->offset.mono_ns;
  now.boot_ns += f->offset.boot_ns;
  now.real_ns += f->offset.real_ns;

  return now;
}

/* CLOCK_REALTIME stays: the kernel's stamps are made by it. */
static void
jump (Fixture *f, gint64 ms)
{
  f->offset.mono_ns += ms * 1000000;
  f->offset.boot_ns += ms * 1000000;
}

static void
on_record (const PingemRecord *record, void *data)
{
  g_array_append_val (((Fixture *) data)->records, *record);
}

static const PingemRecord *
record_at (Fixture *f, guint i)
{
  return &g_array_index (f->records, PingemRecord, i);
}

static void
set_sysctl (const char *path, const char *value)
{
  int fd = g_open (path, O_WRONLY | O_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, value, strlen (value)), ==, strlen (value));
  close (fd);
}

static void
set_up (Fixture *f, gconstpointer kind)
{
  f->records = g_array_new (FALSE, FALSE, sizeof (PingemRecord));

  if (no_namespace == NULL)
    g_assert_cmpint (
        pingem_engine_new (GPOINTER_TO_INT (kind), read_shifted_clock, f, on_record, f, &f->engine),
        ==, 0);
}

static void
tear_down (Fixture *f, gconstpointer kind)
{
  pingem_engine_free (f->engine);
  g_array_unref (f->records);
}

/* As any caller does: until @n_records came. */
static void
run_until (Fixture *f, guint n_records)
{
  gint64 give_up_ns = pingem_clock_kernel (NULL).mono_ns + DEADLINE_NS;

  while (f->records->len < n_records)
    {
      struct pollfd fd = { .fd = pingem_engine_fd (f->engine), .events = POLLIN };
      gint64 wait_ns = pingem_engine_deadline (f->engine) - read_shifted_clock (f).boot_ns;
      struct timespec wait = { 0 };

      g_assert_cmpint (pingem_clock_kernel (NULL).mono_ns, <, give_up_ns);
      wait_ns = CLAMP (wait_ns, 0, DEADLINE_NS);
      wait.tv_sec = wait_ns / 1000000000;
      wait.tv_nsec = wait_ns % 1000000000;
      ppoll (&fd, 1, &wait, NULL);
      pingem_engine_run (f->engine);
    }
}

static PingemTargetSpec
make_spec (const char *address)
{
  PingemTargetSpec spec = {
    .id = 7, .interval_ms = 1000, .timeout_ms = 2000, .size = PINGEM_DEFAULT_SIZE, .count = 3
  };

  g_assert_true (pingem_address_parse (address, &spec.address));

  return spec;
}

static gboolean
skip_without_namespace (void)
{
  if (no_namespace != NULL)
    g_test_skip (no_namespace);

  return no_namespace != NULL;
}

static void
test_replies (Fixture *f, gconstpointer kind)
{
  static const char *addresses[] = { "127.0.0.1", "::1" };

  if (skip_without_namespace ())
    return;

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      PingemTargetSpec spec = make_spec (addresses[i]);

      spec.timeout_ms = 10000;
      g_array_set_size (f->records, 0);
      g_assert_cmpint (pingem_engine_add (f->engine, &spec), ==, 0);
      g_assert_cmpint (pingem_engine_add (f->engine, &spec), ==, -EEXIST);
      for (guint k = 0; k < 3; k++)
        {
          run_until (f, 2 * k + 2);
          jump (f, 1000);
        }

      for (guint k = 0; k < 6; k++)
        {
          const PingemRecord *record = record_at (f, k);
          gboolean is_reply = k % 2 == 1;

          g_assert_cmpint (record->target, ==, 7);
          g_assert_cmpint (record->seq, ==, k / 2);
          g_assert_cmpint (record->due_ns, ==,
                           record_at (f, 0)->due_ns + k / 2 * G_GINT64_CONSTANT (1000000000));
          g_assert_cmpint (record->state, ==,
                           is_reply ? PINGEM_STATE_REPLY : PINGEM_STATE_IN_FLIGHT);
          g_assert_cmpint (record->ttl, ==, is_reply ? 64 : 0);
          g_assert_cmpint (record->rtt_ns, >=, is_reply ? 0 : -1);
          g_assert_cmpint (record->flags, ==, is_reply ? PINGEM_RECORD_KERNEL_STAMP : 0);
          g_assert_cmpint (record->error, ==, 0);
        }
      g_assert_cmpint (pingem_engine_remove (f->engine, 7), ==, 0);
      g_assert_cmpint (pingem_engine_remove (f->engine, 7), ==, -ENOENT);
    }
}

static void
test_no_route (Fixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = make_spec ("192.0.2.1");

  if (skip_without_namespace ())
    return;

  spec.count = 1;
  g_assert_cmpint (pingem_engine_add (f->engine, &spec), ==, 0);
  run_until (f, 1);

  g_assert_cmpint (record_at (f, 0)->state, ==, PINGEM_STATE_UNSENT);
  g_assert_cmpint (record_at (f, 0)->error, ==, ENETUNREACH);
  g_assert_cmpint (record_at (f, 0)->flags, ==, PINGEM_RECORD_FINAL);
  g_assert_cmpint (record_at (f, 0)->sent_ns, >, 0);
}

static void
test_silence (Fixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = make_spec ("127.0.0.1");

  if (skip_without_namespace ())
    return;

  spec.count = 1;
  spec.hold_ms = 60000;
  set_sysctl ("/proc/sys/net/ipv4/icmp_echo_ignore_all", "1");
  g_assert_cmpint (pingem_engine_add (f->engine, &spec), ==, 0);
  run_until (f, 1);
  set_sysctl ("/proc/sys/net/ipv4/icmp_echo_ignore_all", "0");

  jump (f, 2000);
  run_until (f, 2);
  jump (f, 60000);
  run_until (f, 3);

  g_assert_cmpint (record_at (f, 1)->state, ==, PINGEM_STATE_LOST);
  g_assert_cmpint (record_at (f, 1)->flags, ==, 0);
  g_assert_cmpint (record_at (f, 1)->rtt_ns, ==, -1);
  g_assert_cmpint (record_at (f, 2)->state, ==, PINGEM_STATE_LOST);
  g_assert_cmpint (record_at (f, 2)->flags, ==, PINGEM_RECORD_FINAL);
  g_assert_cmpint (pingem_engine_deadline (f->engine), ==, INT64_MAX);
}

static void
enter_namespace (void)
{
  struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
  int fd;

  if (unshare (CLONE_NEWNET) < 0)
    {
      no_namespace = "only root may make a network namespace";
      return;
    }

  fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (ioctl (fd, SIOCSIFFLAGS, &request), ==, 0);
  close (fd);
  set_sysctl ("/proc/sys/net/ipv4/ping_group_range", "0 2147483647");
}

#define ADD(path, function)                                                                        \
  g_test_add ("/engine/raw/" path, Fixture, GINT_TO_POINTER (PINGEM_SOCKET_RAW), set_up, function, \
              tear_down);                                                                          \
  g_test_add ("/engine/datagram/" path, Fixture, GINT_TO_POINTER (PINGEM_SOCKET_DATAGRAM), set_up, \
              function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  enter_namespace ();

  ADD ("replies", test_replies);
  ADD ("no-route", test_no_route);
  ADD ("silence", test_silence);

  return g_test_run ();
}
