/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One SQLite file that this process alone writes. */
typedef struct PingemDatabase PingemDatabase;

/* A step from one version to the next, in one transaction. */
typedef struct {
  const char *sql;
  gboolean (*convert) (PingemDatabase *db); /* (nullable) afterwards; FALSE where it failed */
} PingemMigration;

/* What a database must be: its mark, and the steps from an empty one to today's. */
typedef struct {
  gint32 application_id;
  const PingemMigration *migrations; /* step i leads from version i to i + 1 */
  guint n_migrations;
} PingemSchema;

/* The result of a query, before its first row. */
typedef struct sqlite3_stmt PingemRows;

/**
 * pingem_database_open:
 * @schema: kept, not copied
 * @ret_notice: a sentence where a damaged file was set aside, else untouched
 *
 * Returns: (transfer full): as pingem_history_open()
 */
PingemDatabase *pingem_database_open (
    const char *path, const PingemSchema *schema, gint64 now_ms, char **ret_notice, GError **error);
void pingem_database_free (PingemDatabase *self);

/* Whether the last thing that failed did so because the file is damaged. */
gboolean pingem_database_is_damaged (const PingemDatabase *self);
/* Sets the file aside and begins a new, empty one; where that fails, everything later fails too. */
gboolean
pingem_database_begin_anew (PingemDatabase *self, gint64 now_ms, char **ret_notice, GError **error);

/* @types: of the arguments: i gint64, s const char *, b GByteArray *. */
gboolean
pingem_database_run (PingemDatabase *self, GError **error, const char *sql, const char *types, ...);
/* Ends a transaction that failed, if one is open; keeps pingem_database_is_damaged(). */
void pingem_database_undo (PingemDatabase *self);
/* (transfer full): always ends with pingem_database_end() */
PingemRows *pingem_database_query (PingemDatabase *self, const char *sql, const char *types, ...);
gboolean pingem_database_next (PingemDatabase *self, PingemRows *rows);
gint64 pingem_rows_get_int (PingemRows *rows, int column);
/* (transfer none): until the next row; "" where there is none */
const char *pingem_rows_get_text (PingemRows *rows, int column);
/* (transfer none) (nullable): until the next row */
const guint8 *pingem_rows_get_blob (PingemRows *rows, int column, gsize *ret_length);
/* @rows: (transfer full). %FALSE where the query or a row failed. */
gboolean pingem_database_end (PingemDatabase *self, PingemRows *rows, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemDatabase, pingem_database_free)

G_END_DECLS
