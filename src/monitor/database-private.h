/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <sqlite3.h>

#include "monitor/database.h"

G_BEGIN_DECLS

/* Shared by database.c (opening) and query.c (asking); nobody else includes this, nor sqlite3.h. */
struct PingemDatabase {
  char *path; /* (owned) */
  const PingemSchema *schema;
  sqlite3 *db; /* (owned) (nullable) */
  int lock_fd; /* -1: in memory */
  int code;    /* of SQLite, what failed last */
};

/* Notes @code of SQLite, and says what to do. Returns: %FALSE */
gboolean pingem_database_fail (PingemDatabase *self, int code, GError **error);

G_END_DECLS
