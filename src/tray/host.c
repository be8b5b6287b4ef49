/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tray/host.h"

#include <glib/gi18n-lib.h>

#include <gdk/gdk.h>
#ifdef GDK_WINDOWING_X11
#include <gdk/gdkx.h>
#endif

static gboolean
display_has_xembed_tray (void)
{
#ifdef GDK_WINDOWING_X11
  GdkDisplay *display = gdk_display_get_default ();

  if (display != NULL && GDK_IS_X11_DISPLAY (display))
    {
      int screen = gdk_x11_screen_get_screen_number (gdk_display_get_default_screen (display));
      g_autofree char *name = g_strdup_printf ("_NET_SYSTEM_TRAY_S%d", screen);
      Atom selection = gdk_x11_get_xatom_by_name_for_display (display, name);

      return XGetSelectionOwner (gdk_x11_display_get_xdisplay (display), selection) != None;
    }
#endif

  return FALSE;
}

static void
on_has_owner (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  gboolean has_owner;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  g_variant_get (reply, "(b)", &has_owner);
  g_task_return_int (task, has_owner || display_has_xembed_tray ());
}

void
pingem_host_find_async (GDBusConnection *connection,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task;

  g_return_if_fail (G_IS_DBUS_CONNECTION (connection));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, pingem_host_find_async);

  g_dbus_connection_call (
      connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "NameHasOwner", g_variant_new ("(s)", "org.kde.StatusNotifierWatcher"),
      G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_has_owner, task);
}

gboolean
pingem_host_find_finish (GAsyncResult *result, gboolean *ret_found, GError **error)
{
  gssize found;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  found = g_task_propagate_int (G_TASK (result), error);
  if (found < 0)
    return FALSE;

  *ret_found = found != 0;

  return TRUE;
}

/* Names as in XDG_CURRENT_DESKTOP. */
static const struct {
  const char *desktop;
  const char *advice;
} advices[] = {
  { "GNOME", N_ ("The extension “AppIndicator and KStatusNotifierItem Support” gives one. Pingem "
                 "measures all the same: open its window to see how things stand.") },
  { "XFCE", N_ ("The panel's “Status Tray Plugin” gives one. Pingem measures all the same: open "
                "its window to see how things stand.") },
  { "MATE", N_ ("The panel's “Notification Area” gives one. Pingem measures all the same: open its "
                "window to see how things stand.") },
  { "LXQt", N_ ("The panel's “Status Notifier” gives one. Pingem measures all the same: open its "
                "window to see how things stand.") },
  { "sway", N_ ("A bar with a tray, as waybar has it, gives one. Pingem measures all the same: "
                "open its window to see how things stand.") },
};

const char *
pingem_host_advise (const char *desktop)
{
  g_auto (GStrv) names = g_strsplit (desktop, ":", -1);

  for (guint i = 0; i < G_N_ELEMENTS (advices); i++)
    for (char **name = names; *name != NULL; name++)
      if (g_ascii_strcasecmp (*name, advices[i].desktop) == 0)
        return _ (advices[i].advice);

  return _ ("Pingem measures all the same: open its window to see how things stand.");
}

static char *
build_path (void)
{
  return g_build_filename (g_get_user_state_dir (), "pingem", "no-tray", NULL);
}

gboolean
pingem_host_was_missed (const char *desktop)
{
  g_autofree char *path = build_path ();
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && g_str_equal (text, desktop);
}

/* Where it cannot be written, it is told once more. */
void
pingem_host_remember_missed (const char *desktop)
{
  g_autofree char *path = build_path ();
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0700) == 0)
    g_file_set_contents (path, desktop, -1, NULL);
}
