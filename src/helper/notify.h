/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Tells the service manager how we are: sd_notify(3)'s protocol over a socket that stays open, as
 * none can be opened later. Without NOTIFY_SOCKET it tells nobody.
 */
typedef struct PingemNotify PingemNotify;

/*
 * Where the manager has set WATCHDOG_USEC the default main context tells it twice as often that it
 * turns. The variables are gone from the environment then.
 */
PingemNotify *pingem_notify_new (void);
void pingem_notify_free (PingemNotify *notify);
/* @state: such as "READY=1" */
void pingem_notify_tell (PingemNotify *notify, const char *state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemNotify, pingem_notify_free)

G_END_DECLS
