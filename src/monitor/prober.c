/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/prober.h"

#include "source/source.h"

#define FIRST_RETRY_S 1
#define LAST_RETRY_S 30

/**
 * PingemProber:
 *
 * Between the targets, which people change, and the source, which comes and
 * goes. Judges and keeps nothing.
 */
struct _PingemProber {
  GObject parent_instance;

  char *kind;                /* (owned) */
  char *why;                 /* (owned) */
  PingemSource *source;      /* (owned) (nullable) */
  GPtrArray *targets;        /* (owned): of PingemTarget */
  GHashTable *by_id;         /* (owned): source id -> PingemTarget (unowned) */
  GCancellable *cancellable; /* (owned) */
  guint32 last_id;
  guint retry_id;
  guint retry_s;
  gboolean is_paused;
};

enum {
  RECORD,
  DROPPED,
  SOURCE_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemProber, pingem_prober, G_TYPE_OBJECT)

typedef struct {
  PingemProber *self;
  PingemTarget *target;
  guint32 id;
} Request;

static Request *
request_new (PingemProber *self, PingemTarget *target)
{
  Request *request = g_new (Request, 1);

  request->self = g_object_ref (self);
  request->target = g_object_ref (target);
  request->id = pingem_target_get_source_id (target);

  return request;
}

static void
request_free (Request *request)
{
  g_object_unref (request->self);
  g_object_unref (request->target);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static void
forget_id (PingemProber *self, PingemTarget *target)
{
  g_hash_table_remove (self->by_id, GUINT_TO_POINTER (pingem_target_get_source_id (target)));
  pingem_target_set_source_id (target, 0);
}

static void
finish_request (Request *request, gboolean is_add, const GError *error)
{
  gboolean is_current = pingem_target_get_source_id (request->target) == request->id;

  if (!is_current || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  pingem_target_set_problem (request->target, error != NULL ? error->message : NULL);
  if (error != NULL && is_add)
    forget_id (request->self, request->target);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;

  pingem_source_add_targets_finish (PINGEM_SOURCE (source), result, &error);
  finish_request (request, TRUE, error);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;

  pingem_source_change_target_finish (PINGEM_SOURCE (source), result, &error);
  finish_request (request, FALSE, error);
}

static void
start_target (PingemProber *self, PingemTarget *target)
{
  PingemTargetSpec spec;

  if (self->source == NULL || self->is_paused ||
      pingem_target_build_spec (target).address.family == 0)
    return;

  pingem_target_set_source_id (target, ++self->last_id);
  g_hash_table_insert (self->by_id, GUINT_TO_POINTER (self->last_id), target);
  spec = pingem_target_build_spec (target);
  pingem_source_add_targets_async (self->source, &spec, 1, self->cancellable, on_added,
                                   request_new (self, target));
}

static void
stop_target (PingemProber *self, PingemTarget *target)
{
  if (pingem_target_get_source_id (target) == 0)
    return;

  if (self->source != NULL)
    pingem_source_remove_target (self->source, pingem_target_get_source_id (target));

  forget_id (self, target);
}

static void
for_each_target (PingemProber *self, void (*func) (PingemProber *, PingemTarget *))
{
  for (guint i = 0; i < self->targets->len; i++)
    func (self, g_ptr_array_index (self->targets, i));
}

static void
on_address_changed (PingemProber *self, PingemTarget *target)
{
  stop_target (self, target);
  start_target (self, target);
}

static void
set_why (PingemProber *self, const char *why)
{
  g_free (self->why);
  self->why = g_strdup (why);
}

static gboolean
on_retry (gpointer user_data)
{
  PingemProber *self = user_data;

  self->retry_id = 0;
  pingem_prober_start (self);

  return G_SOURCE_REMOVE;
}

static void
retry_later (PingemProber *self)
{
  self->retry_id = g_timeout_add_seconds (self->retry_s, on_retry, self);
  self->retry_s = MIN (2 * self->retry_s, LAST_RETRY_S);
}

static void
on_record (PingemProber *self, gpointer data)
{
  const PingemRecord *record = data;
  PingemTarget *target = g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (record->target));

  if (target != NULL)
    g_signal_emit (self, signals[RECORD], 0, target, record);
}

static void
on_dropped (PingemProber *self, guint64 n)
{
  g_signal_emit (self, signals[DROPPED], 0, n);
}

static void
close_source (PingemProber *self)
{
  if (self->source != NULL)
    g_signal_handlers_disconnect_by_data (self->source, self);

  g_clear_object (&self->source);
  for_each_target (self, stop_target);
}

static void
on_gone (PingemProber *self, gpointer data)
{
  const GError *error = data;

  set_why (self, error->message);
  close_source (self);
  retry_later (self);
  g_signal_emit (self, signals[SOURCE_CHANGED], 0);
}

static void
use_source (PingemProber *self, PingemSource *source)
{
  self->source = g_object_ref (source);
  self->retry_s = FIRST_RETRY_S;
  g_signal_connect_swapped (source, "record", G_CALLBACK (on_record), self);
  g_signal_connect_swapped (source, "dropped", G_CALLBACK (on_dropped), self);
  g_signal_connect_swapped (source, "gone", G_CALLBACK (on_gone), self);
}

static void
on_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemProber) self = user_data;
  g_autofree char *why = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PingemSource) source = pingem_source_open_finish (result, &why, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  set_why (self, source != NULL ? why : error->message);

  if (source != NULL)
    use_source (self, source);
  else
    retry_later (self);

  g_signal_emit (self, signals[SOURCE_CHANGED], 0);
  for_each_target (self, start_target);
}

static void
pingem_prober_dispose (GObject *object)
{
  PingemProber *self = PINGEM_PROBER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry_id, g_source_remove);

  if (self->targets != NULL)
    {
      close_source (self);
      for (guint i = 0; i < self->targets->len; i++)
        g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->targets, i), self);
    }

  g_clear_pointer (&self->targets, g_ptr_array_unref);

  G_OBJECT_CLASS (pingem_prober_parent_class)->dispose (object);
}

static void
pingem_prober_finalize (GObject *object)
{
  PingemProber *self = PINGEM_PROBER (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_free (self->kind);
  g_free (self->why);

  G_OBJECT_CLASS (pingem_prober_parent_class)->finalize (object);
}

static void
pingem_prober_class_init (PingemProberClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = pingem_prober_dispose;
  object_class->finalize = pingem_prober_finalize;

  signals[RECORD] = g_signal_new ("record", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, PINGEM_TYPE_TARGET, G_TYPE_POINTER);
  signals[DROPPED] = g_signal_new ("dropped", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[SOURCE_CHANGED] =
      g_signal_new ("source-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pingem_prober_init (PingemProber *self)
{
  self->targets = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new (NULL, NULL);
  self->cancellable = g_cancellable_new ();
  self->retry_s = FIRST_RETRY_S;
  self->why = g_strdup ("The source is being opened");
}

PingemProber *
pingem_prober_new (const char *kind)
{
  PingemProber *self = g_object_new (PINGEM_TYPE_PROBER, NULL);

  self->kind = g_strdup (kind);

  return self;
}

void
pingem_prober_start (PingemProber *self)
{
  pingem_source_open_async (self->kind, PINGEM_SOURCE_BATCH, self->cancellable, on_opened,
                            g_object_ref (self));
}

void
pingem_prober_add (PingemProber *self, PingemTarget *target)
{
  g_ptr_array_add (self->targets, g_object_ref (target));
  g_signal_connect_swapped (target, "address-changed", G_CALLBACK (on_address_changed), self);
  start_target (self, target);
}

void
pingem_prober_remove (PingemProber *self, PingemTarget *target)
{
  g_signal_handlers_disconnect_by_data (target, self);
  stop_target (self, target);
  g_ptr_array_remove (self->targets, target);
}

void
pingem_prober_change (PingemProber *self, PingemTarget *target)
{
  PingemTargetSpec spec = pingem_target_build_spec (target);

  if (spec.id != 0)
    pingem_source_change_target_async (self->source, &spec, self->cancellable, on_changed,
                                       request_new (self, target));
}

void
pingem_prober_set_paused (PingemProber *self, gboolean is_paused)
{
  if (self->is_paused == is_paused)
    return;

  self->is_paused = is_paused;
  for_each_target (self, is_paused ? stop_target : start_target);
}

const char *
pingem_prober_get_kind (PingemProber *self)
{
  return self->source != NULL ? pingem_source_get_kind (self->source) : "none";
}

const char *
pingem_prober_get_why (PingemProber *self)
{
  return self->why;
}
