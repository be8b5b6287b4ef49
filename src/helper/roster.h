/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "helper/session.h"

G_BEGIN_DECLS

typedef struct {
  /* @session is freed after it. */
  void (*ended) (PingemSession *session, const char *why, gpointer user_data);
  /* Nobody had or wanted a session for limits->idle_ms, and again after as long. */
  void (*idle) (gpointer user_data);
} PingemRosterFuncs;

/*
 * Who has a session, one per connection. A session is here from the moment it
 * is asked for, so the limits count also those that wait for polkit, and it
 * leaves when its caller leaves the bus or closes the channel.
 */
typedef struct PingemRoster PingemRoster;

/* @funcs, @limits: static; @engine outlives it */
PingemRoster *pingem_roster_new (GDBusConnection *connection,
                                 PingemSharedEngine *engine,
                                 const PingemLimits *limits,
                                 const PingemRosterFuncs *funcs,
                                 gpointer user_data);
/* Ends all sessions, without telling. */
void pingem_roster_free (PingemRoster *self);

/* PINGEM_ERROR_TOO_MANY: of this connection, of this user, or in all. */
gboolean pingem_roster_add (
    PingemRoster *self, const char *sender, guint32 uid, guint32 flags, GError **error);
/* As pingem_session_open(). */
gboolean
pingem_roster_open (PingemRoster *self, PingemSession *session, int *ret_client_fd, GError **error);
/* Unique bus names are never used twice: who is found is who was added. (nullable) */
PingemSession *pingem_roster_find (PingemRoster *self, const char *sender);
void pingem_roster_end (PingemRoster *self, const char *sender, const char *why);
guint pingem_roster_count (PingemRoster *self);
/* Returns: (transfer container) (element-type PingemSession): those that are open */
GPtrArray *pingem_roster_list_open (PingemRoster *self);

G_END_DECLS
