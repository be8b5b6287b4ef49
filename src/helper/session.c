/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/session.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include <gio/gio.h>

#include "ipc/channel.h"
#include "ipc/error.h"
#include "ipc/names.h"
#include "ipc/target-spec.h"

struct PingemSession {
  PingemSharedEngine *engine; /* (unowned) */
  PingemQuota *quota;         /* (unowned) */
  const PingemLimits *limits; /* (unowned) */
  char *sender;               /* (owned) */
  guint32 uid;
  guint32 flags;
  gboolean by_person;
  guint n_additions; /* calls of AddTargets */
  gint64 since_ms;   /* Unix time */
  guint8 token[PINGEM_TOKEN_SIZE];
  PingemOutlet *outlet; /* (owned) (nullable) until open */
  GHashTable *targets;  /* (owned) the caller's id -> in the engine */
};

PingemSession *
pingem_session_new (
    PingemSharedEngine *engine, PingemQuota *quota, const char *sender, guint32 uid, guint32 flags)
{
  PingemSession *self = g_new0 (PingemSession, 1);

  self->engine = engine;
  self->quota = quota;
  self->limits = pingem_quota_get_limits (quota);
  self->sender = g_strdup (sender);
  self->uid = uid;
  self->flags = flags;
  self->since_ms = g_get_real_time () / 1000;
  self->targets = g_hash_table_new (NULL, NULL);

  return self;
}

static gboolean
is_intensive (const PingemSession *session)
{
  return (session->flags & PINGEM_SESSION_INTENSIVE) != 0;
}

void
pingem_session_free (PingemSession *session)
{
  GHashTableIter iter;
  gpointer engine_id;

  g_hash_table_iter_init (&iter, session->targets);
  while (g_hash_table_iter_next (&iter, NULL, &engine_id))
    pingem_shared_engine_remove (session->engine, GPOINTER_TO_UINT (engine_id));
  pingem_quota_give_targets (session->quota, session->uid, is_intensive (session),
                             g_hash_table_size (session->targets));

  g_clear_pointer (&session->outlet, pingem_outlet_free);
  g_clear_pointer (&session->targets, g_hash_table_unref);
  g_clear_pointer (&session->sender, g_free);
  g_free (session);
}

const char *
pingem_session_get_sender (const PingemSession *session)
{
  return session->sender;
}

guint32
pingem_session_get_flags (const PingemSession *session)
{
  return session->flags;
}

guint32
pingem_session_get_uid (const PingemSession *session)
{
  return session->uid;
}

const char *
pingem_session_get_action (const PingemSession *session)
{
  return is_intensive (session) ? PINGEM_ACTION_PROBE_INTENSIVE : PINGEM_ACTION_PROBE;
}

gboolean
pingem_session_is_by_person (const PingemSession *session)
{
  return session->by_person;
}

void
pingem_session_set_by_person (PingemSession *session, gboolean by_person)
{
  session->by_person = by_person;
}

gboolean
pingem_session_is_open (const PingemSession *session)
{
  return session->outlet != NULL;
}

guint
pingem_session_count_targets (const PingemSession *session)
{
  return g_hash_table_size (session->targets);
}

gboolean
pingem_session_has_target (const PingemSession *session, guint32 id)
{
  return g_hash_table_contains (session->targets, GUINT_TO_POINTER (id));
}

GVariant *
pingem_session_describe (const PingemSession *session)
{
  PingemOutletCounts counts = pingem_outlet_get_counts (session->outlet);

  return g_variant_new ("(usuxuttt)", session->uid, session->sender, session->flags,
                        session->since_ms, pingem_session_count_targets (session), counts.sent,
                        counts.replied, counts.held);
}

gboolean
pingem_session_open (PingemSession *session,
                     void (*closed) (gpointer user_data),
                     gpointer user_data,
                     int *ret_client_fd,
                     GError **error)
{
  if (getrandom (session->token, sizeof session->token, 0) != sizeof session->token)
    {
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                   "The kernel gives the helper no random numbers: %s", g_strerror (errno));
      return FALSE;
    }

  session->outlet =
      pingem_outlet_new (session->limits->backlog, closed, user_data, ret_client_fd, error);

  return session->outlet != NULL;
}

GVariant *
pingem_session_get_token (const PingemSession *session)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, session->token, PINGEM_TOKEN_SIZE, 1);
}

gboolean
pingem_session_has_token (const PingemSession *session, GVariant *token)
{
  gsize n;
  const guint8 *bytes = g_variant_get_fixed_array (token, &n, 1);
  guint8 difference = 0;

  if (session->outlet == NULL || n != PINGEM_TOKEN_SIZE)
    return FALSE;

  /* As long for every wrong token, so that it cannot be guessed byte by byte. */
  for (guint i = 0; i < PINGEM_TOKEN_SIZE; i++)
    difference |= bytes[i] ^ session->token[i];

  return difference == 0;
}

static gboolean
read_target (PingemSession *self, GVariant *target, PingemTargetSpec *ret_spec, GError **error)
{
  if (!pingem_target_spec_from_variant (target, ret_spec, error) ||
      !pingem_limits_check_target (self->limits, is_intensive (self), ret_spec, error))
    return FALSE;

  if (ret_spec->size > self->limits->max_size)
    ret_spec->flags |= PINGEM_TARGET_WHOLE;
  if ((self->flags & PINGEM_SESSION_BATCH) != 0)
    ret_spec->flags |= PINGEM_TARGET_ALIGNED;

  return TRUE;
}

static guint
get_max_targets (const PingemSession *self)
{
  return is_intensive (self) ? self->limits->targets_intensive : self->limits->targets;
}

gboolean
pingem_session_is_building (PingemSession *session)
{
  if (session->n_additions >= get_max_targets (session))
    return FALSE;

  session->n_additions++;

  return TRUE;
}

static gboolean
check_count (PingemSession *self, gsize n, GError **error)
{
  guint max = get_max_targets (self);

  if (n > self->limits->targets_per_call)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY,
                 "%" G_GSIZE_FORMAT " targets in one call: at most %u are taken", n,
                 self->limits->targets_per_call);
  else if (n + g_hash_table_size (self->targets) > max)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY,
                 "A session has at most %u targets: remove some first", max);
  else
    return TRUE;

  return FALSE;
}

static gboolean
check_new_id (PingemSession *self, GHashTable *seen, guint32 id, GError **error)
{
  if (!g_hash_table_contains (self->targets, GUINT_TO_POINTER (id)) &&
      g_hash_table_add (seen, GUINT_TO_POINTER (id)))
    return TRUE;

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_EXISTS,
               "Target %u exists already: remove it first or choose another number", id);

  return FALSE;
}

gboolean
pingem_session_add_targets (PingemSession *session, GVariant *targets, GError **error)
{
  gsize n = g_variant_n_children (targets);
  const PingemCaller caller = { session->outlet, session->uid, is_intensive (session) };
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autofree PingemTargetSpec *specs = NULL;
  g_autofree guint32 *ids = NULL;

  if (!check_count (session, n, error))
    return FALSE;

  specs = g_new (PingemTargetSpec, n);
  ids = g_new (guint32, n);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);

      if (!read_target (session, target, &specs[i], error) ||
          !check_new_id (session, seen, specs[i].id, error))
        return FALSE;
    }

  if (!pingem_quota_take_targets (session->quota, session->uid, is_intensive (session), n, error))
    return FALSE;
  if (!pingem_shared_engine_add (session->engine, &caller, specs, n, ids, error))
    {
      pingem_quota_give_targets (session->quota, session->uid, is_intensive (session), n);
      return FALSE;
    }

  for (gsize i = 0; i < n; i++)
    g_hash_table_insert (session->targets, GUINT_TO_POINTER (specs[i].id),
                         GUINT_TO_POINTER (ids[i]));

  return TRUE;
}

static gboolean
find_target (PingemSession *self, guint32 id, guint32 *ret_engine_id, GError **error)
{
  gpointer engine_id;

  if (g_hash_table_lookup_extended (self->targets, GUINT_TO_POINTER (id), NULL, &engine_id))
    {
      *ret_engine_id = GPOINTER_TO_UINT (engine_id);
      return TRUE;
    }

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_NOT_FOUND, "There is no target %u", id);

  return FALSE;
}

gboolean
pingem_session_change_target (PingemSession *session, GVariant *target, GError **error)
{
  PingemTargetSpec spec;
  guint32 engine_id;

  return read_target (session, target, &spec, error) &&
         find_target (session, spec.id, &engine_id, error) &&
         pingem_shared_engine_change (session->engine, engine_id, &spec, error);
}

gboolean
pingem_session_remove_target (PingemSession *session, guint32 id, GError **error)
{
  guint32 engine_id;

  if (!find_target (session, id, &engine_id, error))
    return FALSE;

  g_hash_table_remove (session->targets, GUINT_TO_POINTER (id));
  pingem_shared_engine_remove (session->engine, engine_id);
  pingem_quota_give_targets (session->quota, session->uid, is_intensive (session), 1);

  return TRUE;
}
