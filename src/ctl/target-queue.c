/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/target-queue.h"

#define TARGETS_PER_CALL 256
/* The helper takes more at once and more a second, but others of the same user call it too. */
#define CALLS_AT_ONCE 50
#define CALL_US (G_USEC_PER_SEC / 8)

struct PingemTargetQueue {
  PingemSource *source; /* (owned) */
  PingemRefusedFunc func;
  gpointer user_data;
  GArray *specs;  /* (owned) PingemTargetSpec, not sent yet */
  gint64 full_us; /* when as many calls as at once may be made again */
  guint later_id; /* of a flush that waits for that */
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
  else /* one of many was refused: in which half is it? */
    {
      guint half = call->n_specs / 2;

      send_call (self, call->specs, half);
      send_call (self, call->specs + half, call->n_specs - half);
    }
}

static void
send_call (PingemTargetQueue *self, const PingemTargetSpec *specs, guint n_specs)
{
  Call *call = g_new (Call, 1);

  self->full_us = MAX (self->full_us, g_get_monotonic_time ()) + CALL_US;
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

  g_clear_handle_id (&self->later_id, g_source_remove);
  g_object_unref (self->source);
  g_array_unref (self->specs);
  g_free (self);
}

void
pingem_target_queue_add (PingemTargetQueue *self, const PingemTargetSpec *spec)
{
  g_array_append_val (self->specs, *spec);
  if (self->specs->len >= TARGETS_PER_CALL)
    pingem_target_queue_flush (self);
}

static gboolean
on_later (gpointer user_data)
{
  PingemTargetQueue *self = user_data;

  self->later_id = 0;
  pingem_target_queue_flush (self);

  return G_SOURCE_REMOVE;
}

/* 0: a call may be made now */
static guint
get_wait_ms (PingemTargetQueue *self)
{
  gint64 wait_us = self->full_us - g_get_monotonic_time () - (CALLS_AT_ONCE - 1) * CALL_US;

  if (!g_str_equal (pingem_source_get_kind (self->source), "helper"))
    return 0;

  return wait_us > 0 ? (guint) (wait_us / 1000 + 1) : 0;
}

void
pingem_target_queue_flush (PingemTargetQueue *self)
{
  guint wait_ms = get_wait_ms (self);
  guint n;

  if (self->specs->len == 0 || self->later_id != 0)
    return;
  if (wait_ms > 0)
    {
      self->later_id = g_timeout_add (wait_ms, on_later, self);
      return;
    }

  n = MIN (self->specs->len, TARGETS_PER_CALL);
  send_call (self, (const PingemTargetSpec *) (void *) self->specs->data, n);
  g_array_remove_range (self->specs, 0, n);
  pingem_target_queue_flush (self);
}
