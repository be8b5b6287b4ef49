/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "helper/quota.h"
#include "helper/shared-engine.h"

G_BEGIN_DECLS

#define PINGEM_TOKEN_SIZE 16

/*
 * What one connection to the bus holds: nothing but a place until polkit said
 * yes, then a channel, a token and targets.
 */
typedef struct PingemSession PingemSession;

/* @engine, @quota: outlive it; a session of @uid was taken from @quota */
PingemSession *pingem_session_new (
    PingemSharedEngine *engine, PingemQuota *quota, const char *sender, guint32 uid, guint32 flags);
/* Takes its targets out of the engine and closes its channel. */
void pingem_session_free (PingemSession *session);

const char *pingem_session_get_sender (const PingemSession *session);
guint32 pingem_session_get_flags (const PingemSession *session);
guint32 pingem_session_get_uid (const PingemSession *session);

/* The polkit action that it needs. */
const char *pingem_session_get_action (const PingemSession *session);
/* Whether somebody's password allowed it: false until it was set. */
gboolean pingem_session_is_by_person (const PingemSession *session);
void pingem_session_set_by_person (PingemSession *session, gboolean by_person);
/* An entry of Helper1's ListSessions; only of an open session. Returns: (transfer floating) */
GVariant *pingem_session_describe (const PingemSession *session);
gboolean pingem_session_is_open (const PingemSession *session);
guint pingem_session_count_targets (const PingemSession *session);
gboolean pingem_session_has_target (const PingemSession *session, guint32 id);

/**
 * pingem_session_open:
 * @closed: called when the client closed the channel; may free the session
 * @ret_client_fd: (transfer full): the client's end of the channel
 *
 * After polkit's yes.
 */
gboolean pingem_session_open (PingemSession *session,
                              void (*closed) (gpointer user_data),
                              gpointer user_data,
                              int *ret_client_fd,
                              GError **error);
/* Returns: (transfer floating): ay; only of an open session */
GVariant *pingem_session_get_token (const PingemSession *session);
/* False for every token while the session is not open. */
gboolean pingem_session_has_token (const PingemSession *session, GVariant *token);

/* Whether this call of AddTargets is one of as many as the session may have targets. */
gboolean pingem_session_is_building (PingemSession *session);
/* As the methods of Helper1; @targets and @target as they came. */
gboolean pingem_session_add_targets (PingemSession *session, GVariant *targets, GError **error);
gboolean pingem_session_change_target (PingemSession *session, GVariant *target, GError **error);
gboolean pingem_session_remove_target (PingemSession *session, guint32 id, GError **error);

G_END_DECLS
