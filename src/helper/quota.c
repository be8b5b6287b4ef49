/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/quota.h"

#include "ipc/error.h"

typedef struct {
  guint n_sessions;
  guint n_targets[2]; /* of ordinary sessions, of intensive ones */
} User;

struct PingemQuota {
  const PingemLimits *limits; /* (unowned) */
  GHashTable *users;          /* (owned) uid -> User, of those with a session */
  guint n_sessions;
  guint n_targets;
};

PingemQuota *
pingem_quota_new (const PingemLimits *limits)
{
  PingemQuota *self = g_new0 (PingemQuota, 1);

  self->limits = limits;
  self->users = g_hash_table_new_full (NULL, NULL, NULL, g_free);

  return self;
}

void
pingem_quota_free (PingemQuota *self)
{
  g_hash_table_unref (self->users);
  g_free (self);
}

const PingemLimits *
pingem_quota_get_limits (const PingemQuota *self)
{
  return self->limits;
}

static User *
find_user (const PingemQuota *self, guint32 uid)
{
  return g_hash_table_lookup (self->users, GUINT_TO_POINTER (uid));
}

gboolean
pingem_quota_take_session (PingemQuota *self, guint32 uid, GError **error)
{
  User *user = find_user (self, uid);

  if (self->n_sessions >= self->limits->sessions)
    {
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY,
                   "The helper has %u sessions, as many as it may: try again later",
                   self->limits->sessions);
      return FALSE;
    }
  if (user != NULL && user->n_sessions >= self->limits->sessions_per_uid)
    {
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY,
                   "User %u has %u sessions, as many as one user may: close one first", uid,
                   self->limits->sessions_per_uid);
      return FALSE;
    }

  if (user == NULL)
    {
      user = g_new0 (User, 1);
      g_hash_table_insert (self->users, GUINT_TO_POINTER (uid), user);
    }
  user->n_sessions++;
  self->n_sessions++;

  return TRUE;
}

void
pingem_quota_give_session (PingemQuota *self, guint32 uid)
{
  User *user = find_user (self, uid);

  self->n_sessions--;
  if (--user->n_sessions == 0)
    g_hash_table_remove (self->users, GUINT_TO_POINTER (uid));
}

gboolean
pingem_quota_take_targets (
    PingemQuota *self, guint32 uid, gboolean is_intensive, guint n, GError **error)
{
  User *user = find_user (self, uid);
  guint max =
      is_intensive ? self->limits->targets_per_uid_intensive : self->limits->targets_per_uid;
  guint *n_targets = &user->n_targets[is_intensive != FALSE];

  if (n > max || *n_targets > max - n)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY,
                 "User %u may have %u targets in all sessions: remove some first", uid, max);
  else if (n > self->limits->targets_in_all || self->n_targets > self->limits->targets_in_all - n)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY,
                 "The helper has %u targets, and may have %u: try again later", self->n_targets,
                 self->limits->targets_in_all);
  else
    {
      *n_targets += n;
      self->n_targets += n;
      return TRUE;
    }

  return FALSE;
}

void
pingem_quota_give_targets (PingemQuota *self, guint32 uid, gboolean is_intensive, guint n)
{
  find_user (self, uid)->n_targets[is_intensive != FALSE] -= n;
  self->n_targets -= n;
}
