/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/intake.h"

#include <unistd.h>

#include <gio/gunixfdlist.h>

/* The message is locked, its list is not. */
static GDBusMessage *
close_descriptors (GDBusConnection *connection,
                   GDBusMessage *message,
                   gboolean is_incoming,
                   gpointer user_data)
{
  GUnixFDList *list = is_incoming ? g_dbus_message_get_unix_fd_list (message) : NULL;
  g_autofree int *fds = NULL;
  int n = 0;

  if (list != NULL)
    fds = g_unix_fd_list_steal_fds (list, &n);
  for (int i = 0; i < n; i++)
    close (fds[i]);

  return message;
}

void
pingem_intake_close_descriptors (GDBusConnection *connection)
{
  g_dbus_connection_add_filter (connection, close_descriptors, NULL, NULL);
}
