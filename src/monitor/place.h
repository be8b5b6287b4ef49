/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * pingem_place_lock:
 * @path: the database
 *
 * Makes its folder where it is missing, and locks it against a second monitor: a lock on
 * "PATH.lock" that ends with its holder, however it dies.
 *
 * Returns: a descriptor that holds the lock until it is closed; -1 with PINGEM_ERROR_EXISTS where
 *   somebody holds it, or PINGEM_ERROR_FAILED
 */
int pingem_place_lock (const char *path, GError **error);

/**
 * pingem_place_set_aside:
 *
 * Renames a closed database and what lies beside it (-wal, -shm, -journal) to
 * "PATH.damaged-YYYYMMDD-HHMMSS", a name that nothing has. The lock must be held.
 *
 * Returns: (transfer full): the new name, or %NULL with PINGEM_ERROR_FAILED
 */
char *pingem_place_set_aside (const char *path, gint64 now_ms, GError **error);

G_END_DECLS
