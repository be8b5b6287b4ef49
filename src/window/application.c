/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/application.h"

#include <glib/gi18n-lib.h>

#include "ipc/names.h"
#include "window/link.h"
#include "window/preferences-window.h"
#include "window/resources.h"
#include "window/window.h"

#define QUIT_TIMEOUT_MS 5000

/**
 * PingemApplication:
 *
 * The window's process, one per session. Closing the window ends it; the
 * monitor and the tray go on, unless the user quits all of it.
 */
struct _PingemApplication {
  AdwApplication parent_instance;

  PingemLink *link; /* (owned) (nullable): before startup */
};

G_DEFINE_FINAL_TYPE (PingemApplication, pingem_application, ADW_TYPE_APPLICATION)

/* A tray that cannot be started is missed by nobody who looks at the window. */
static void
start_tray (GApplication *app)
{
  GDBusConnection *bus = g_application_get_dbus_connection (app);

  if (bus != NULL)
    g_dbus_connection_call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                            "org.freedesktop.DBus", "StartServiceByName",
                            g_variant_new ("(su)", PINGEM_TRAY_NAME, 0), NULL,
                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

static void
on_tray_quit (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GApplication) app = user_data;
  g_autoptr (GVariant) reply = NULL;

  /* A tray that did not run is as good as one that ended. */
  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_application_quit (app);
}

static void
quit_tray (GApplication *app)
{
  GDBusConnection *bus = g_application_get_dbus_connection (app);

  if (bus == NULL)
    g_application_quit (app);
  else
    g_dbus_connection_call (bus, PINGEM_TRAY_NAME, PINGEM_TRAY_PATH, "org.gtk.Actions", "Activate",
                            g_variant_new ("(sava{sv})", "quit", NULL, NULL), NULL,
                            G_DBUS_CALL_FLAGS_NO_AUTO_START, QUIT_TIMEOUT_MS, NULL, on_tray_quit,
                            g_object_ref (app));
}

static void
on_monitor_quit (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemApplication) self = user_data;
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  reply = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  if (reply != NULL || pingem_link_get_state (self->link) != PINGEM_LINK_UP || window == NULL)
    {
      quit_tray (G_APPLICATION (self));
      return;
    }

  g_dbus_error_strip_remote_error (error);
  sentence = g_strdup_printf (_ ("The monitor does not end: %s"), error->message);
  pingem_window_show_problem (PINGEM_WINDOW (window), sentence);
}

static void
on_stop (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PingemApplication *self = user_data;

  if (pingem_link_get_state (self->link) != PINGEM_LINK_UP)
    quit_tray (G_APPLICATION (self));
  else
    g_dbus_proxy_call (G_DBUS_PROXY (pingem_link_get_monitor (self->link)), "Quit", NULL,
                       G_DBUS_CALL_FLAGS_NO_AUTO_START, QUIT_TIMEOUT_MS, NULL, on_monitor_quit,
                       g_object_ref (self));
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GApplication) app = user_data;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL)
    g_warning ("The monitor did not answer: %s", error->message);
  g_application_release (app);
}

/* What the launcher's menu asks for needs neither a window nor a link to the monitor. */
static void
ask_monitor (GApplication *app, const char *method, GVariant *arguments)
{
  g_application_hold (app);
  g_dbus_connection_call (g_application_get_dbus_connection (app), PINGEM_MONITOR_NAME,
                          PINGEM_MONITOR_PATH, "io.github.pingem.Monitor1", method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, QUIT_TIMEOUT_MS, NULL, on_asked,
                          g_object_ref (app));
}

static void
on_pause (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ask_monitor (user_data, "Pause", g_variant_new ("(u)", 0));
}

static void
on_resume (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ask_monitor (user_data, "Resume", NULL);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_quit (user_data);
}

/* It may be the first that is asked for: of the window's own application, by the tray. */
static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PingemApplication *self = user_data;
  g_autoptr (GList) windows = NULL;

  g_application_activate (G_APPLICATION (self));

  windows = gtk_window_list_toplevels ();
  for (GList *i = windows; i != NULL; i = i->next)
    if (PINGEM_IS_PREFERENCES_WINDOW (i->data))
      {
        gtk_window_present (i->data);
        return;
      }

  gtk_window_present (GTK_WINDOW (pingem_preferences_window_new (
      gtk_application_get_active_window (GTK_APPLICATION (self)), self->link)));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  adw_show_about_window (
      gtk_application_get_active_window (user_data), "application-name", "Pingem",
      "application-icon", PINGEM_APP_ID, "version", PINGEM_VERSION, "comments",
      _ ("Is it my Wi-Fi, my provider or the other end? Pingem measures "
         "packet loss and says where it begins."),
      "developer-name", _ ("The Pingem authors"), "license-type", GTK_LICENSE_GPL_3_0, NULL);
}

static void
pingem_application_startup (GApplication *app)
{
  PingemApplication *self = PINGEM_APPLICATION (app);
  static const GActionEntry actions[] = {
    { "about", on_about }, { "pause", on_pause },   { "preferences", on_preferences },
    { "quit", on_quit },   { "resume", on_resume }, { "stop", on_stop }
  };

  /* The resources are part of a static library: naming them links them in. */
  g_resources_register (pingem_window_get_resource ());
  G_APPLICATION_CLASS (pingem_application_parent_class)->startup (app);

  g_action_map_add_action_entries (G_ACTION_MAP (app), actions, G_N_ELEMENTS (actions), app);
  gtk_application_set_accels_for_action (GTK_APPLICATION (app), "app.quit",
                                         (const char *[]){ "<Control>q", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (app), "window.close",
                                         (const char *[]){ "<Control>w", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (app), "app.preferences",
                                         (const char *[]){ "<Control>comma", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (app), "win.statistics",
                                         (const char *[]){ "<Control>i", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (app), "win.add",
                                         (const char *[]){ "<Control>n", NULL });

  self->link = pingem_link_new ();
  start_tray (app);
}

static void
pingem_application_activate (GApplication *app)
{
  PingemApplication *self = PINGEM_APPLICATION (app);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (app));

  if (window == NULL)
    window = GTK_WINDOW (pingem_window_new (GTK_APPLICATION (app), self->link));

  if (pingem_link_get_state (self->link) != PINGEM_LINK_UP)
    pingem_link_start (self->link);
  gtk_window_present (window);
}

static void
pingem_application_finalize (GObject *object)
{
  g_clear_object (&PINGEM_APPLICATION (object)->link);

  G_OBJECT_CLASS (pingem_application_parent_class)->finalize (object);
}

static void
pingem_application_class_init (PingemApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pingem_application_finalize;
  G_APPLICATION_CLASS (klass)->startup = pingem_application_startup;
  G_APPLICATION_CLASS (klass)->activate = pingem_application_activate;
}

static void
pingem_application_init (PingemApplication *self)
{
}

PingemApplication *
pingem_application_new (void)
{
  return g_object_new (PINGEM_TYPE_APPLICATION, "application-id", PINGEM_APP_ID, NULL);
}
