/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/net_tstamp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NS_PER_S G_GINT64_CONSTANT (1000000000)
#define GIVE_UP_NS (20 * NS_PER_S)

static gboolean has_namespace;

void
engine_fixture_set_sysctl (const char *path, const char *value)
{
  int fd = g_open (path, O_WRONLY | O_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, value, strlen (value)), ==, strlen (value));
  close (fd);
}

static gboolean
is_stamped (int fd)
{
  char byte;
  char control[256];
  struct iovec iov = { &byte, 1 };
  struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control };

  message.msg_controllen = sizeof control;
  g_assert_cmpint (send (fd, "", 1, 0), ==, 1);
  g_assert_cmpint (recvmsg (fd, &message, 0), ==, 1);

  return message.msg_controllen > 0;
}

/* The kernel begins to stamp receipts a moment after the first socket asked, and ends with the
 * last. */
static void
keep_stamps_on (void)
{
  struct sockaddr_in self = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof self;
  int flags = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  gint64 give_up_ns = pingem_clock_kernel (NULL).mono_ns + GIVE_UP_NS;

  g_assert_cmpint (bind (fd, (struct sockaddr *) &self, size), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &self, &size), ==, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &self, size), ==, 0);
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags), ==, 0);

  while (!is_stamped (fd))
    g_assert_cmpint (pingem_clock_kernel (NULL).mono_ns, <, give_up_ns);
}

gboolean
engine_fixture_enter_namespace (void)
{
  struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
  int fd;

  has_namespace = unshare (CLONE_NEWNET) == 0;
  if (!has_namespace)
    return FALSE;

  fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (ioctl (fd, SIOCSIFFLAGS, &request), ==, 0);
  close (fd);
  engine_fixture_set_sysctl ("/proc/sys/net/ipv4/ping_group_range", "0 2147483647");
  keep_stamps_on ();

  return TRUE;
}

gboolean
engine_fixture_skip (void)
{
  if (!has_namespace)
    g_test_skip ("only root may make a network namespace");

  return !has_namespace;
}

void
engine_fixture_ignore_echo (gboolean ignore)
{
  engine_fixture_set_sysctl ("/proc/sys/net/ipv4/icmp_echo_ignore_all", ignore ? "1" : "0");
}

static PingemTime
read_shifted_clock (void *data)
{
  const EngineFixture *f = data;
  PingemTime now = pingem_clock_kernel (NULL);

  now.mono_ns += f->offset_ns;
  now.boot_ns += f->offset_ns;
  now.real_ns += f->real_offset_ns;

  return now;
}

static void
on_record (const PingemRecord *record, void *data)
{
  g_array_append_val (((EngineFixture *) data)->records, *record);
}

void
engine_fixture_set_up (EngineFixture *f, gconstpointer kind)
{
  f->records = g_array_new (FALSE, FALSE, sizeof (PingemRecord));

  if (has_namespace)
    g_assert_cmpint (
        pingem_engine_new (GPOINTER_TO_INT (kind), read_shifted_clock, f, on_record, f, &f->engine),
        ==, 0);
}

void
engine_fixture_tear_down (EngineFixture *f, gconstpointer kind)
{
  pingem_engine_free (f->engine);
  g_array_unref (f->records);
}

void
engine_fixture_jump (EngineFixture *f, gint64 ms)
{
  f->offset_ns += ms * 1000000;
}

PingemTargetSpec
engine_fixture_make_spec (guint32 id, const char *address)
{
  PingemTargetSpec spec = { .id = id,
                            .count = 1,
                            .interval_ms = 1000,
                            .timeout_ms = 10000,
                            .hold_ms = 60000,
                            .size = PINGEM_DEFAULT_SIZE };

  g_assert_true (pingem_address_parse (address, &spec.address));

  return spec;
}

void
engine_fixture_add (EngineFixture *f, const PingemTargetSpec *spec)
{
  g_assert_cmpint (pingem_engine_add (f->engine, spec), ==, 0);
}

static void
wait_for (EngineFixture *f, gint64 wait_ns)
{
  struct pollfd fd = { .fd = pingem_engine_fd (f->engine), .events = POLLIN };
  struct timespec wait = { .tv_sec = wait_ns / NS_PER_S, .tv_nsec = wait_ns % NS_PER_S };

  ppoll (&fd, 1, &wait, NULL);
}

void
engine_fixture_run_until (EngineFixture *f, guint n_records)
{
  gint64 give_up_ns = pingem_clock_kernel (NULL).mono_ns + GIVE_UP_NS;

  while (f->records->len < n_records)
    {
      gint64 deadline_ns = pingem_engine_deadline (f->engine);

      g_assert_cmpint (pingem_clock_kernel (NULL).mono_ns, <, give_up_ns);
      wait_for (f, CLAMP (deadline_ns - read_shifted_clock (f).boot_ns, 0, NS_PER_S));
      pingem_engine_run (f->engine);
    }
}

void
engine_fixture_wait_readable (EngineFixture *f)
{
  struct pollfd fd = { .fd = pingem_engine_fd (f->engine), .events = POLLIN };

  g_assert_cmpint (poll (&fd, 1, GIVE_UP_NS / 1000000), ==, 1);
}

const PingemRecord *
engine_fixture_last (EngineFixture *f, guint32 target)
{
  for (guint i = f->records->len; i > 0; i--)
    {
      const PingemRecord *record = &g_array_index (f->records, PingemRecord, i - 1);

      if (record->target == target)
        return record;
    }

  g_assert_not_reached ();
}
