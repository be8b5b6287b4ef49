/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/roster.h"

#include "ipc/channel.h"
#include "ipc/error.h"

struct PingemRoster {
  GDBusConnection *connection; /* (owned) */
  PingemSharedEngine *engine;  /* (unowned) */
  PingemQuota *quota;          /* (owned) */
  const PingemRosterFuncs *funcs;
  gpointer user_data;
  GHashTable *places; /* (owned) unique bus name -> Place */
  guint n_prompt;     /* of them, those that want each record at once */
  guint idle_id;
};

/* A session, and what ends it. */
typedef struct {
  PingemRoster *roster;   /* (unowned) */
  PingemSession *session; /* (owned) */
  guint watch_id;
} Place;

static gboolean
is_prompt (const PingemSession *session)
{
  return (pingem_session_get_flags (session) & PINGEM_SESSION_BATCH) == 0;
}

static void
place_free (Place *place)
{
  guint32 uid = pingem_session_get_uid (place->session);

  place->roster->n_prompt -= is_prompt (place->session);
  g_bus_unwatch_name (place->watch_id);
  pingem_session_free (place->session);
  pingem_quota_give_session (place->roster->quota, uid);
  g_free (place);
}

static gboolean
on_idle (gpointer user_data)
{
  PingemRoster *self = user_data;

  self->funcs->idle (self->user_data);

  return G_SOURCE_CONTINUE;
}

static void
update (PingemRoster *self)
{
  pingem_shared_engine_set_batch (self->engine, self->n_prompt == 0);

  g_clear_handle_id (&self->idle_id, g_source_remove);
  if (g_hash_table_size (self->places) == 0)
    self->idle_id = g_timeout_add (pingem_quota_get_limits (self->quota)->idle_ms, on_idle, self);
}

PingemRoster *
pingem_roster_new (GDBusConnection *connection,
                   PingemSharedEngine *engine,
                   const PingemLimits *limits,
                   const PingemRosterFuncs *funcs,
                   gpointer user_data)
{
  PingemRoster *self = g_new0 (PingemRoster, 1);

  self->connection = g_object_ref (connection);
  self->engine = engine;
  self->quota = pingem_quota_new (limits);
  self->funcs = funcs;
  self->user_data = user_data;
  self->places = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) place_free);
  update (self);

  return self;
}

void
pingem_roster_free (PingemRoster *self)
{
  g_clear_handle_id (&self->idle_id, g_source_remove);
  g_hash_table_unref (self->places);
  pingem_quota_free (self->quota);
  g_object_unref (self->connection);
  g_free (self);
}

static void
on_sender_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Place *place = user_data;

  pingem_roster_end (place->roster, name, "ended, as the caller left the bus");
}

static void
on_channel_closed (gpointer user_data)
{
  Place *place = user_data;

  pingem_roster_end (place->roster, pingem_session_get_sender (place->session),
                     "ended, as the channel was closed");
}

gboolean
pingem_roster_add (
    PingemRoster *self, const char *sender, guint32 uid, guint32 flags, GError **error)
{
  Place *place;

  if (g_hash_table_contains (self->places, sender))
    {
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY,
                   "This connection has a session already: close it first");
      return FALSE;
    }
  if (!pingem_quota_take_session (self->quota, uid, error))
    return FALSE;

  place = g_new (Place, 1);
  place->roster = self;
  place->session = pingem_session_new (self->engine, self->quota, sender, uid, flags);
  place->watch_id =
      g_bus_watch_name_on_connection (self->connection, sender, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                      on_sender_vanished, place, NULL);
  self->n_prompt += is_prompt (place->session);
  g_hash_table_insert (self->places, (gpointer) pingem_session_get_sender (place->session), place);
  update (self);

  return TRUE;
}

gboolean
pingem_roster_open (PingemRoster *self, PingemSession *session, int *ret_client_fd, GError **error)
{
  Place *place = g_hash_table_lookup (self->places, pingem_session_get_sender (session));

  return pingem_session_open (session, on_channel_closed, place, ret_client_fd, error);
}

PingemSession *
pingem_roster_find (PingemRoster *self, const char *sender)
{
  Place *place = g_hash_table_lookup (self->places, sender);

  return place != NULL ? place->session : NULL;
}

void
pingem_roster_end (PingemRoster *self, const char *sender, const char *why)
{
  Place *place = NULL;

  if (!g_hash_table_steal_extended (self->places, sender, NULL, (gpointer *) &place))
    return;

  self->funcs->ended (place->session, why, self->user_data);
  place_free (place);
  update (self);
}

GPtrArray *
pingem_roster_list_open (PingemRoster *self)
{
  GPtrArray *sessions = g_ptr_array_new ();
  GHashTableIter iter;
  Place *place;

  g_hash_table_iter_init (&iter, self->places);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &place))
    if (pingem_session_is_open (place->session))
      g_ptr_array_add (sessions, place->session);

  return sessions;
}

guint
pingem_roster_count (PingemRoster *self)
{
  return g_hash_table_size (self->places);
}
