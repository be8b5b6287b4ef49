/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "lab/system-bus.h"
#include "monitor/network-manager.h"

#define NM "org.freedesktop.NetworkManager"
#define ROOT "/org/freedesktop/NetworkManager"

/* What NetworkManager has of this in its interfaces. */
static const char interfaces[] = "<node>"
                                 "<interface name='" NM "'>"
                                 "  <property name='Connectivity' type='u' access='read'/>"
                                 "  <property name='PrimaryConnection' type='o' access='read'/>"
                                 "</interface>"
                                 "<interface name='" NM ".Connection.Active'>"
                                 "  <property name='Devices' type='ao' access='read'/>"
                                 "</interface>"
                                 "<interface name='" NM ".Device'>"
                                 "  <property name='Interface' type='s' access='read'/>"
                                 "</interface>"
                                 "<interface name='" NM ".Device.Wireless'>"
                                 "  <property name='ActiveAccessPoint' type='o' access='read'/>"
                                 "</interface>"
                                 "<interface name='" NM ".AccessPoint'>"
                                 "  <property name='Ssid' type='ay' access='read'/>"
                                 "  <property name='Strength' type='y' access='read'/>"
                                 "</interface>"
                                 "</node>";

static const struct {
  const char *path;
  const char *interface;
} objects[] = {
  { "", "" },
  { "/ActiveConnection/1", ".Connection.Active" },
  { "/ActiveConnection/2", ".Connection.Active" },
  { "/Devices/1", ".Device" },
  { "/Devices/1", ".Device.Wireless" },
  { "/Devices/2", ".Device" },
  { "/AccessPoint/1", ".AccessPoint" },
  { "/AccessPoint/2", ".AccessPoint" },
};

typedef struct {
  LabSystemBus *bus;
  GDBusConnection *connection; /* the watcher's */
  GDBusConnection *manager;    /* (nullable): NetworkManager's */
  guint registrations[G_N_ELEMENTS (objects)];
  GHashTable *properties; /* of "PATH NAME" to GVariant */
  PingemNetworkManager *watcher;
  guint n_changes;
} Fixture;

static GVariant *
get_property (GDBusConnection *connection,
              const char *sender,
              const char *path,
              const char *interface,
              const char *name,
              GError **error,
              gpointer user_data)
{
  Fixture *f = user_data;
  g_autofree char *key = g_strdup_printf ("%s %s", path, name);
  GVariant *value = g_hash_table_lookup (f->properties, key);

  if (value == NULL)
    g_set_error_literal (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_PROPERTY, name);

  return value != NULL ? g_variant_ref (value) : NULL;
}

/* @path: below NetworkManager's; @value: consumed if floating */
static void
set (Fixture *f, const char *path, const char *name, GVariant *value)
{
  g_hash_table_insert (f->properties, g_strdup_printf (ROOT "%s %s", path, name),
                       g_variant_ref_sink (value));
}

/* Also tells so. */
static void
change (Fixture *f, const char *path, const char *interface, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_new_parsed (text);
  g_autofree char *full = g_strconcat (ROOT, path, NULL);
  g_autofree char *full_interface = g_strconcat (NM, interface, NULL);
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  set (f, path, name, value);
  g_variant_dict_insert_value (&dict, name, value);
  g_dbus_connection_emit_signal (
      f->manager, NULL, full, "org.freedesktop.DBus.Properties", "PropertiesChanged",
      g_variant_new ("(s@a{sv}as)", full_interface, g_variant_dict_end (&dict), NULL), &error);
  g_assert_no_error (error);
}

static GVariant *
make_ssid (const char *bytes)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, strlen (bytes), 1);
}

static void
start (Fixture *f)
{
  static const GDBusInterfaceVTable vtable = { .get_property = get_property };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (interfaces, NULL);
  g_autoptr (GError) error = NULL;

  f->manager = lab_system_bus_connect (f->bus);

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      g_autofree char *path = g_strconcat (ROOT, objects[i].path, NULL);
      g_autofree char *interface = g_strconcat (NM, objects[i].interface, NULL);

      f->registrations[i] = g_dbus_connection_register_object (
          f->manager, path, g_dbus_node_info_lookup_interface (node, interface), &vtable, f, NULL,
          &error);
      g_assert_no_error (error);
    }

  lab_own_name (f->manager, NM);
}

static void
stop (Fixture *f)
{
  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    g_dbus_connection_unregister_object (f->manager, f->registrations[i]);
  lab_leave_bus (g_steal_pointer (&f->manager));
}

static void
on_changed (Fixture *f)
{
  f->n_changes++;
}

/* wlan0 is in the network "Home" at 70 %; eth0, which is connection 2, is not the primary one. */
static void
set_up (Fixture *f, gconstpointer data)
{
  f->properties =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
  set (f, "", "Connectivity", g_variant_new_uint32 (4));
  set (f, "", "PrimaryConnection", g_variant_new_object_path (ROOT "/ActiveConnection/1"));
  set (f, "/ActiveConnection/1", "Devices", g_variant_new_parsed ("[%o]", ROOT "/Devices/1"));
  set (f, "/ActiveConnection/2", "Devices", g_variant_new_parsed ("[%o]", ROOT "/Devices/2"));
  set (f, "/Devices/1", "Interface", g_variant_new_string ("wlan0"));
  set (f, "/Devices/1", "ActiveAccessPoint", g_variant_new_object_path (ROOT "/AccessPoint/1"));
  set (f, "/Devices/2", "Interface", g_variant_new_string ("eth0"));
  set (f, "/AccessPoint/1", "Ssid", make_ssid ("Home"));
  set (f, "/AccessPoint/1", "Strength", g_variant_new_byte (70));
  set (f, "/AccessPoint/2", "Ssid",
       make_ssid ("Ev\033il\xff"
                  "\342\200\256"));
  set (f, "/AccessPoint/2", "Strength", g_variant_new_byte (255));

  f->bus = lab_system_bus_new ();
  f->connection = lab_system_bus_connect (f->bus);
  f->watcher = pingem_network_manager_new (f->connection);
  g_signal_connect_swapped (f->watcher, "changed", G_CALLBACK (on_changed), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->watcher);
  if (f->manager != NULL)
    stop (f);
  lab_leave_bus (f->connection);
  lab_system_bus_free (f->bus);
  g_hash_table_unref (f->properties);
}

static gboolean
is_in (Fixture *f, const char *interface, const char *wifi, int signal)
{
  return g_strcmp0 (pingem_network_manager_get_interface (f->watcher), interface) == 0 &&
         g_strcmp0 (pingem_network_manager_get_wifi (f->watcher), wifi) == 0 &&
         pingem_network_manager_get_signal (f->watcher) == signal;
}

static void
test_comes_and_goes (Fixture *f, gconstpointer data)
{
  g_assert_true (is_in (f, NULL, NULL, -1));
  g_assert_false (pingem_network_manager_is_portal (f->watcher));

  for (guint i = 0; i < 2; i++)
    {
      start (f);
      lab_wait_until (is_in (f, "wlan0", "Home", 70));
      stop (f);
      lab_wait_until (is_in (f, NULL, NULL, -1));
    }
}

static void
test_roams (Fixture *f, gconstpointer data)
{
  start (f);
  lab_wait_until (is_in (f, "wlan0", "Home", 70));
  change (f, "/Devices/1", ".Device.Wireless", "ActiveAccessPoint",
          "objectpath '" ROOT "/AccessPoint/2'");
  /* What others call a network is nobody's escape sequence. */
  lab_wait_until (is_in (f, "wlan0", "Ev\357\277\275il\357\277\275\357\277\275", 100));
  change (f, "/Devices/1", ".Device.Wireless", "ActiveAccessPoint", "objectpath '/'");
  lab_wait_until (is_in (f, "wlan0", NULL, -1));
}

static void
test_cable (Fixture *f, gconstpointer data)
{
  start (f);
  lab_wait_until (is_in (f, "wlan0", "Home", 70));
  change (f, "", "", "PrimaryConnection", "objectpath '" ROOT "/ActiveConnection/2'");
  lab_wait_until (is_in (f, "eth0", NULL, -1));
  change (f, "", "", "PrimaryConnection", "objectpath '/'");
  lab_wait_until (is_in (f, NULL, NULL, -1));
  change (f, "", "", "PrimaryConnection", "objectpath '" ROOT "/ActiveConnection/1'");
  lab_wait_until (is_in (f, "wlan0", "Home", 70));
}

/* Each change of the signal's would be one of Status's. */
static void
test_wavering_signal (Fixture *f, gconstpointer data)
{
  guint n_changes;

  start (f);
  lab_wait_until (is_in (f, "wlan0", "Home", 70));
  n_changes = f->n_changes;
  change (f, "/AccessPoint/1", ".AccessPoint", "Strength", "byte 61");
  change (f, "/AccessPoint/1", ".AccessPoint", "Strength", "byte 79");
  change (f, "/AccessPoint/1", ".AccessPoint", "Strength", "byte 80");
  lab_wait_until (is_in (f, "wlan0", "Home", 80));
  g_assert_cmpuint (f->n_changes, ==, n_changes + 1);
  change (f, "/AccessPoint/1", ".AccessPoint", "Strength", "byte 70");
  lab_wait_until (is_in (f, "wlan0", "Home", 70));
}

static void
test_portal (Fixture *f, gconstpointer data)
{
  start (f);
  lab_wait_until (is_in (f, "wlan0", "Home", 70));

  for (guint i = 0; i < 2; i++)
    {
      change (f, "", "", "Connectivity", "uint32 2");
      lab_wait_until (pingem_network_manager_is_portal (f->watcher));
      change (f, "", "", "Connectivity", i == 0 ? "uint32 4" : "uint32 3");
      lab_wait_until (!pingem_network_manager_is_portal (f->watcher));
    }

  change (f, "", "", "Connectivity", "uint32 2");
  lab_wait_until (pingem_network_manager_is_portal (f->watcher));
  stop (f);
  lab_wait_until (!pingem_network_manager_is_portal (f->watcher));
}

/* Wrong types, by whoever calls himself so. */
static void
test_strange_answers (Fixture *f, gconstpointer data)
{
  start (f);
  lab_wait_until (is_in (f, "wlan0", "Home", 70));
  change (f, "", "", "Connectivity", "'portal'");
  change (f, "/AccessPoint/1", ".AccessPoint", "Ssid", "'Other'");
  change (f, "/AccessPoint/1", ".AccessPoint", "Strength", "uint32 10");
  change (f, "", "", "PrimaryConnection", "'nonsense'");
  change (f, "/Devices/1", ".Device.Wireless", "ActiveAccessPoint",
          "objectpath '" ROOT "/AccessPoint/99'");
  lab_wait_until (is_in (f, "wlan0", NULL, -1));
  g_assert_false (pingem_network_manager_is_portal (f->watcher));
}

static void
add_test (const char *path, void (*test) (Fixture *f, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/network-manager/comes-and-goes", test_comes_and_goes);
  add_test ("/network-manager/roams", test_roams);
  add_test ("/network-manager/cable", test_cable);
  add_test ("/network-manager/wavering-signal", test_wavering_signal);
  add_test ("/network-manager/portal", test_portal);
  add_test ("/network-manager/strange-answers", test_strange_answers);

  return g_test_run ();
}
