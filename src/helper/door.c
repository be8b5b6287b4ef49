/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/door.h"

#include <time.h>

#include "ipc/error.h"

#define UID_KEY "pingem-uid"
#define NS_PER_S G_GINT64_CONSTANT (1000000000)

/**
 * PingemDoor:
 *
 * Knows of a caller what the bus says, and how many calls its user made.
 */
struct _PingemDoor {
  PingemDbusHelper1Skeleton parent_instance;

  const PingemDoorFuncs *funcs; /* (nullable) once shut */
  gpointer user_data;
  const PingemRate *call_rate; /* (unowned) */
  GHashTable *buckets;         /* (owned) uid -> PingemBucket; full ones may be missing */
  guint n_waiting;
};

G_DEFINE_FINAL_TYPE (PingemDoor, pingem_door, PINGEM_DBUS_TYPE_HELPER1_SKELETON)

/* A call whose user is asked for. */
typedef struct {
  PingemDoor *door; /* (owned) */
  PingemMember member;
  GDBusMethodInvocation *invocation; /* (owned) until answered */
} Call;

static gint64
get_now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static gboolean
is_full (gpointer uid, gpointer bucket, gpointer now_ns)
{
  return ((PingemBucket *) bucket)->full_ns <= *(gint64 *) now_ns;
}

static gboolean
take_token (PingemDoor *self, guint32 uid)
{
  gint64 now_ns = get_now_ns ();
  PingemBucket *bucket = g_hash_table_lookup (self->buckets, GUINT_TO_POINTER (uid));

  if (bucket == NULL)
    {
      g_hash_table_foreach_remove (self->buckets, is_full, &now_ns);
      bucket = g_new0 (PingemBucket, 1);
      g_hash_table_insert (self->buckets, GUINT_TO_POINTER (uid), bucket);
    }

  if (!pingem_bucket_has_token (bucket, self->call_rate, now_ns))
    return FALSE;

  pingem_bucket_take (bucket, self->call_rate, now_ns);

  return TRUE;
}

static void
fail (GDBusMethodInvocation *invocation, PingemError code, const char *text)
{
  g_dbus_method_invocation_return_error_literal (invocation, PINGEM_ERROR, (int) code, text);
}

static void
let_in (PingemDoor *self, const Call *call, guint32 uid)
{
  if (self->funcs->is_free (call->member, call->invocation, self->user_data) ||
      take_token (self, uid))
    {
      self->funcs->call (call->member, uid, call->invocation, self->user_data);
      return;
    }

  self->funcs->too_many (uid, self->user_data);
  fail (call->invocation, PINGEM_ERROR_TOO_MANY,
        "This user calls the helper too often: try again in some seconds");
}

static void
on_uid (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  g_autoptr (PingemDoor) self = call->door;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);
  guint32 uid;

  self->n_waiting--;
  if (self->funcs == NULL || reply == NULL)
    fail (call->invocation, PINGEM_ERROR_FAILED, "The caller has left the bus");
  else
    {
      g_variant_get (reply, "(u)", &uid);
      g_object_set_data (G_OBJECT (call->invocation), UID_KEY, GUINT_TO_POINTER (uid));
      let_in (self, call, uid);
    }

  g_free (call);
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
  PingemDoor *self = user_data;
  PingemMember member;
  Call *call;

  if (!pingem_member_find (method, FALSE, &member))
    {
      fail (invocation, PINGEM_ERROR_NOT_FOUND, "There is no such method");
      return;
    }
  if (g_variant_get_size (args) > PINGEM_CALL_SIZE)
    {
      fail (invocation, PINGEM_ERROR_TOO_MANY, "A call has at most 65536 bytes: make more calls");
      return;
    }

  call = g_new (Call, 1);
  *call = (Call){ g_object_ref (self), member, invocation };
  self->n_waiting++;
  g_dbus_connection_call (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", "GetConnectionUnixUser",
                          g_variant_new ("(s)", sender), G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_uid, call);
}

static GDBusInterfaceVTable *
get_parent_vtable (PingemDoor *self)
{
  return G_DBUS_INTERFACE_SKELETON_CLASS (pingem_door_parent_class)
      ->get_vtable (G_DBUS_INTERFACE_SKELETON (self));
}

static GVariant *
on_get_property (GDBusConnection *connection,
                 const char *sender,
                 const char *path,
                 const char *interface,
                 const char *property,
                 GError **error,
                 gpointer user_data)
{
  PingemMember member;

  if (pingem_member_find (property, TRUE, &member) &&
      pingem_access_get (member, NULL).kind == PINGEM_ACCESS_EVERYBODY)
    return get_parent_vtable (user_data)->get_property (connection, sender, path, interface,
                                                        property, error, user_data);

  g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_DENIED, "Nobody may read this");

  return NULL;
}

static GDBusInterfaceVTable *
get_vtable (GDBusInterfaceSkeleton *skeleton)
{
  static GDBusInterfaceVTable vtable;

  vtable = *get_parent_vtable (PINGEM_DOOR (skeleton));
  vtable.method_call = on_method_call;
  vtable.get_property = on_get_property;

  return &vtable;
}

static void
pingem_door_finalize (GObject *object)
{
  g_hash_table_unref (PINGEM_DOOR (object)->buckets);

  G_OBJECT_CLASS (pingem_door_parent_class)->finalize (object);
}

static void
pingem_door_class_init (PingemDoorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pingem_door_finalize;
  G_DBUS_INTERFACE_SKELETON_CLASS (klass)->get_vtable = get_vtable;
}

static void
pingem_door_init (PingemDoor *self)
{
  self->buckets = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

PingemDoor *
pingem_door_new (const PingemDoorFuncs *funcs, gpointer user_data, const PingemRate *call_rate)
{
  PingemDoor *self = g_object_new (PINGEM_TYPE_DOOR, NULL);

  self->funcs = funcs;
  self->user_data = user_data;
  self->call_rate = call_rate;

  return self;
}

void
pingem_door_pass (PingemDoor *self, GDBusMethodInvocation *invocation)
{
  get_parent_vtable (self)->method_call (g_dbus_method_invocation_get_connection (invocation),
                                         g_dbus_method_invocation_get_sender (invocation),
                                         g_dbus_method_invocation_get_object_path (invocation),
                                         g_dbus_method_invocation_get_interface_name (invocation),
                                         g_dbus_method_invocation_get_method_name (invocation),
                                         g_dbus_method_invocation_get_parameters (invocation),
                                         invocation, self);
}

guint32
pingem_door_get_uid (GDBusMethodInvocation *invocation)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (invocation), UID_KEY));
}

guint
pingem_door_count_waiting (PingemDoor *self)
{
  return self->n_waiting;
}

void
pingem_door_shut (PingemDoor *self)
{
  self->funcs = NULL;
}
