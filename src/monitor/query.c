/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/database-private.h"

#include "ipc/error.h"

static const char *
describe (int code)
{
  switch (code & 0xff)
    {
    case SQLITE_FULL:
      return "the disk is full: make room on it";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return "it cannot be written: give yourself the right to write the file and its folder";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program holds it: end that program";
    case SQLITE_IOERR:
      return "reading or writing the disk failed: check the disk, and that it is not full";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the file is damaged: start pingem-monitor again, and it begins a new one";
    default:
      return sqlite3_errstr (code);
    }
}

gboolean
pingem_database_fail (PingemDatabase *self, int code, GError **error)
{
  self->code = code;
  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED, "The history %s cannot be used: %s",
               self->path, describe (code));

  return FALSE;
}

static int
bind_arguments (sqlite3_stmt *stmt, const char *types, va_list args)
{
  int code = SQLITE_OK;

  for (int i = 0; types[i] != '\0' && code == SQLITE_OK; i++)
    if (types[i] == 'i')
      code = sqlite3_bind_int64 (stmt, i + 1, va_arg (args, gint64));
    else if (types[i] == 's')
      code = sqlite3_bind_text (stmt, i + 1, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
    else
      {
        GByteArray *bytes = va_arg (args, GByteArray *);

        code = sqlite3_bind_blob64 (stmt, i + 1, bytes->data, bytes->len, SQLITE_TRANSIENT);
      }

  return code;
}

static sqlite3_stmt *
prepare (PingemDatabase *self, const char *sql, const char *types, va_list args)
{
  sqlite3_stmt *stmt = NULL;

  self->code =
      self->db != NULL ? sqlite3_prepare_v2 (self->db, sql, -1, &stmt, NULL) : SQLITE_CANTOPEN;

  if (self->code == SQLITE_OK)
    self->code = bind_arguments (stmt, types, args);
  if (self->code != SQLITE_OK)
    g_clear_pointer (&stmt, sqlite3_finalize);

  return stmt;
}

PingemRows *
pingem_database_query (PingemDatabase *self, const char *sql, const char *types, ...)
{
  va_list args;
  sqlite3_stmt *stmt;

  va_start (args, types);
  stmt = prepare (self, sql, types, args);
  va_end (args);

  return stmt;
}

gboolean
pingem_database_next (PingemDatabase *self, PingemRows *rows)
{
  if (rows != NULL)
    self->code = sqlite3_step (rows);

  return rows != NULL && self->code == SQLITE_ROW;
}

gint64
pingem_rows_get_int (PingemRows *rows, int column)
{
  return sqlite3_column_int64 (rows, column);
}

const char *
pingem_rows_get_text (PingemRows *rows, int column)
{
  const char *text = (const char *) sqlite3_column_text (rows, column);

  return text != NULL ? text : "";
}

const guint8 *
pingem_rows_get_blob (PingemRows *rows, int column, gsize *ret_length)
{
  const guint8 *data = sqlite3_column_blob (rows, column);

  *ret_length = data != NULL ? (gsize) sqlite3_column_bytes (rows, column) : 0;

  return data;
}

gboolean
pingem_database_end (PingemDatabase *self, PingemRows *rows, GError **error)
{
  int code = self->code;

  sqlite3_finalize (rows);

  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
    return TRUE;

  return pingem_database_fail (self, code, error);
}

gboolean
pingem_database_run (PingemDatabase *self, GError **error, const char *sql, const char *types, ...)
{
  va_list args;
  sqlite3_stmt *stmt;

  va_start (args, types);
  stmt = prepare (self, sql, types, args);
  va_end (args);

  while (pingem_database_next (self, stmt))
    ;

  return pingem_database_end (self, stmt, error);
}

void
pingem_database_undo (PingemDatabase *self)
{
  if (self->db != NULL && !sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
}
