/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/network-manager.h"

#define NM_NAME "org.freedesktop.NetworkManager"
#define NM_PATH "/org/freedesktop/NetworkManager"
#define CONNECTIVITY_PORTAL 2
#define MAX_SSID 32 /* IEEE 802.11-2020, 9.4.2.2 */
#define MIN_SIGNAL_CHANGE 10

/* From the manager to the access point, each found through the one before. */
typedef enum {
  MANAGER,
  CONNECTION,
  DEVICE,
  WIRELESS,
  ACCESS_POINT,
  N_OBJECTS
} Kind;

typedef struct {
  PingemNetworkManager *manager;
  Kind kind;
  char *path;                /* (owned) (nullable): NULL: there is none */
  GCancellable *cancellable; /* (owned) (nullable): of the question for its properties */
  guint signal_id;
} Object;

typedef struct {
  char *wifi;      /* (owned) (nullable) */
  char *interface; /* (owned) (nullable) */
  int signal;      /* -1: unknown */
  gboolean is_portal;
} State;

/**
 * PingemNetworkManager:
 *
 * The default route and links are PingemNetwatch's matter: this is what the kernel does not know.
 */
struct _PingemNetworkManager {
  GObject parent_instance;

  GDBusConnection *bus; /* (owned) */
  guint name_id;
  Object objects[N_OBJECTS];
  State state; /* as NetworkManager has it */
  State told;
};

enum {
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemNetworkManager, pingem_network_manager, G_TYPE_OBJECT)

static void follow (PingemNetworkManager *self, Kind kind, const char *path);

/* Each takes what is new of an object's properties; NULL: there is no such object any more. */

static void
take_manager (PingemNetworkManager *self, GVariant *properties)
{
  const char *path = NULL;
  guint32 connectivity = 0;

  if (properties == NULL || g_variant_lookup (properties, "Connectivity", "u", &connectivity))
    self->state.is_portal = connectivity == CONNECTIVITY_PORTAL;
  if (properties == NULL || g_variant_lookup (properties, "PrimaryConnection", "&o", &path))
    follow (self, CONNECTION, path);
}

static void
take_connection (PingemNetworkManager *self, GVariant *properties)
{
  g_autofree const char **paths = NULL;

  if (properties != NULL && !g_variant_lookup (properties, "Devices", "^a&o", &paths))
    return;

  follow (self, DEVICE, paths != NULL ? paths[0] : NULL);
  follow (self, WIRELESS, paths != NULL ? paths[0] : NULL);
}

static void
take_device (PingemNetworkManager *self, GVariant *properties)
{
  const char *interface = NULL;

  if (properties == NULL || g_variant_lookup (properties, "Interface", "&s", &interface))
    {
      g_free (self->state.interface);
      self->state.interface = g_strdup (interface);
    }
}

static void
take_wireless (PingemNetworkManager *self, GVariant *properties)
{
  const char *path = NULL;

  if (properties == NULL || g_variant_lookup (properties, "ActiveAccessPoint", "&o", &path))
    follow (self, ACCESS_POINT, path);
}

/* Anybody can call a network anything. */
static char *
read_ssid (GVariant *ssid)
{
  gsize length;
  const char *bytes = g_variant_get_fixed_array (ssid, &length, 1);
  g_autofree char *text = NULL;
  GString *name;

  if (length == 0 || length > MAX_SSID)
    return NULL;

  text = g_utf8_make_valid (bytes, (gssize) length);
  name = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    g_string_append_unichar (name, g_unichar_isprint (g_utf8_get_char (c)) ? g_utf8_get_char (c)
                                                                           : 0xFFFD);

  return g_string_free (name, FALSE);
}

static void
take_access_point (PingemNetworkManager *self, GVariant *properties)
{
  g_autoptr (GVariant) ssid = NULL;
  guint8 strength;

  if (properties == NULL)
    {
      g_clear_pointer (&self->state.wifi, g_free);
      self->state.signal = -1;
      return;
    }

  ssid = g_variant_lookup_value (properties, "Ssid", G_VARIANT_TYPE_BYTESTRING);

  if (ssid != NULL)
    {
      g_free (self->state.wifi);
      self->state.wifi = read_ssid (ssid);
    }
  if (g_variant_lookup (properties, "Strength", "y", &strength))
    self->state.signal = MIN (strength, 100);
}

static const struct {
  const char *interface;
  void (*take) (PingemNetworkManager *self, GVariant *properties);
  gboolean is_fixed; /* what is used of it does not change */
} kinds[] = {
  [MANAGER] = { NM_NAME, take_manager, FALSE },
  [CONNECTION] = { NM_NAME ".Connection.Active", take_connection, TRUE },
  [DEVICE] = { NM_NAME ".Device", take_device, TRUE },
  [WIRELESS] = { NM_NAME ".Device.Wireless", take_wireless, FALSE },
  [ACCESS_POINT] = { NM_NAME ".AccessPoint", take_access_point, FALSE },
};

static void
state_clear (State *state)
{
  g_clear_pointer (&state->wifi, g_free);
  g_clear_pointer (&state->interface, g_free);
}

/* A signal wavers all the time. */
static int
settle_signal (const State *state, const State *told)
{
  gboolean is_same = state->signal >= 0 && told->signal >= 0 &&
                     ABS (state->signal - told->signal) < MIN_SIGNAL_CHANGE;

  return is_same && g_strcmp0 (state->wifi, told->wifi) == 0 ? told->signal : state->signal;
}

static void
tell (PingemNetworkManager *self)
{
  State *told = &self->told;
  int signal = settle_signal (&self->state, told);

  if (g_strcmp0 (self->state.wifi, told->wifi) == 0 &&
      g_strcmp0 (self->state.interface, told->interface) == 0 && signal == told->signal &&
      self->state.is_portal == told->is_portal)
    return;

  state_clear (told);
  *told = (State){ g_strdup (self->state.wifi), g_strdup (self->state.interface), signal,
                   self->state.is_portal };
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_properties (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) properties = NULL;
  Object *object = user_data;

  /* Then the object may be gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  /* One without such an interface, as a cable has nothing wireless, is none. */
  if (reply != NULL)
    g_variant_get (reply, "(@a{sv})", &properties);

  kinds[object->kind].take (object->manager, properties);
  tell (object->manager);
}

static void
ask (Object *object)
{
  g_cancellable_cancel (object->cancellable);
  g_clear_object (&object->cancellable);
  object->cancellable = g_cancellable_new ();
  g_dbus_connection_call (
      object->manager->bus, NM_NAME, object->path, "org.freedesktop.DBus.Properties", "GetAll",
      g_variant_new ("(s)", kinds[object->kind].interface), G_VARIANT_TYPE ("(a{sv})"),
      G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, object->cancellable, on_properties, object);
}

static void
on_changed (GDBusConnection *bus,
            const char *sender,
            const char *path,
            const char *interface,
            const char *name,
            GVariant *args,
            gpointer user_data)
{
  Object *object = user_data;
  g_autoptr (GVariant) properties = NULL;
  g_autofree const char **invalidated = NULL;

  if (!g_variant_is_of_type (args, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;

  g_variant_get (args, "(&s@a{sv}^a&s)", NULL, &properties, &invalidated);

  if (invalidated[0] != NULL)
    ask (object);

  kinds[object->kind].take (object->manager, properties);
  tell (object->manager);
}

static void
leave (Object *object)
{
  g_cancellable_cancel (object->cancellable);
  g_clear_object (&object->cancellable);
  if (object->signal_id != 0)
    g_dbus_connection_signal_unsubscribe (object->manager->bus, object->signal_id);
  object->signal_id = 0;
  g_clear_pointer (&object->path, g_free);
}

/* What was known of the last one holds until the new one has answered. */
static void
follow (PingemNetworkManager *self, Kind kind, const char *path)
{
  Object *object = &self->objects[kind];

  if (g_strcmp0 (path, "/") == 0)
    path = NULL;
  if (path != NULL && g_strcmp0 (object->path, path) == 0)
    return;

  leave (object);

  if (path == NULL)
    {
      kinds[kind].take (self, NULL);
      return;
    }

  object->path = g_strdup (path);
  if (!kinds[kind].is_fixed)
    object->signal_id = g_dbus_connection_signal_subscribe (
        self->bus, NM_NAME, "org.freedesktop.DBus.Properties", "PropertiesChanged", path,
        kinds[kind].interface, G_DBUS_SIGNAL_FLAGS_NONE, on_changed, object, NULL);
  ask (object);
}

static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  follow (user_data, MANAGER, NM_PATH);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  follow (user_data, MANAGER, NULL);
  tell (user_data);
}

static void
pingem_network_manager_dispose (GObject *object)
{
  PingemNetworkManager *self = PINGEM_NETWORK_MANAGER (object);

  g_clear_handle_id (&self->name_id, g_bus_unwatch_name);
  for (guint i = 0; i < N_OBJECTS; i++)
    leave (&self->objects[i]);
  g_clear_object (&self->bus);

  G_OBJECT_CLASS (pingem_network_manager_parent_class)->dispose (object);
}

static void
pingem_network_manager_finalize (GObject *object)
{
  PingemNetworkManager *self = PINGEM_NETWORK_MANAGER (object);

  state_clear (&self->state);
  state_clear (&self->told);

  G_OBJECT_CLASS (pingem_network_manager_parent_class)->finalize (object);
}

static void
pingem_network_manager_class_init (PingemNetworkManagerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = pingem_network_manager_dispose;
  object_class->finalize = pingem_network_manager_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
pingem_network_manager_init (PingemNetworkManager *self)
{
  self->state.signal = -1;
  self->told.signal = -1;

  for (guint i = 0; i < N_OBJECTS; i++)
    self->objects[i] = (Object){ .manager = self, .kind = i };
}

PingemNetworkManager *
pingem_network_manager_new (GDBusConnection *bus)
{
  PingemNetworkManager *self = g_object_new (PINGEM_TYPE_NETWORK_MANAGER, NULL);

  self->bus = g_object_ref (bus);
  self->name_id = g_bus_watch_name_on_connection (bus, NM_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                  on_appeared, on_vanished, self, NULL);

  return self;
}

gboolean
pingem_network_manager_is_portal (PingemNetworkManager *self)
{
  return self->told.is_portal;
}

const char *
pingem_network_manager_get_wifi (PingemNetworkManager *self)
{
  return self->told.wifi;
}

const char *
pingem_network_manager_get_interface (PingemNetworkManager *self)
{
  return self->told.interface;
}

int
pingem_network_manager_get_signal (PingemNetworkManager *self)
{
  return self->told.signal;
}
