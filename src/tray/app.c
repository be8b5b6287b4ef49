/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tray/app.h"

#include <glib/gi18n-lib.h>

#include "ipc/monitor-dbus.h"
#include "ipc/names.h"
#include "tray/herald.h"
#include "tray/host.h"
#include "tray/indicator.h"
#include "tray/launch.h"
#include "tray/notice.h"

/* At login the tray's host may come up after us. */
#define HOST_GRACE_S 5
#define QUIT_TIMEOUT_MS 5000
#define HOUR_S 3600

/**
 * PingemTrayApp:
 *
 * Shows Monitor1's properties, and passes on what the user chooses. It starts
 * the monitor at its own start or when asked to, never by looking at it.
 */
struct _PingemTrayApp {
  GApplication parent_instance;

  GCancellable *cancellable;   /* (owned) */
  PingemDbusMonitor1 *monitor; /* (owned) (nullable): until the bus answered */
  PingemIndicator *indicator;  /* (owned) (nullable): before startup */
  PingemHerald *herald;        /* (owned) (nullable): before startup */
  PingemNotice *notice;        /* (owned) (nullable): before startup */
  char *problem;               /* (owned) (nullable): why the last choice failed */
  guint grace_id;
};

G_DEFINE_FINAL_TYPE (PingemTrayApp, pingem_tray_app, G_TYPE_APPLICATION)

static gboolean
monitor_is_running (PingemTrayApp *self)
{
  g_autofree char *owner = NULL;

  if (self->monitor != NULL)
    owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (self->monitor));

  return owner != NULL;
}

static void
follow_settings (PingemTrayApp *self, GVariant *settings)
{
  gboolean is_monochrome = FALSE, has_label = FALSE;

  if (settings == NULL)
    return;

  g_variant_lookup (settings, "tray-monochrome", "b", &is_monochrome);
  g_variant_lookup (settings, "tray-label", "b", &has_label);
  pingem_indicator_set_look (self->indicator, is_monochrome, has_label);
}

static void
update (PingemTrayApp *self)
{
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GVariant) targets = NULL;
  g_autoptr (GVariant) settings = NULL;
  g_autoptr (PingemMenu) menu = NULL;

  if (monitor_is_running (self))
    {
      status = pingem_dbus_monitor1_dup_status (self->monitor);
      targets = pingem_dbus_monitor1_dup_targets (self->monitor);
      settings = pingem_dbus_monitor1_dup_settings (self->monitor);
    }

  follow_settings (self, settings);
  pingem_herald_update (self->herald, status, settings);

  menu = pingem_menu_new (status, targets, self->problem);
  pingem_indicator_show (self->indicator, menu);
}

/* @problem: (transfer full) (nullable) */
static void
set_problem (PingemTrayApp *self, char *problem)
{
  if (problem != NULL)
    g_printerr ("pingem-tray: %s\n", problem);

  g_free (self->problem);
  self->problem = problem;
  update (self);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemTrayApp) self = user_data;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (reply != NULL)
    set_problem (self, NULL);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_dbus_error_strip_remote_error (error);
      set_problem (self, g_strdup_printf (_ ("The monitor refused: %s"), error->message));
    }
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemTrayApp) self = user_data;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    set_problem (self, NULL);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_dbus_error_strip_remote_error (error);
      /* Translators: the reason, from the bus */
      set_problem (self,
                   g_strdup_printf (_ ("The monitor cannot be started (%s): run “pingem-monitor” "
                                       "in a terminal to see why."),
                                    error->message));
    }
}

static void
start_monitor (PingemTrayApp *self)
{
  if (self->monitor == NULL || monitor_is_running (self))
    return;

  g_dbus_connection_call (g_application_get_dbus_connection (G_APPLICATION (self)),
                          "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "StartServiceByName", g_variant_new ("(su)", PINGEM_MONITOR_NAME, 0),
                          NULL, G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, on_started,
                          g_object_ref (self));
}

/* What failed before says nothing about a monitor that came or went since. */
static void
on_owner_changed (PingemTrayApp *self)
{
  set_problem (self, NULL);
}

static void
on_monitor_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemTrayApp) self = user_data;
  g_autoptr (GError) error = NULL;

  self->monitor = pingem_dbus_monitor1_proxy_new_finish (result, &error);

  if (self->monitor == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        set_problem (self,
                     g_strdup_printf (_ ("The session bus does not answer (%s): log in again."),
                                      error->message));
      return;
    }

  g_signal_connect_object (self->monitor, "g-properties-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->monitor, "notify::g-name-owner", G_CALLBACK (on_owner_changed),
                           self, G_CONNECT_SWAPPED);
  update (self);
  start_monitor (self);
}

static void
on_window_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemTrayApp) self = user_data;
  g_autoptr (GError) error = NULL;

  if (pingem_launch_open_window_finish (result, &error))
    set_problem (self, NULL);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_problem (self,
                 g_strdup_printf (_ ("The Pingem window cannot be opened: %s"), error->message));
}

static void
open_window (PingemTrayApp *self)
{
  pingem_launch_open_window_async (g_application_get_dbus_connection (G_APPLICATION (self)), NULL,
                                   self->cancellable, on_window_opened, g_object_ref (self));
}

static void
open_preferences (PingemTrayApp *self)
{
  pingem_launch_open_window_async (g_application_get_dbus_connection (G_APPLICATION (self)),
                                   "preferences", self->cancellable, on_window_opened,
                                   g_object_ref (self));
}

static void
pause_for_an_hour (PingemTrayApp *self)
{
  pingem_dbus_monitor1_call_pause (self->monitor, HOUR_S, self->cancellable, on_asked,
                                   g_object_ref (self));
}

static void
pause_monitor (PingemTrayApp *self)
{
  pingem_dbus_monitor1_call_pause (self->monitor, 0, self->cancellable, on_asked,
                                   g_object_ref (self));
}

static void
resume_monitor (PingemTrayApp *self)
{
  pingem_dbus_monitor1_call_resume (self->monitor, self->cancellable, on_asked,
                                    g_object_ref (self));
}

static void
on_window_quit (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemTrayApp) self = user_data;

  /* A window that did not run is as good as one that ended. */
  pingem_launch_quit_window_finish (result, NULL);
  g_application_quit (G_APPLICATION (self));
}

static void
on_monitor_quit (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemTrayApp) self = user_data;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (reply == NULL && monitor_is_running (self))
    {
      g_dbus_error_strip_remote_error (error);
      set_problem (self, g_strdup_printf (_ ("The monitor does not end: %s"), error->message));
      return;
    }

  pingem_launch_quit_window_async (g_application_get_dbus_connection (G_APPLICATION (self)),
                                   self->cancellable, on_window_quit, g_object_ref (self));
}

static void
quit_all (PingemTrayApp *self)
{
  if (self->monitor == NULL)
    g_application_quit (G_APPLICATION (self));
  else
    g_dbus_proxy_call (G_DBUS_PROXY (self->monitor), "Quit", NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                       QUIT_TIMEOUT_MS, self->cancellable, on_monitor_quit, g_object_ref (self));
}

static void
on_host_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemTrayApp) self = user_data;
  const char *desktop = g_getenv ("XDG_CURRENT_DESKTOP");
  gboolean found;

  if (!pingem_host_find_finish (result, &found, NULL) || found)
    return;

  if (desktop == NULL || *desktop == '\0')
    desktop = _ ("unknown");

  g_printerr (_ ("pingem-tray: No tray on this desktop (%s): open the Pingem window instead; "
                 "notifications still work.\n"),
              desktop);
  if (pingem_host_was_missed (desktop))
    return;

  pingem_notice_show (self->notice, PINGEM_NOTICE_ADVICE, _ ("This desktop shows no tray icons"),
                      pingem_host_advise (desktop));
  pingem_host_remember_missed (desktop);
}

static gboolean
on_grace_over (gpointer user_data)
{
  PingemTrayApp *self = user_data;

  self->grace_id = 0;
  pingem_host_find_async (g_application_get_dbus_connection (G_APPLICATION (self)),
                          self->cancellable, on_host_found, g_object_ref (self));

  return G_SOURCE_REMOVE;
}

static void
build_indicator (PingemTrayApp *self)
{
  g_autofree char *icon_dir = pingem_indicator_find_icon_dir ();
  static const struct {
    const char *signal;
    void (*handler) (PingemTrayApp *self);
  } choices[] = {
    { "open", open_window },    { "start", start_monitor },   { "pause-hour", pause_for_an_hour },
    { "pause", pause_monitor }, { "resume", resume_monitor }, { "preferences", open_preferences },
    { "quit", quit_all },
  };

  self->indicator = pingem_indicator_new (icon_dir);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    g_signal_connect_swapped (self->indicator, choices[i].signal, G_CALLBACK (choices[i].handler),
                              self);
}

static void
on_open_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  open_window (user_data);
}

static void
on_quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_quit (user_data);
}

static void
pingem_tray_app_startup (GApplication *app)
{
  PingemTrayApp *self = PINGEM_TRAY_APP (app);
  GDBusConnection *connection = g_application_get_dbus_connection (app);
  static const GActionEntry actions[] = { { "open", on_open_action }, { "quit", on_quit_action } };

  G_APPLICATION_CLASS (pingem_tray_app_parent_class)->startup (app);

  g_application_hold (app);
  g_action_map_add_action_entries (G_ACTION_MAP (app), actions, G_N_ELEMENTS (actions), app);

  build_indicator (self);
  self->herald = pingem_herald_new (connection);
  g_signal_connect_swapped (self->herald, "open", G_CALLBACK (open_window), self);
  update (self);

  self->notice = pingem_notice_new (connection);
  g_signal_connect_swapped (self->notice, "open", G_CALLBACK (open_window), self);
  self->grace_id = g_timeout_add_seconds (HOST_GRACE_S, on_grace_over, self);

  pingem_dbus_monitor1_proxy_new (connection, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START,
                                  PINGEM_MONITOR_NAME, PINGEM_MONITOR_PATH, self->cancellable,
                                  on_monitor_ready, g_object_ref (self));
}

/* Started once more: the user wants it to measure. */
static void
pingem_tray_app_activate (GApplication *app)
{
  start_monitor (PINGEM_TRAY_APP (app));
}

static gboolean
pingem_tray_app_local_command_line (GApplication *app, char ***arguments, int *exit_status)
{
  gboolean done = G_APPLICATION_CLASS (pingem_tray_app_parent_class)
                      ->local_command_line (app, arguments, exit_status);

  if (g_application_get_is_registered (app) && g_application_get_is_remote (app))
    g_print (_ ("Pingem's tray icon is there already.\n"));

  return done;
}

static void
pingem_tray_app_shutdown (GApplication *app)
{
  PingemTrayApp *self = PINGEM_TRAY_APP (app);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->grace_id, g_source_remove);
  g_clear_object (&self->herald);
  g_clear_object (&self->notice);
  g_clear_object (&self->monitor);
  g_clear_object (&self->indicator);

  G_APPLICATION_CLASS (pingem_tray_app_parent_class)->shutdown (app);
}

static void
pingem_tray_app_finalize (GObject *object)
{
  PingemTrayApp *self = PINGEM_TRAY_APP (object);

  g_object_unref (self->cancellable);
  g_free (self->problem);

  G_OBJECT_CLASS (pingem_tray_app_parent_class)->finalize (object);
}

static void
pingem_tray_app_class_init (PingemTrayAppClass *klass)
{
  GApplicationClass *app_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pingem_tray_app_finalize;
  app_class->startup = pingem_tray_app_startup;
  app_class->activate = pingem_tray_app_activate;
  app_class->local_command_line = pingem_tray_app_local_command_line;
  app_class->shutdown = pingem_tray_app_shutdown;
}

static void
pingem_tray_app_init (PingemTrayApp *self)
{
  self->cancellable = g_cancellable_new ();
}

GApplication *
pingem_tray_app_new (void)
{
  return g_object_new (PINGEM_TYPE_TRAY_APP, "application-id", PINGEM_TRAY_NAME, NULL);
}
