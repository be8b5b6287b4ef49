/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/watch.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/monitor-link.h"
#include "ctl/page.h"
#include "ctl/status-print.h"
#include "ctl/watch-strips.h"

typedef struct {
  PingemDbusMonitor1 *monitor; /* (unowned) */
  GMainLoop *loop;             /* (owned) */
  PingemWatchStrips *strips;   /* (owned) (nullable): of a page */
  gboolean json;
  gboolean is_away; /* and that was said */
  int exit_status;
} Watch;

static PingemStatusView
get_view (Watch *watch)
{
  return (PingemStatusView){
    .status = pingem_dbus_monitor1_get_status (watch->monitor),
    .targets = pingem_dbus_monitor1_get_targets (watch->monitor),
    .source = pingem_dbus_monitor1_get_source (watch->monitor),
  };
}

/* Where nobody can read it, it is not written for ever. */
static void
end_if_unseen (Watch *watch)
{
  if (ferror (stdout))
    g_main_loop_quit (watch->loop);
}

static char *
build_page (Watch *watch)
{
  PingemStatusView view = get_view (watch);
  g_autofree char *status = NULL;
  g_autofree char *strips = NULL;

  if (!pingem_monitor_is_there (watch->monitor))
    return g_strdup (_ ("The monitor has left: waiting for it to return.\n"));

  status = pingem_status_text (&view);
  strips = pingem_watch_strips_text (watch->strips, pingem_page_has_colours ());

  return g_strconcat (status, strips, NULL);
}

static void
draw_page (Watch *watch)
{
  g_autofree char *page = build_page (watch);

  pingem_page_draw (page);
  end_if_unseen (watch);
}

static void
on_strips (gpointer strips, gpointer watch)
{
  draw_page (watch);
}

static void
show_page (Watch *watch)
{
  draw_page (watch);
  if (pingem_monitor_is_there (watch->monitor))
    pingem_watch_strips_update (watch->strips, pingem_page_width ());
}

static gboolean
on_resize (gpointer user_data)
{
  show_page (user_data);

  return G_SOURCE_CONTINUE;
}

static void
show_line (Watch *watch)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  PingemStatusView view = get_view (watch);
  g_autofree char *line = NULL;

  if (!pingem_monitor_is_there (watch->monitor))
    {
      if (!watch->is_away)
        pingem_complain (_ ("The monitor has left: waiting for it to return."));
      watch->is_away = TRUE;
      return;
    }

  watch->is_away = FALSE;
  line = watch->json ? pingem_status_json (&view) : pingem_status_line (&view, now);
  puts (line);
  fflush (stdout);
}

static gboolean
on_second (gpointer user_data)
{
  show_line (user_data);
  end_if_unseen (user_data);

  return G_SOURCE_CONTINUE;
}

static gboolean
on_end (gpointer user_data)
{
  Watch *watch = user_data;

  g_main_loop_quit (watch->loop);

  return G_SOURCE_CONTINUE;
}

static void
on_bus_closed (GDBusConnection *connection, gboolean by_peer, GError *error, gpointer user_data)
{
  Watch *watch = user_data;

  watch->exit_status = PINGEM_EXIT_CANNOT;
  g_main_loop_quit (watch->loop);
}

static void
run_on_terminal (Watch *watch)
{
  g_signal_connect_swapped (watch->monitor, "g-properties-changed", G_CALLBACK (show_page), watch);
  g_signal_connect_swapped (watch->monitor, "notify::g-name-owner", G_CALLBACK (show_page), watch);
  g_unix_signal_add (SIGWINCH, on_resize, watch);
  watch->strips = pingem_watch_strips_new (watch->monitor, on_strips, watch);
  pingem_page_begin ();
  show_page (watch);
  g_main_loop_run (watch->loop);
  pingem_page_end ();
  pingem_watch_strips_free (watch->strips);
}

static void
on_change (Watch *watch)
{
  show_line (watch);
  end_if_unseen (watch);
}

static void
run_on_pipe (Watch *watch)
{
  show_line (watch);
  if (watch->json)
    {
      g_signal_connect_swapped (watch->monitor, "g-properties-changed", G_CALLBACK (on_change),
                                watch);
      g_signal_connect_swapped (watch->monitor, "notify::g-name-owner", G_CALLBACK (on_change),
                                watch);
    }
  else
    g_timeout_add_seconds (1, on_second, watch);

  g_main_loop_run (watch->loop);
}

int
pingem_watch_run (PingemDbusMonitor1 *monitor, gboolean json, guint32 seconds)
{
  Watch watch = { .monitor = monitor, .json = json, .exit_status = PINGEM_EXIT_OK };
  GDBusConnection *connection = g_dbus_proxy_get_connection (G_DBUS_PROXY (monitor));

  watch.loop = g_main_loop_new (NULL, FALSE);
  g_signal_connect (connection, "closed", G_CALLBACK (on_bus_closed), &watch);
  g_unix_signal_add (SIGINT, on_end, &watch);
  g_unix_signal_add (SIGTERM, on_end, &watch);
  g_unix_signal_add (SIGHUP, on_end, &watch);
  if (seconds > 0)
    g_timeout_add_seconds (seconds, on_end, &watch);

  if (!json && isatty (STDOUT_FILENO))
    run_on_terminal (&watch);
  else
    run_on_pipe (&watch);

  if (watch.exit_status != PINGEM_EXIT_OK)
    pingem_complain (_ ("The connection to the bus has ended, and with it the view."));
  g_signal_handlers_disconnect_by_data (connection, &watch);
  g_signal_handlers_disconnect_by_data (monitor, &watch);
  g_main_loop_unref (watch.loop);

  return watch.exit_status;
}
