/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "lab/system-bus.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define POLKIT_NAME "org.freedesktop.PolicyKit1"

static const char polkit_xml[] =
    "<node><interface name='org.freedesktop.PolicyKit1.Authority'>"
    "  <method name='CheckAuthorization'>"
    "    <arg type='(sa{sv})' direction='in'/><arg type='s' direction='in'/>"
    "    <arg type='a{ss}' direction='in'/><arg type='u' direction='in'/>"
    "    <arg type='s' direction='in'/><arg type='(bba{ss})' direction='out'/>"
    "  </method>"
    "  <method name='CancelCheckAuthorization'><arg type='s' direction='in'/></method>"
    "  <signal name='Changed'/>"
    "</interface></node>";

void
lab_polkit_answer (LabSystemBus *self)
{
  GVariantBuilder details;

  g_variant_builder_init (&details, G_VARIANT_TYPE ("a{ss}"));
  if (self->dismissed)
    g_variant_builder_add (&details, "{ss}", "polkit.dismissed", "true");

  g_dbus_method_invocation_return_value (
      g_steal_pointer (&self->held),
      g_variant_new ("((bba{ss}))", self->authorized, self->challenge, &details));
}

static void
on_method_call (GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *method,
                GVariant *args,
                GDBusMethodInvocation *invocation,
                gpointer user_data)
{
  LabSystemBus *self = user_data;
  const char *kind, *action;
  g_autoptr (GVariant) subject = NULL;
  const char *name = "";

  if (g_str_equal (method, "CancelCheckAuthorization"))
    {
      self->n_cancelled++;
      g_dbus_method_invocation_return_value (invocation, NULL);
      return;
    }

  g_variant_get (args, "((&s@a{sv})&s@a{ss}u&s)", &kind, &subject, &action, NULL, &self->flags,
                 NULL);
  g_assert_cmpstr (kind, ==, "system-bus-name");
  g_variant_lookup (subject, "name", "&s", &name);
  g_free (self->subject);
  self->subject = g_strdup (name);
  g_free (self->action);
  self->action = g_strdup (action);
  self->n_asked++;
  self->held = invocation;

  if (!self->hold)
    lab_polkit_answer (self);
}

void
lab_polkit_change (LabSystemBus *self)
{
  g_dbus_connection_emit_signal (self->polkit, NULL, "/org/freedesktop/PolicyKit1/Authority",
                                 "org.freedesktop.PolicyKit1.Authority", "Changed", NULL, NULL);
}

static void
ask_bus (GDBusConnection *connection, const char *method, GVariant *args)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply =
      lab_call (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                method, args, G_DBUS_CALL_FLAGS_NONE, NULL, &error);

  g_assert_no_error (error);
  g_variant_unref (reply);
}

void
lab_own_name (GDBusConnection *connection, const char *name)
{
  ask_bus (connection, "RequestName", g_variant_new ("(su)", name, 4));
}

void
lab_polkit_set_present (LabSystemBus *self, gboolean present)
{
  if (present)
    lab_own_name (self->polkit, POLKIT_NAME);
  else
    ask_bus (self->polkit, "ReleaseName", g_variant_new ("(s)", POLKIT_NAME));
}

LabSystemBus *
lab_system_bus_new (void)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_method_call };
  LabSystemBus *self = g_new0 (LabSystemBus, 1);
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (polkit_xml, NULL);
  g_autoptr (GError) error = NULL;

  self->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (self->bus), TRUE);
  self->polkit = lab_system_bus_connect (self);
  g_dbus_connection_register_object (self->polkit, "/org/freedesktop/PolicyKit1/Authority",
                                     node->interfaces[0], &vtable, self, NULL, &error);
  g_assert_no_error (error);
  lab_polkit_set_present (self, TRUE);

  return self;
}

void
lab_system_bus_free (LabSystemBus *self)
{
  lab_leave_bus (self->polkit);
  g_test_dbus_down (self->bus);
  g_object_unref (self->bus);
  g_free (self->action);
  g_free (self->subject);
  g_free (self);
}

GDBusConnection *
lab_system_bus_connect (LabSystemBus *self)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (self->bus),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);

  g_assert_no_error (error);

  return connection;
}

void
lab_leave_bus (GDBusConnection *connection)
{
  g_dbus_connection_close_sync (connection, NULL, NULL);
  g_object_unref (connection);
}

static void
on_result (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

GVariant *
lab_call (GDBusConnection *connection,
          const char *name,
          const char *path,
          const char *interface,
          const char *method,
          GVariant *args,
          GDBusCallFlags flags,
          GUnixFDList **ret_fds,
          GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_dbus_connection_call_with_unix_fd_list (connection, name, path, interface, method, args, NULL,
                                            flags, -1, NULL, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return g_dbus_connection_call_with_unix_fd_list_finish (connection, ret_fds, result, error);
}

gboolean
lab_on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
lab_write_file (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, text, strlen (text)), ==, strlen (text));
  close (fd);
}

const char *
lab_enter_namespace (void)
{
  struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
  int fd;

  if (unshare (CLONE_NEWNET) < 0)
    return "only root may make a network namespace";

  fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (ioctl (fd, SIOCSIFFLAGS, &request), ==, 0);
  close (fd);
  lab_write_file ("/proc/sys/net/ipv4/ping_group_range", "0 2147483647");

  return NULL;
}
