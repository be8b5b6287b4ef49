/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/bucket.h"
#include "helper/access.h"
#include "ipc/helper-dbus.h"

G_BEGIN_DECLS

/* Of the arguments of a call, in bytes. */
#define PINGEM_CALL_SIZE 65536

/*
 * Helper1's skeleton, whose methods are called and whose properties are read
 * through the table of helper/access.h alone. g-authorize-method would be
 * emitted in a thread of its own, and for methods only.
 */
#define PINGEM_TYPE_DOOR (pingem_door_get_type ())

G_DECLARE_FINAL_TYPE (PingemDoor, pingem_door, PINGEM, DOOR, PingemDbusHelper1Skeleton)

typedef struct {
  /* A method was called by who is on the bus as @uid: answer it, or pingem_door_pass() it. */
  void (*call) (PingemMember member,
                guint32 uid,
                GDBusMethodInvocation *invocation,
                gpointer user_data);
  /* Whether a call counts among those of its user: those that a counted one allows need not. */
  gboolean (*is_free) (PingemMember member, GDBusMethodInvocation *invocation, gpointer user_data);
  /* The user was refused a call, as there were too many. */
  void (*too_many) (guint32 uid, gpointer user_data);
} PingemDoorFuncs;

/* @funcs, @call_rate: static; the latter is of the calls of one user */
PingemDoor *
pingem_door_new (const PingemDoorFuncs *funcs, gpointer user_data, const PingemRate *call_rate);
/* To the handler of the method. @invocation: (transfer full) */
void pingem_door_pass (PingemDoor *self, GDBusMethodInvocation *invocation);
/* Whose call it is; only of one that came to @funcs. */
guint32 pingem_door_get_uid (GDBusMethodInvocation *invocation);
/* Calls whose user the bus is still asked for. */
guint pingem_door_count_waiting (PingemDoor *self);
/* No call comes to @funcs any more: those that wait are answered with PINGEM_ERROR_FAILED. */
void pingem_door_shut (PingemDoor *self);

G_END_DECLS
