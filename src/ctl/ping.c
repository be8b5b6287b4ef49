/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <signal.h>

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

static gboolean
on_signal (gpointer user_data)
{
  Ping *ping = user_data;

  g_cancellable_cancel (ping->cancellable);
  pingem_pinger_quit (ping->pinger);

  return G_SOURCE_CONTINUE;
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
    pingem_complain (_ ("Probes are sent by %s."), why);
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
  pingem_source_open_async (ping.options->source_kind,
                            ping.options->is_intensive ? PINGEM_SOURCE_INTENSIVE
                                                       : PINGEM_SOURCE_FLAGS_NONE,
                            ping.cancellable, on_opened, &ping);

  return pingem_pinger_run (ping.pinger);
}
