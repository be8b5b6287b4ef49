/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/channel.h"
#include "lab/helper.h"

#define N_WARM 205

static guint
count_files (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static gsize
measure_kib (void)
{
  g_autofree char *text = NULL;
  guint64 n_pages;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%*u %" G_GUINT64_FORMAT, &n_pages), ==, 1);

  return n_pages * sysconf (_SC_PAGESIZE) / 1024;
}

/* The end of a pair, and nothing of the network. */
static void
check_channel (int fd)
{
  int domain, type;
  socklen_t size = sizeof domain;

  g_assert_cmpint (getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &domain, &size), ==, 0);
  g_assert_cmpint (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &size), ==, 0);
  g_assert_cmpint (domain, ==, AF_UNIX);
  g_assert_cmpint (type, ==, SOCK_SEQPACKET);
}

/* A caller comes, probes and goes: by saying so, by closing its channel, or by leaving the bus. */
static void
cycle (LabHelper *f, LabClient *client, guint i)
{
  PingemTargetSpec spec = lab_make_spec (1, "127.0.0.1");
  g_autoptr (GVariant) reply = NULL;

  if (client->connection == NULL)
    *client = lab_client_new ();
  g_assert_true (lab_client_open_session (f, client, i % 2, NULL));
  check_channel (client->fd);
  g_assert_true (lab_client_add (f, client, &spec, 1, NULL));

  if (i % 10 == 0)
    lab_client_free (client);
  else if (i % 10 == 1)
    close (client->fd);
  else
    reply = lab_client_call (f, client, "Close", g_variant_new ("(@ay)", client->token), NULL);

  if (i % 10 > 1)
    close (client->fd);
  client->fd = -1;
  lab_wait_until (pingem_service_count_sessions (f->service) == 0);
}

/* "-m slow": a hundred thousand. */
static void
test_cycles (LabHelper *f, gconstpointer data)
{
  guint n = g_test_slow () ? 100000 : 2000;
  LabClient client = lab_client_new ();
  gsize kib = 0;
  guint n_files = 0;

  for (guint i = 1; i <= N_WARM + n; i++)
    {
      cycle (f, &client, i);
      if (i == N_WARM)
        {
          n_files = count_files ();
          kib = measure_kib ();
        }
    }

  g_test_message ("%u cycles: %" G_GSSIZE_FORMAT " KiB more", n, (gssize) (measure_kib () - kib));
  /* The bus's thread closes what was left. */
  lab_wait_until (count_files () == n_files);
#ifndef __SANITIZE_ADDRESS__
  g_assert_cmpuint (measure_kib (), <, kib + 1024);
#endif
  lab_client_free (&client);
}

static void
set_up (LabHelper *f, gconstpointer data)
{
  f->limits = pingem_default_limits;
  f->limits.calls = (PingemRate){ 1000000, 1000000 };
  lab_helper_start (f);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  if (!lab_helper_init ())
    return 0;

  g_test_add ("/helper/cycles/R12 R21 R24 open and close", LabHelper, NULL, set_up, test_cycles,
              lab_helper_tear_down);
  status = g_test_run ();
  lab_helper_finish ();

  return status;
}
