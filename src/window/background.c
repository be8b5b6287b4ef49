/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/background.h"

#include <glib/gi18n-lib.h>

#include "ipc/error.h"

#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define REQUEST "org.freedesktop.portal.Request"

typedef struct {
  gboolean starts;
  guint subscription_id;
} Request;

gboolean
pingem_background_is_needed (void)
{
  return g_strcmp0 (g_getenv ("GTK_USE_PORTAL"), "1") == 0 ||
         g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

/* Where the answer comes from: the portal's documentation has it so. (transfer full) */
static char *
build_request_path (GDBusConnection *bus, const char *token)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (bus) + 1);

  g_strdelimit (sender, ".", '_');

  return g_strdup_printf (PORTAL_PATH "/request/%s/%s", sender, token);
}

static void
end (GTask *task)
{
  const Request *request = g_task_get_task_data (task);

  g_dbus_connection_signal_unsubscribe (g_task_get_source_object (task), request->subscription_id);
}

static void
on_response (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *signal,
             GVariant *arguments,
             gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  const Request *request = g_task_get_task_data (task);
  g_autoptr (GVariant) results = NULL;
  gboolean starts = FALSE;
  guint response;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ua{sv})")))
    return;

  g_variant_get (arguments, "(u@a{sv})", &response, &results);
  g_variant_lookup (results, "autostart", "b", &starts);
  end (task);

  if (response == 0 && starts == request->starts)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                             _ ("the desktop's settings do not allow it"));
}

static void
on_called (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);

  if (reply != NULL)
    return;

  end (task);
  g_dbus_error_strip_remote_error (error);
  g_task_return_error (task, error);
}

void
pingem_background_request_async (GDBusConnection *bus,
                                 gboolean starts,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task = g_task_new (bus, NULL, callback, user_data);
  g_autofree char *token = g_strdup_printf ("pingem%u", g_random_int ());
  g_autofree char *path = build_request_path (bus, token);
  const char *const command[] = { PINGEM_TRAY_PROGRAM, NULL };
  Request *request = g_new0 (Request, 1);
  GVariantBuilder options;

  request->starts = starts;
  g_task_set_task_data (task, request, g_free);
  /* Before the call, as the answer may be there before its own. */
  request->subscription_id = g_dbus_connection_signal_subscribe (
      bus, PORTAL, REQUEST, "Response", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_response,
      g_object_ref (task), g_object_unref);

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (&options, "{sv}", "reason",
                         g_variant_new_string (_ ("Pingem measures from login on.")));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (starts));
  g_variant_builder_add (&options, "{sv}", "commandline", g_variant_new_strv (command, -1));
  g_dbus_connection_call (bus, PORTAL, PORTAL_PATH, "org.freedesktop.portal.Background",
                          "RequestBackground", g_variant_new ("(sa{sv})", "", &options),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_called,
                          task);
}

gboolean
pingem_background_request_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
