/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "source/source.h"

enum {
  SIGNAL_RECORD,
  SIGNAL_DROPPED,
  SIGNAL_OVERFLOWED,
  SIGNAL_GONE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (PingemSource, pingem_source, G_TYPE_OBJECT)

static guint
add_signal (const char *name, guint n_arguments, GType argument)
{
  return g_signal_new (name, PINGEM_TYPE_SOURCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, n_arguments, argument);
}

static void
pingem_source_default_init (PingemSourceInterface *iface)
{
  signals[SIGNAL_RECORD] = add_signal ("record", 1, G_TYPE_POINTER);
  signals[SIGNAL_DROPPED] = add_signal ("dropped", 1, G_TYPE_UINT64);
  signals[SIGNAL_OVERFLOWED] = add_signal ("overflowed", 0, G_TYPE_NONE);
  signals[SIGNAL_GONE] = add_signal ("gone", 1, G_TYPE_POINTER);
  /* As many as there are records. */
  g_signal_set_va_marshaller (signals[SIGNAL_RECORD], PINGEM_TYPE_SOURCE,
                              g_cclosure_marshal_VOID__POINTERv);
}

void
pingem_source_tell_record (PingemSource *self, const PingemRecord *record)
{
  g_signal_emit (self, signals[SIGNAL_RECORD], 0, record);
}

void
pingem_source_tell_dropped (PingemSource *self, guint64 n)
{
  g_signal_emit (self, signals[SIGNAL_DROPPED], 0, n);
}

void
pingem_source_tell_overflowed (PingemSource *self)
{
  g_signal_emit (self, signals[SIGNAL_OVERFLOWED], 0);
}

void
pingem_source_tell_gone (PingemSource *self, const GError *error)
{
  g_signal_emit (self, signals[SIGNAL_GONE], 0, error);
}

const char *
pingem_source_get_kind (PingemSource *self)
{
  return PINGEM_SOURCE_GET_IFACE (self)->get_kind (self);
}

void
pingem_source_add_targets_async (PingemSource *self,
                                 const PingemTargetSpec *specs,
                                 guint n_specs,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, pingem_source_add_targets_async);
  PINGEM_SOURCE_GET_IFACE (self)->add_targets (self, specs, n_specs, task);
}

gboolean
pingem_source_add_targets_finish (PingemSource *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
pingem_source_change_target_async (PingemSource *self,
                                   const PingemTargetSpec *spec,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, pingem_source_change_target_async);
  PINGEM_SOURCE_GET_IFACE (self)->change_target (self, spec, task);
}

gboolean
pingem_source_change_target_finish (PingemSource *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
pingem_source_remove_target (PingemSource *self, guint32 id)
{
  PINGEM_SOURCE_GET_IFACE (self)->remove_target (self, id);
}
