/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "source/open-session.h"

#include <gio/gunixfdlist.h>

#include "ipc/channel.h"
#include "ipc/error.h"
#include "ipc/names.h"
#include "source/channel-source.h"

/* polkit is asked, and the helper may have to be started first. */
#define ORDINARY_TIMEOUT_MS 10000

static gboolean
is_no_service (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);
}

static gboolean
is_timeout (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMED_OUT);
}

/* What the helper says itself is a sentence already. */
static void
return_failure (GTask *task, GError *error)
{
  g_dbus_error_strip_remote_error (error);

  if (error->domain == PINGEM_ERROR || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_error_copy (error));
  else if (is_no_service (error))
    g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_NO_SOURCE, "it is not installed");
  else if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED))
    g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_NO_SOURCE,
                             "the system bus lets nobody talk to it (its bus policy is missing)");
  else if (is_timeout (error))
    g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_NO_SOURCE, "it does not answer");
  else
    g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_NO_SOURCE,
                             "it could not be reached (%s)", error->message);
}

static int
take_channel (GUnixFDList *fds, gint32 index)
{
  return fds != NULL ? g_unix_fd_list_get (fds, index, NULL) : -1;
}

static void
on_session (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GDBusConnection *connection = G_DBUS_CONNECTION (object);
  g_autoptr (GTask) task = user_data;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) token = NULL;
  g_autoptr (GError) error = NULL;
  gint32 index;
  int fd;

  reply = g_dbus_connection_call_with_unix_fd_list_finish (connection, &fds, result, &error);

  if (reply == NULL)
    {
      return_failure (task, error);
      return;
    }

  g_variant_get (reply, "(h@ay)", &index, &token);
  fd = take_channel (fds, index);

  if (fd < 0)
    g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_NO_SOURCE,
                             "it answers, but gives no channel");
  else
    g_task_return_pointer (task, pingem_channel_source_new (connection, token, fd), g_object_unref);
}

static void
open_session (GTask *task, GDBusConnection *connection)
{
  PingemSourceFlags flags = GPOINTER_TO_UINT (g_task_get_task_data (task));
  gboolean is_intensive = (flags & PINGEM_SOURCE_INTENSIVE) != 0;
  guint32 session_flags = (is_intensive ? PINGEM_SESSION_INTENSIVE : 0) |
                          ((flags & PINGEM_SOURCE_BATCH) != 0 ? PINGEM_SESSION_BATCH : 0);

  g_dbus_connection_call_with_unix_fd_list (
      connection, PINGEM_HELPER_NAME, PINGEM_HELPER_PATH, PINGEM_HELPER_INTERFACE, "OpenSession",
      g_variant_new ("(uu)", PINGEM_CHANNEL_VERSION, session_flags), G_VARIANT_TYPE ("(hay)"),
      is_intensive ? G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION : G_DBUS_CALL_FLAGS_NONE,
      is_intensive ? G_MAXINT : ORDINARY_TIMEOUT_MS, NULL, g_task_get_cancellable (task),
      on_session, g_object_ref (task));
}

static void
on_connected (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection =
      g_dbus_connection_new_for_address_finish (result, &error);

  if (connection != NULL)
    open_session (task, connection);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_NO_SOURCE,
                             "there is no system bus to reach it by");
}

/* A caller has one session, and the next may be opened before the last one ends: each is a caller
 * of its own. */
void
pingem_open_session_async (PingemSourceFlags flags,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, cancellable, NULL);

  /* Registers the names of the errors, before one can arrive. */
  (void) PINGEM_ERROR;

  g_task_set_source_tag (task, pingem_open_session_async);
  g_task_set_task_data (task, GUINT_TO_POINTER (flags), NULL);
  g_dbus_connection_new_for_address (address != NULL ? address : "",
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                         G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, cancellable, on_connected, task);
}

PingemSource *
pingem_open_session_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
