/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "source/engine-source.h"

#include "ipc/engine-watch.h"
#include "ipc/target-spec.h"

/**
 * PingemEngineSource:
 *
 * Probes sent by this very process. Its targets have the caller's ids.
 */
struct _PingemEngineSource {
  GObject parent_instance;

  PingemSocketKind kind;
  gboolean batch;
  PingemEngine *engine; /* (owned) */
  GSource *watch;       /* (owned) */
  guint64 n_overflows;  /* told so far */
};

static void source_iface_init (PingemSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PingemEngineSource,
                               pingem_engine_source,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PINGEM_TYPE_SOURCE, source_iface_init))

static void
on_record (const PingemRecord *record, void *data)
{
  pingem_source_tell_record (data, record);
}

static gboolean
on_ready (gpointer user_data)
{
  /* A handler may drop the last reference, and the engine must outlive its run. */
  g_autoptr (PingemEngineSource) self = g_object_ref (user_data);
  guint64 n_before = self->n_overflows;

  pingem_engine_run (self->engine);

  self->n_overflows = pingem_engine_overflows (self->engine);
  if (self->n_overflows > n_before)
    pingem_source_tell_overflowed (user_data);

  return G_SOURCE_CONTINUE;
}

static const char *
get_kind (PingemSource *source)
{
  PingemEngineSource *self = PINGEM_ENGINE_SOURCE (source);

  return self->kind == PINGEM_SOCKET_RAW ? "raw" : "datagram";
}

static void
align (PingemEngineSource *self, PingemTargetSpec *spec)
{
  if (!self->batch)
    return;

  spec->flags |= PINGEM_TARGET_ALIGNED;
  pingem_engine_watch_add_interval (self->watch, spec->interval_ms);
}

static void
add_targets (PingemSource *source, const PingemTargetSpec *specs, guint n_specs, GTask *task)
{
  PingemEngineSource *self = PINGEM_ENGINE_SOURCE (source);
  g_autofree PingemTargetSpec *aligned = g_memdup2 (specs, n_specs * sizeof *specs);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n_specs; i++)
    align (self, &aligned[i]);

  if (pingem_target_specs_add (self->engine, aligned, n_specs, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
change_target (PingemSource *source, const PingemTargetSpec *spec, GTask *task)
{
  PingemEngineSource *self = PINGEM_ENGINE_SOURCE (source);
  PingemTargetSpec aligned = *spec;
  g_autoptr (GError) error = NULL;

  align (self, &aligned);

  if (pingem_target_spec_change (self->engine, &aligned, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
remove_target (PingemSource *source, guint32 id)
{
  pingem_engine_remove (PINGEM_ENGINE_SOURCE (source)->engine, id);
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
pingem_engine_source_finalize (GObject *object)
{
  PingemEngineSource *self = PINGEM_ENGINE_SOURCE (object);

  if (self->watch != NULL)
    g_source_destroy (self->watch);
  g_clear_pointer (&self->watch, g_source_unref);
  g_clear_pointer (&self->engine, pingem_engine_free);

  G_OBJECT_CLASS (pingem_engine_source_parent_class)->finalize (object);
}

static void
pingem_engine_source_class_init (PingemEngineSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pingem_engine_source_finalize;
}

static void
pingem_engine_source_init (PingemEngineSource *self)
{
}

PingemSource *
pingem_engine_source_new (PingemSocketKind kind, PingemSourceFlags flags, GError **error)
{
  g_autoptr (PingemEngineSource) self = g_object_new (PINGEM_TYPE_ENGINE_SOURCE, NULL);
  int result = pingem_engine_new (kind, pingem_clock_kernel, NULL, on_record, self, &self->engine);

  if (result < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (-result),
                           g_strerror (-result));
      return NULL;
    }

  self->kind = kind;
  self->batch = (flags & PINGEM_SOURCE_BATCH) != 0;
  self->watch = pingem_engine_watch_new (self->engine, error);
  if (self->watch == NULL)
    return NULL;

  pingem_engine_watch_set_batch (self->watch, self->batch);
  g_source_set_callback (self->watch, on_ready, self, NULL);
  g_source_attach (self->watch, g_main_context_get_thread_default ());

  return PINGEM_SOURCE (g_steal_pointer (&self));
}
