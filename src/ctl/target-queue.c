/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/target-queue.h"

#define TARGETS_PER_CALL 256

struct PingemTargetQueue {
  PingemSource *source; /* (owned) */
  PingemRefusedFunc func;
  gpointer user_data;
  GArray *specs; /* (owned) PingemTargetSpec, not sent yet */
};

/* A call under way. */
typedef struct {
  PingemTargetQueue *queue; /* (unowned) */
  PingemTargetSpec *specs;  /* (owned) */
  guint n_specs;
} Call;

static void
call_free (Call *call)
{
  g_free (call->specs);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void send_call (PingemTargetQueue *self, const PingemTargetSpec *specs, guint n_specs);

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  PingemTargetQueue *self = call->queue;
  g_autoptr (GError) error = NULL;

  if (pingem_source_add_targets_finish (PINGEM_SOURCE (source), result, &error))
    return;

  if (call->n_specs == 1)
    self->func (call->specs->id, error, self->user_data);
  else /* one of many was refused: which one? */
    for (guint i = 0; i < call->n_specs; i++)
      send_call (self, &call->specs[i], 1);
}

static void
send_call (PingemTargetQueue *self, const PingemTargetSpec *specs, guint n_specs)
{
  Call *call = g_new (Call, 1);

  *call = (Call){ self, g_memdup2 (specs, n_specs * sizeof *specs), n_specs };
  pingem_source_add_targets_async (self->source, specs, n_specs, NULL, on_added, call);
}

PingemTargetQueue *
pingem_target_queue_new (PingemSource *source, PingemRefusedFunc func, gpointer user_data)
{
  PingemTargetQueue *self = g_new0 (PingemTargetQueue, 1);

  self->source = g_object_ref (source);
  self->func = func;
  self->user_data = user_data;
  self->specs = g_array_new (FALSE, FALSE, sizeof (PingemTargetSpec));

  return self;
}

void
pingem_target_queue_free (PingemTargetQueue *self)
{
  if (self == NULL)
    return;

  g_object_unref (self->source);
  g_array_unref (self->specs);
  g_free (self);
}

void
pingem_target_queue_add (PingemTargetQueue *self, const PingemTargetSpec *spec)
{
  g_array_append_val (self->specs, *spec);
  if (self->specs->len == TARGETS_PER_CALL)
    pingem_target_queue_flush (self);
}

void
pingem_target_queue_flush (PingemTargetQueue *self)
{
  if (self->specs->len == 0)
    return;

  send_call (self, (const PingemTargetSpec *) (void *) self->specs->data, self->specs->len);
  g_array_set_size (self->specs, 0);
}
