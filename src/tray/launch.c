/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tray/launch.h"

#include "ipc/names.h"

/* The window has this long to say that it ends. */
#define QUIT_TIMEOUT_MS 5000

static gboolean
spawn_window (GError **error)
{
  g_autofree char *found = g_find_program_in_path ("pingem");
  char *argv[] = { found != NULL ? found : (char *) PINGEM_WINDOW_PROGRAM, NULL };

  return g_spawn_async (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, error);
}

static void
on_open_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    {
      g_clear_error (&error);
      if (spawn_window (&error))
        g_task_return_boolean (task, TRUE);
      else
        g_task_return_error (task, g_steal_pointer (&error));
    }
}

static void
on_quit_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

void
pingem_launch_open_window_async (GDBusConnection *connection,
                                 const char *action,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task;

  g_return_if_fail (G_IS_DBUS_CONNECTION (connection));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, pingem_launch_open_window_async);

  g_dbus_connection_call (connection, PINGEM_APP_ID, PINGEM_APP_PATH, "org.freedesktop.Application",
                          action != NULL ? "ActivateAction" : "Activate",
                          action != NULL ? g_variant_new ("(sava{sv})", action, NULL, NULL)
                                         : g_variant_new ("(a{sv})", NULL),
                          NULL, G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_open_answer, task);
}

gboolean
pingem_launch_open_window_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
pingem_launch_quit_window_async (GDBusConnection *connection,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task;

  g_return_if_fail (G_IS_DBUS_CONNECTION (connection));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, pingem_launch_quit_window_async);

  g_dbus_connection_call (connection, PINGEM_APP_ID, PINGEM_APP_PATH, "org.gtk.Actions", "Activate",
                          g_variant_new ("(sava{sv})", "quit", NULL, NULL), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, QUIT_TIMEOUT_MS, cancellable,
                          on_quit_answer, task);
}

gboolean
pingem_launch_quit_window_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
