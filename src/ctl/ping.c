/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ctl/host-feed.h"
#include "ctl/line-feed.h"

typedef struct {
  PingemPingOptions *options; /* (owned) */
  PingemPinger *pinger;       /* (owned) */
  PingemLineFeed *lines;      /* (owned) (nullable) */
  PingemHostFeed *hosts;      /* (owned) (nullable) */
  GCancellable *cancellable;  /* (owned) */
  int sigquit_fd;
} Ping;

static void
ping_clear (Ping *ping)
{
  g_clear_pointer (&ping->lines, pingem_line_feed_free);
  g_clear_pointer (&ping->hosts, pingem_host_feed_free);
  g_clear_pointer (&ping->pinger, pingem_pinger_free);
  g_clear_pointer (&ping->options, pingem_ping_options_free);
  g_clear_object (&ping->cancellable);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ping, ping_clear)

/* The next of its kind finds the kernel's way with it: it ends the program at once. */
static gboolean
on_signal (gpointer user_data)
{
  Ping *ping = user_data;

  g_cancellable_cancel (ping->cancellable);
  pingem_pinger_quit (ping->pinger);

  return G_SOURCE_REMOVE;
}

static gboolean
on_sigquit (int fd, GIOCondition condition, gpointer user_data)
{
  Ping *ping = user_data;
  struct signalfd_siginfo info;

  if (read (fd, &info, sizeof info) == sizeof info)
    pingem_pinger_tell_interim (ping->pinger);

  return G_SOURCE_CONTINUE;
}

/* GLib has no source for it. Before there are threads: they inherit the mask. */
static void
watch_sigquit (Ping *ping)
{
  sigset_t mask;

  sigemptyset (&mask);
  sigaddset (&mask, SIGQUIT);
  ping->sigquit_fd = signalfd (-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
  if (ping->sigquit_fd < 0)
    return;

  sigprocmask (SIG_BLOCK, &mask, NULL);
  g_unix_fd_add (ping->sigquit_fd, G_IO_IN, on_sigquit, ping);
}

static void
start_feed (Ping *ping)
{
  if (ping->options->takes_lines)
    ping->lines = pingem_line_feed_new (ping->options, ping->pinger);
  else
    ping->hosts = pingem_host_feed_new (ping->options, ping->pinger);
}

static void
on_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Ping *ping = user_data;
  g_autofree char *why = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PingemSource) source = pingem_source_open_finish (result, &why, &error);

  if (source == NULL)
    {
      pingem_complain ("%s", error->message);
      pingem_pinger_worsen (ping->pinger, PINGEM_EXIT_CANNOT);
      pingem_pinger_quit (ping->pinger);
      return;
    }

  if (ping->options->is_verbose)
    pingem_pinger_complain (ping->pinger, _ ("Probes are sent by %s."), why);
  pingem_pinger_set_source (ping->pinger, source);
  start_feed (ping);
}

int
pingem_command_ping (char **argv)
{
  g_auto (Ping) ping = { 0 };
  g_autoptr (GError) error = NULL;

  ping.options = pingem_ping_options_parse (argv, &error);
  if (ping.options == NULL)
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  ping.pinger = pingem_pinger_new (ping.options);
  ping.cancellable = g_cancellable_new ();
  g_unix_signal_add (SIGINT, on_signal, &ping);
  g_unix_signal_add (SIGTERM, on_signal, &ping);
  if (!ping.options->takes_lines) /* lines have no summary */
    watch_sigquit (&ping);
  pingem_source_open_async (ping.options->source_kind,
                            ping.options->is_intensive ? PINGEM_SOURCE_INTENSIVE
                                                       : PINGEM_SOURCE_FLAGS_NONE,
                            ping.cancellable, on_opened, &ping);

  return pingem_pinger_run (ping.pinger);
}
