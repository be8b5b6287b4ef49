/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <gio/gunixfdlist.h>
#include <glib-unix.h>

#include "ipc/names.h"
#include "lab/helper.h"

/* Also while the main loop, which does not run here, has no time for the call. */
static void
test_descriptors_are_closed (LabHelper *f, gconstpointer data)
{
  LabClient client = lab_client_new ();
  GDBusMessage *message =
      g_dbus_message_new_method_call (g_dbus_connection_get_unique_name (f->connection),
                                      PINGEM_HELPER_PATH, PINGEM_HELPER_INTERFACE, "Close");
  g_autoptr (GUnixFDList) list = NULL;
  struct pollfd other_end = { 0 };
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  list = g_unix_fd_list_new_from_array (&fds[1], 1);
  g_dbus_message_set_unix_fd_list (message, list);
  g_clear_object (&list);
  g_dbus_connection_send_message (client.connection, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                  NULL);
  g_object_unref (message);

  other_end.fd = fds[0];
  g_assert_cmpint (poll (&other_end, 1, 20000), ==, 1);
  g_assert_cmpint (other_end.revents, ==, POLLHUP);
  close (fds[0]);
  lab_client_free (&client);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  if (!lab_helper_init ())
    return 0;

  g_test_add ("/intake/R9 descriptors-are-closed", LabHelper, NULL, lab_helper_set_up,
              test_descriptors_are_closed, lab_helper_tear_down);
  status = g_test_run ();
  lab_helper_finish ();

  return status;
}
