/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "source/channel-source.h"

#include "ipc/error.h"
#include "ipc/names.h"
#include "ipc/target-spec.h"
#include "source/channel-reader.h"

#define TARGETS_PER_CALL 256

/**
 * PingemChannelSource:
 *
 * Probes sent by the helper. Each target gets a new number on the wire, so that
 * what was under way when a target left is never taken for a later one's.
 */
struct _PingemChannelSource {
  GObject parent_instance;

  GDBusConnection *connection; /* (owned) */
  GVariant *token;             /* (owned) */
  PingemChannelReader *reader; /* (owned) */
  gboolean gone;
  guint32 next_wire_id;
  GHashTable *wire_ids;   /* (owned) the caller's id -> on the wire */
  GHashTable *caller_ids; /* (owned) on the wire -> the caller's id */
};

static void source_iface_init (PingemSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PingemChannelSource,
                               pingem_channel_source,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PINGEM_TYPE_SOURCE, source_iface_init))

static void
on_record (const PingemRecord *probe, gpointer user_data)
{
  PingemChannelSource *self = user_data;
  PingemRecord record = *probe;
  gpointer id;

  if (!g_hash_table_lookup_extended (self->caller_ids, GUINT_TO_POINTER (probe->target), NULL, &id))
    return;

  record.target = GPOINTER_TO_UINT (id);
  g_signal_emit_by_name (self, "record", &record);
}

static void
on_dropped (guint64 n, gpointer user_data)
{
  g_signal_emit_by_name (user_data, "dropped", n);
}

static void
on_gone (const GError *error, gpointer user_data)
{
  PingemChannelSource *self = user_data;

  self->gone = TRUE;
  g_signal_emit_by_name (self, "gone", error);
}

static const PingemChannelFuncs channel_funcs = {
  .record = on_record,
  .dropped = on_dropped,
  .gone = on_gone,
};

static const char *
get_kind (PingemSource *source)
{
  return "helper";
}

static void
call (PingemChannelSource *self,
      const char *method,
      GVariant *args,
      GAsyncReadyCallback callback,
      gpointer user_data)
{
  g_dbus_connection_call (self->connection, PINGEM_HELPER_NAME, PINGEM_HELPER_PATH,
                          PINGEM_HELPER_INTERFACE, method, args, G_VARIANT_TYPE_UNIT,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, callback, user_data);
}

static void
forget (PingemChannelSource *self, guint32 wire_id)
{
  gpointer id;

  if (!g_hash_table_steal_extended (self->caller_ids, GUINT_TO_POINTER (wire_id), NULL, &id))
    return;

  g_hash_table_remove (self->wire_ids, id);
}

static void
remove_wire_id (PingemChannelSource *self, guint32 wire_id)
{
  forget (self, wire_id);
  call (self, "RemoveTarget", g_variant_new ("(@ayu)", self->token, wire_id), NULL, NULL);
}

/* An AddTargets under way, in one or more calls. */
typedef struct {
  GArray *wire_ids; /* (owned) */
  guint n_calls;
  GError *error; /* (owned) (nullable) */
} Addition;

static void
addition_free (Addition *addition)
{
  g_array_unref (addition->wire_ids);
  g_clear_error (&addition->error);
  g_free (addition);
}

static void
finish_addition (GTask *task)
{
  PingemChannelSource *self = g_task_get_source_object (task);
  Addition *addition = g_task_get_task_data (task);

  if (addition->error == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  for (guint i = 0; i < addition->wire_ids->len; i++)
    remove_wire_id (self, g_array_index (addition->wire_ids, guint32, i));
  g_task_return_error (task, g_steal_pointer (&addition->error));
}

static void
on_added (GObject *connection, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Addition *addition = g_task_get_task_data (task);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (connection), result, &error);

  if (reply == NULL && addition->error == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      addition->error = g_steal_pointer (&error);
    }
  if (--addition->n_calls == 0)
    finish_addition (task);
}

static void
send_addition (GTask *task, const PingemTargetSpec *specs, guint n_specs)
{
  PingemChannelSource *self = g_task_get_source_object (task);
  Addition *addition = g_task_get_task_data (task);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" PINGEM_TARGET_SPEC_TYPE));

  for (guint i = 0; i < n_specs; i++)
    {
      PingemTargetSpec spec = specs[i];

      spec.id = self->next_wire_id++;
      g_hash_table_insert (self->wire_ids, GUINT_TO_POINTER (specs[i].id),
                           GUINT_TO_POINTER (spec.id));
      g_hash_table_insert (self->caller_ids, GUINT_TO_POINTER (spec.id),
                           GUINT_TO_POINTER (specs[i].id));
      g_array_append_val (addition->wire_ids, spec.id);
      g_variant_builder_add_value (&builder, pingem_target_spec_to_variant (&spec));
    }

  addition->n_calls++;
  call (self, "AddTargets",
        g_variant_new ("(@ay@a" PINGEM_TARGET_SPEC_TYPE ")", self->token,
                       g_variant_builder_end (&builder)),
        on_added, g_object_ref (task));
}

static gboolean
find_duplicate (PingemChannelSource *self,
                const PingemTargetSpec *specs,
                guint n_specs,
                guint32 *ret_id)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < n_specs; i++)
    if (g_hash_table_contains (self->wire_ids, GUINT_TO_POINTER (specs[i].id)) ||
        !g_hash_table_add (seen, GUINT_TO_POINTER (specs[i].id)))
      {
        *ret_id = specs[i].id;
        return TRUE;
      }

  return FALSE;
}

static void
add_targets (PingemSource *source, const PingemTargetSpec *specs, guint n_specs, GTask *task)
{
  PingemChannelSource *self = PINGEM_CHANNEL_SOURCE (source);
  Addition *addition;
  guint32 id;

  if (n_specs == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (find_duplicate (self, specs, n_specs, &id))
    {
      g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_EXISTS,
                               "Target %u exists already: remove it first", id);
      return;
    }

  addition = g_new0 (Addition, 1);
  addition->wire_ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_task_set_task_data (task, addition, (GDestroyNotify) addition_free);

  for (guint i = 0; i < n_specs; i += TARGETS_PER_CALL)
    send_addition (task, specs + i, MIN (TARGETS_PER_CALL, n_specs - i));
}

static void
on_changed (GObject *connection, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (connection), result, &error);

  if (reply != NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  g_dbus_error_strip_remote_error (error);
  g_task_return_error (task, g_steal_pointer (&error));
}

static void
change_target (PingemSource *source, const PingemTargetSpec *spec, GTask *task)
{
  PingemChannelSource *self = PINGEM_CHANNEL_SOURCE (source);
  PingemTargetSpec changed = *spec;
  gpointer wire_id;

  if (!g_hash_table_lookup_extended (self->wire_ids, GUINT_TO_POINTER (spec->id), NULL, &wire_id))
    {
      g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_NOT_FOUND, "There is no target %u",
                               spec->id);
      return;
    }

  changed.id = GPOINTER_TO_UINT (wire_id);
  call (self, "ChangeTarget",
        g_variant_new ("(@ay@" PINGEM_TARGET_SPEC_TYPE ")", self->token,
                       pingem_target_spec_to_variant (&changed)),
        on_changed, g_object_ref (task));
}

static void
remove_target (PingemSource *source, guint32 id)
{
  PingemChannelSource *self = PINGEM_CHANNEL_SOURCE (source);
  gpointer wire_id;

  if (g_hash_table_lookup_extended (self->wire_ids, GUINT_TO_POINTER (id), NULL, &wire_id))
    remove_wire_id (self, GPOINTER_TO_UINT (wire_id));
}

static void
source_iface_init (PingemSourceInterface *iface)
{
  iface->get_kind = get_kind;
  iface->add_targets = add_targets;
  iface->change_target = change_target;
  iface->remove_target = remove_target;
}

static void
pingem_channel_source_finalize (GObject *object)
{
  PingemChannelSource *self = PINGEM_CHANNEL_SOURCE (object);

  /* Closing the channel ends the session too, but only after the next OpenSession was refused. */
  if (!self->gone)
    call (self, "Close", g_variant_new ("(@ay)", self->token), NULL, NULL);

  g_clear_pointer (&self->reader, pingem_channel_reader_free);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->token, g_variant_unref);
  g_clear_pointer (&self->wire_ids, g_hash_table_unref);
  g_clear_pointer (&self->caller_ids, g_hash_table_unref);

  G_OBJECT_CLASS (pingem_channel_source_parent_class)->finalize (object);
}

static void
pingem_channel_source_class_init (PingemChannelSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pingem_channel_source_finalize;
}

static void
pingem_channel_source_init (PingemChannelSource *self)
{
  self->wire_ids = g_hash_table_new (NULL, NULL);
  self->caller_ids = g_hash_table_new (NULL, NULL);
}

PingemSource *
pingem_channel_source_new (GDBusConnection *connection, GVariant *token, int channel_fd)
{
  PingemChannelSource *self = g_object_new (PINGEM_TYPE_CHANNEL_SOURCE, NULL);

  self->connection = g_object_ref (connection);
  self->token = g_variant_ref_sink (token);
  self->reader = pingem_channel_reader_new (channel_fd, &channel_funcs, self);

  return PINGEM_SOURCE (self);
}
