/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/shared-engine.h"

#include <gio/gio.h>

#include "ipc/engine-watch.h"
#include "ipc/target-spec.h"

struct PingemSharedEngine {
  PingemEngine *engine; /* (owned) */
  GSource *watch;       /* (owned) */
  PingemRation *ration; /* (owned) */
  GHashTable *routes;   /* (owned) id in the engine -> Route */
  guint32 next_id;
  guint64 n_overflows; /* told so far */
};

typedef struct {
  PingemOutlet *outlet; /* (unowned) */
  PingemClaim claim;
  guint32 caller_id;
} Route;

static void
on_record (const PingemRecord *record, void *data)
{
  PingemSharedEngine *self = data;
  const Route *route = g_hash_table_lookup (self->routes, GUINT_TO_POINTER (record->target));
  PingemRecord told = *record;

  told.target = route->caller_id;
  pingem_outlet_send (route->outlet, &told);
}

static bool
on_admit (uint32_t id, int64_t boot_ns, void *data)
{
  PingemSharedEngine *self = data;
  const Route *route = g_hash_table_lookup (self->routes, GUINT_TO_POINTER (id));

  return pingem_ration_take (self->ration, &route->claim, boot_ns);
}

/* Whose replies they were is not known: so everybody is told, and nobody how many others' there
 * are.
 */
static void
tell_overflow (PingemSharedEngine *self)
{
  g_autoptr (GHashTable) told = g_hash_table_new (NULL, NULL);
  GHashTableIter i;
  gpointer route;

  g_hash_table_iter_init (&i, self->routes);
  while (g_hash_table_iter_next (&i, NULL, &route))
    if (g_hash_table_add (told, ((Route *) route)->outlet))
      pingem_outlet_send_overflow (((Route *) route)->outlet);
}

static gboolean
on_ready (gpointer user_data)
{
  PingemSharedEngine *self = user_data;
  guint64 n_overflows;

  pingem_engine_run (self->engine);

  n_overflows = pingem_engine_overflows (self->engine);
  if (n_overflows > self->n_overflows)
    tell_overflow (self);
  self->n_overflows = n_overflows;

  return G_SOURCE_CONTINUE;
}

PingemSharedEngine *
pingem_shared_engine_new (PingemRawSockets *sockets, const PingemRates rates[2], GError **error)
{
  PingemSharedEngine *self = g_new0 (PingemSharedEngine, 1);
  int result =
      pingem_engine_new_on (sockets, pingem_clock_kernel, NULL, on_record, self, &self->engine);

  if (result < 0)
    g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (-result), g_strerror (-result));
  else
    self->watch = pingem_engine_watch_new (self->engine, error);

  if (self->watch == NULL)
    {
      g_clear_pointer (&self, pingem_shared_engine_free);
      return NULL;
    }

  self->ration = pingem_ration_new (rates);
  pingem_engine_set_admission (self->engine, on_admit, self);
  self->routes = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_source_set_callback (self->watch, on_ready, self, NULL);
  g_source_attach (self->watch, g_main_context_get_thread_default ());

  return self;
}

void
pingem_shared_engine_free (PingemSharedEngine *self)
{
  if (self->watch != NULL)
    g_source_destroy (self->watch);
  g_clear_pointer (&self->watch, g_source_unref);
  pingem_engine_free (self->engine);
  g_clear_pointer (&self->routes, g_hash_table_unref);
  g_clear_pointer (&self->ration, pingem_ration_free);
  g_free (self);
}

static guint32
add_route (PingemSharedEngine *self, const PingemCaller *caller, const PingemTargetSpec *spec)
{
  Route *route = g_new (Route, 1);

  *route = (Route){
    .outlet = caller->outlet,
    .claim = { spec->address, caller->uid, caller->is_intensive },
    .caller_id = spec->id,
  };
  while (g_hash_table_contains (self->routes, GUINT_TO_POINTER (self->next_id)))
    self->next_id++;
  g_hash_table_insert (self->routes, GUINT_TO_POINTER (self->next_id), route);

  return self->next_id++;
}

static void
note_interval (PingemSharedEngine *self, const PingemTargetSpec *spec)
{
  if ((spec->flags & PINGEM_TARGET_ALIGNED) != 0)
    pingem_engine_watch_add_interval (self->watch, spec->interval_ms);
}

gboolean
pingem_shared_engine_add (PingemSharedEngine *self,
                          const PingemCaller *caller,
                          const PingemTargetSpec *specs,
                          guint n_specs,
                          guint32 *ret_ids,
                          GError **error)
{
  g_autofree PingemTargetSpec *routed = g_memdup2 (specs, n_specs * sizeof *specs);

  for (guint i = 0; i < n_specs; i++)
    {
      ret_ids[i] = routed[i].id = add_route (self, caller, &specs[i]);
      note_interval (self, &specs[i]);
    }

  if (pingem_target_specs_add (self->engine, routed, n_specs, error))
    return TRUE;

  for (guint i = 0; i < n_specs; i++)
    g_hash_table_remove (self->routes, GUINT_TO_POINTER (ret_ids[i]));

  return FALSE;
}

gboolean
pingem_shared_engine_change (PingemSharedEngine *self,
                             guint32 id,
                             const PingemTargetSpec *spec,
                             GError **error)
{
  Route *route = g_hash_table_lookup (self->routes, GUINT_TO_POINTER (id));
  PingemTargetSpec routed = *spec;

  routed.id = id;
  if (!pingem_target_spec_change (self->engine, &routed, error))
    return FALSE;

  route->claim.destination = spec->address;
  note_interval (self, spec);

  return TRUE;
}

void
pingem_shared_engine_remove (PingemSharedEngine *self, guint32 id)
{
  pingem_engine_remove (self->engine, id);
  g_hash_table_remove (self->routes, GUINT_TO_POINTER (id));
}

void
pingem_shared_engine_set_batch (PingemSharedEngine *self, gboolean batch)
{
  pingem_engine_watch_set_batch (self->watch, batch);
}
