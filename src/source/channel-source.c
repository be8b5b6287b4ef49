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
  pingem_source_tell_record (user_data, &record);
}

static void
on_dropped (guint64 n, gpointer user_data)
{
  pingem_source_tell_dropped (user_data, n);
}

static void
on_overflowed (gpointer user_data)
{
  pingem_source_tell_overflowed (user_data);
}

static void
on_gone (const GError *error, gpointer user_data)
{
  PingemChannelSource *self = user_data;

  self->gone = TRUE;
  pingem_source_tell_gone (user_data, error);
}

static const PingemChannelFuncs channel_funcs = {
  .record = on_record,
  .dropped = on_dropped,
  .overflowed = on_overflowed,
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

/*
 * An AddTargets under way, in one call after another: what the helper refuses ends it,
 * however much was to follow. Their numbers on the wire follow each other.
 */
typedef struct {
  PingemTargetSpec *specs; /* (owned) */
  guint n_specs;
  guint n_asked;
  guint32 first_wire_id;
} Addition;

static void
addition_free (Addition *addition)
{
  g_free (addition->specs);
  g_free (addition);
}

static Addition *
addition_new (PingemChannelSource *self, const PingemTargetSpec *specs, guint n_specs)
{
  Addition *addition = g_new (Addition, 1);

  *addition = (Addition){ .specs = g_memdup2 (specs, n_specs * sizeof *specs),
                          .n_specs = n_specs,
                          .first_wire_id = self->next_wire_id };

  for (guint i = 0; i < n_specs; i++)
    {
      gpointer wire_id = GUINT_TO_POINTER (self->next_wire_id++);

      g_hash_table_insert (self->wire_ids, GUINT_TO_POINTER (specs[i].id), wire_id);
      g_hash_table_insert (self->caller_ids, wire_id, GUINT_TO_POINTER (specs[i].id));
    }

  return addition;
}

/* All or none: of the last call none were taken, of those before it all. */
static void
take_back (PingemChannelSource *self, const Addition *addition, guint n_taken)
{
  for (guint i = 0; i < addition->n_specs; i++)
    {
      guint32 wire_id = addition->first_wire_id + i;

      if (i < n_taken)
        remove_wire_id (self, wire_id);
      else
        forget (self, wire_id);
    }
}

static void ask_for_next (GTask *task);

static void
on_added (GObject *connection, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Addition *addition = g_task_get_task_data (task);
  guint n_last = (addition->n_asked - 1) % TARGETS_PER_CALL + 1;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (connection), result, &error);

  if (reply == NULL)
    {
      take_back (g_task_get_source_object (task), addition, addition->n_asked - n_last);
      g_dbus_error_strip_remote_error (error);
      g_task_return_error (task, g_steal_pointer (&error));
    }
  else if (addition->n_asked < addition->n_specs)
    ask_for_next (task);
  else
    g_task_return_boolean (task, TRUE);
}

/* Those removed meanwhile are left out. */
static GVariant *
build_next (PingemChannelSource *self, Addition *addition)
{
  guint end = addition->n_asked + MIN (TARGETS_PER_CALL, addition->n_specs - addition->n_asked);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" PINGEM_TARGET_SPEC_TYPE));

  for (; addition->n_asked < end; addition->n_asked++)
    {
      PingemTargetSpec spec = addition->specs[addition->n_asked];

      spec.id = addition->first_wire_id + addition->n_asked;
      if (g_hash_table_contains (self->caller_ids, GUINT_TO_POINTER (spec.id)))
        g_variant_builder_add_value (&builder, pingem_target_spec_to_variant (&spec));
    }

  return g_variant_builder_end (&builder);
}

static void
ask_for_next (GTask *task)
{
  PingemChannelSource *self = g_task_get_source_object (task);

  call (self, "AddTargets",
        g_variant_new ("(@ay@a" PINGEM_TARGET_SPEC_TYPE ")", self->token,
                       build_next (self, g_task_get_task_data (task))),
        on_added, g_object_ref (task));
}

/* The interface is told to the helper, a source address is not. */
static gboolean
check_source (const PingemTargetSpec *spec, GTask *task)
{
  if (spec->source.family == 0)
    return TRUE;

  g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                           "The helper sends from the address that the routes say: name an "
                           "interface instead, or use --source raw as root");

  return FALSE;
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
  guint32 id;

  if (n_specs == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  for (guint i = 0; i < n_specs; i++)
    if (!check_source (&specs[i], task))
      return;
  if (find_duplicate (self, specs, n_specs, &id))
    {
      g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_EXISTS,
                               "Target %u exists already: remove it first", id);
      return;
    }

  g_task_set_task_data (task, addition_new (self, specs, n_specs), (GDestroyNotify) addition_free);
  ask_for_next (task);
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

  if (!check_source (spec, task))
    return;

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
