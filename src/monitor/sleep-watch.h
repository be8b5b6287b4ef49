/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PINGEM_TYPE_SLEEP_WATCH (pingem_sleep_watch_get_type ())

G_DECLARE_FINAL_TYPE (PingemSleepWatch, pingem_sleep_watch, PINGEM, SLEEP_WATCH, GObject)

/*
 * Tells what logind says of sleep, from the current thread's default main context. Nothing happens
 * where there is no logind; one that comes later is found. Signals, always in turn:
 *
 * - `sleeping ()`: the machine is about to sleep, and waits for the handlers: they are quick
 * - `woken ()`: it is awake, or was not put to sleep; or logind went away meanwhile
 *
 * @bus: the system bus
 */
PingemSleepWatch *pingem_sleep_watch_new (GDBusConnection *bus);

G_END_DECLS
