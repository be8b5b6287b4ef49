/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/prober.h"

#include "ipc/target-spec.h"
#include "monitor/checks.h"

#define FIRST_RETRY_S 1
#define LAST_RETRY_S 30
/* A bus refuses more calls of one caller that wait for an answer (the system bus: from 129 on). */
#define MAX_CALLS 64

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
  PingemSource *source;      /* (owned) (nullable): of ICMP */
  PingemChecks *checks;      /* (owned): of the others */
  GPtrArray *targets;        /* (owned): of PingemTarget */
  GHashTable *by_id;         /* (owned): source id -> PingemTarget (unowned) */
  GQueue requests;           /* of Request (owned): targets that the source is not told of yet */
  GCancellable *cancellable; /* (owned) */
  guint n_calls;             /* under way */
  guint32 last_id;
  guint retry_id;
  guint retry_s;
  gboolean is_paused;
  gboolean is_intensive;    /* the source is beyond the ordinary limits */
  gboolean asks_for_more;   /* an intensive source is being opened */
  gboolean is_refused_more; /* it was refused: nobody is asked twice */
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

static gboolean
is_pinged (PingemTarget *target)
{
  return pingem_target_get_config (target)->where.probe == PINGEM_PROBE_ICMP;
}

/* (nullable): what probes it, if anything does now */
static PingemSource *
source_of (PingemProber *self, PingemTarget *target)
{
  return is_pinged (target) ? self->source
                            : pingem_checks_get_source (
                                  self->checks, pingem_target_get_config (target)->where.probe);
}

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
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;

  pingem_source_change_target_finish (PINGEM_SOURCE (source), result, &error);
  finish_request (request, FALSE, error);
}

static void send_requests (PingemProber *self);

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;

  pingem_source_add_targets_finish (PINGEM_SOURCE (source), result, &error);
  finish_request (request, TRUE, error);
}

static void
on_ping_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemProber) self = g_object_ref (((Request *) user_data)->self);

  on_added (source, result, user_data);
  self->n_calls--;
  send_requests (self);
}

static void
send_request (Request *request, GAsyncReadyCallback callback)
{
  PingemProber *self = request->self;
  PingemTargetSpec spec = pingem_target_build_spec (request->target);

  pingem_source_add_targets_async (source_of (self, request->target), &spec, 1, self->cancellable,
                                   callback, request);
}

/* What was stopped meanwhile, or started anew, is left out. */
static void
send_requests (PingemProber *self)
{
  while (self->n_calls < MAX_CALLS && !g_queue_is_empty (&self->requests))
    {
      Request *request = g_queue_pop_head (&self->requests);

      if (self->source != NULL && pingem_target_get_source_id (request->target) == request->id)
        {
          self->n_calls++;
          send_request (request, on_ping_added);
        }
      else
        request_free (request);
    }
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
start_target (PingemProber *self, PingemTarget *target)
{
  if (source_of (self, target) == NULL || self->is_paused ||
      pingem_target_build_spec (target).address.family == 0)
    return;

  pingem_target_set_source_id (target, ++self->last_id);
  if (!pingem_checks_give_key (self->checks, target))
    {
      pingem_target_set_source_id (target, 0);
      return;
    }
  g_hash_table_insert (self->by_id, GUINT_TO_POINTER (self->last_id), target);
  if (is_pinged (target))
    {
      g_queue_push_tail (&self->requests, request_new (self, target));
      send_requests (self);
    }
  else
    send_request (request_new (self, target), on_added);
}

static void
stop_target (PingemProber *self, PingemTarget *target)
{
  if (pingem_target_get_source_id (target) == 0)
    return;

  if (source_of (self, target) != NULL)
    pingem_source_remove_target (source_of (self, target), pingem_target_get_source_id (target));

  forget_id (self, target);
}

static void
for_each_target (PingemProber *self, void (*func) (PingemProber *, PingemTarget *))
{
  for (guint i = 0; i < self->targets->len; i++)
    func (self, g_ptr_array_index (self->targets, i));
}

static void
for_each_pinged (PingemProber *self, void (*func) (PingemProber *, PingemTarget *))
{
  for (guint i = 0; i < self->targets->len; i++)
    if (is_pinged (self->targets->pdata[i]))
      func (self, self->targets->pdata[i]);
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
  self->is_intensive = FALSE;
  for_each_pinged (self, stop_target);
  g_queue_clear_full (&self->requests, (GDestroyNotify) request_free);
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
  g_clear_handle_id (&self->retry_id, g_source_remove);
  g_signal_connect_swapped (source, "record", G_CALLBACK (on_record), self);
  g_signal_connect_swapped (source, "dropped", G_CALLBACK (on_dropped), self);
  g_signal_connect_swapped (source, "gone", G_CALLBACK (on_gone), self);
}

static void
on_more_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemProber) self = user_data;
  g_autofree char *why = NULL;
  g_autoptr (PingemSource) source = pingem_source_open_finish (result, &why, NULL);

  self->asks_for_more = FALSE;
  self->is_refused_more = source == NULL;

  if (source == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;

  set_why (self, why);
  close_source (self);
  use_source (self, source);
  self->is_intensive = TRUE;
  g_signal_emit (self, signals[SOURCE_CHANGED], 0);
  for_each_pinged (self, start_target);
}

/* More targets than an ordinary session has, bigger ones, or a higher rate than one user's. */
static gboolean
needs_more (PingemProber *self)
{
  double per_second = 0;
  gboolean is_big = FALSE;
  guint n = 0;

  for (guint i = 0; i < self->targets->len; i++)
    {
      PingemTargetSpec spec = pingem_target_build_spec (self->targets->pdata[i]);

      if (!is_pinged (self->targets->pdata[i]))
        continue;

      n++;
      per_second += 1000.0 / spec.interval_ms;
      is_big = is_big || spec.size > PINGEM_ORDINARY_SIZE;
    }

  return n > PINGEM_ORDINARY_TARGETS || is_big || per_second > PINGEM_ORDINARY_RATE;
}

/* Polkit may ask somebody, who takes his time: what the ordinary limits allow goes on meanwhile. */
static void
ask_for_more (PingemProber *self)
{
  if (self->is_intensive || self->asks_for_more || self->is_refused_more || !needs_more (self) ||
      !g_str_equal (pingem_prober_get_kind (self), "helper"))
    return;

  self->asks_for_more = TRUE;
  pingem_source_open_async ("helper", PINGEM_SOURCE_BATCH | PINGEM_SOURCE_INTENSIVE,
                            self->cancellable, on_more_opened, g_object_ref (self));
}

static void
on_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemProber) self = user_data;
  g_autofree char *why = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PingemSource) source = pingem_source_open_finish (result, &why, &error);

  if (g_cancellable_is_cancelled (self->cancellable) || self->source != NULL)
    return;

  set_why (self, source != NULL ? why : error->message);

  if (source != NULL)
    use_source (self, source);
  else
    retry_later (self);

  g_signal_emit (self, signals[SOURCE_CHANGED], 0);
  for_each_pinged (self, start_target);
  ask_for_more (self);
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
      for_each_target (self, stop_target);
      for (guint i = 0; i < self->targets->len; i++)
        g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->targets, i), self);
    }

  g_clear_pointer (&self->targets, g_ptr_array_unref);
  g_clear_pointer (&self->checks, pingem_checks_free);

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
  self->checks = pingem_checks_new (G_CALLBACK (on_record), self);
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
  ask_for_more (self);
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
    pingem_source_change_target_async (source_of (self, target), &spec, self->cancellable,
                                       on_changed, request_new (self, target));
  ask_for_more (self);
}

void
pingem_prober_set_paused (PingemProber *self, gboolean is_paused)
{
  if (self->is_paused == is_paused)
    return;

  self->is_paused = is_paused;
  for_each_target (self, is_paused ? stop_target : start_target);
}

PingemPath
pingem_prober_get_path (PingemProber *self, PingemTarget *target)
{
  return pingem_checks_get_path (self->checks, target);
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
