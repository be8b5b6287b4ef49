/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/database-private.h"

#include <unistd.h>

#include "ipc/error.h"
#include "monitor/place.h"

/* A reader (a backup, a shell) may hold the file this long; longer would stop the measuring. */
#define BUSY_MS 100

/* Among the codes of SQLite: a version of the schema that we do not know. */
#define CODE_NEWER SQLITE_MISMATCH

/* For several statements without arguments. Returns: a code of SQLite */
static int
run_script (PingemDatabase *self, const char *sql)
{
  return sqlite3_exec (self->db, sql, NULL, NULL, NULL);
}

static int
get_number (PingemDatabase *self, const char *sql, gint64 *ret_number)
{
  PingemRows *rows = pingem_database_query (self, sql, "");

  if (pingem_database_next (self, rows))
    *ret_number = sqlite3_column_int64 (rows, 0);

  sqlite3_finalize (rows);

  return self->code == SQLITE_ROW ? SQLITE_OK : self->code;
}

static int
quick_check (PingemDatabase *self)
{
  PingemRows *rows = pingem_database_query (self, "PRAGMA quick_check(1)", "");
  gboolean is_whole =
      pingem_database_next (self, rows) && g_str_equal (pingem_rows_get_text (rows, 0), "ok");

  sqlite3_finalize (rows);

  if (self->code != SQLITE_ROW)
    return self->code;

  return is_whole ? SQLITE_OK : SQLITE_CORRUPT;
}

static int
migrate_step (PingemDatabase *self, guint version)
{
  const PingemMigration *step = &self->schema->migrations[version];
  g_autofree char *end =
      g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %u; COMMIT",
                       self->schema->application_id, version + 1);
  int code = run_script (self, "BEGIN IMMEDIATE");

  if (code == SQLITE_OK)
    code = run_script (self, step->sql);
  if (code == SQLITE_OK && step->convert != NULL && !step->convert (self))
    code = self->code;
  if (code == SQLITE_OK)
    code = run_script (self, end);

  if (code != SQLITE_OK && !sqlite3_get_autocommit (self->db))
    run_script (self, "ROLLBACK");

  return code;
}

/* Whether each table and index of @fresh is in @self, word for word. */
static int
compare_schema (PingemDatabase *self, PingemDatabase *fresh)
{
  PingemRows *rows = pingem_database_query (
      fresh, "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL", "");
  gboolean is_there = TRUE;

  while (is_there && pingem_database_next (fresh, rows))
    {
      PingemRows *same = pingem_database_query (
          self, "SELECT 1 FROM sqlite_schema WHERE name = ? AND sql = ?", "ss",
          pingem_rows_get_text (rows, 0), pingem_rows_get_text (rows, 1));

      is_there = pingem_database_next (self, same);
      sqlite3_finalize (same);
    }

  sqlite3_finalize (rows);

  if (!is_there)
    return self->code == SQLITE_DONE ? SQLITE_CORRUPT : self->code;

  return fresh->code == SQLITE_DONE ? SQLITE_OK : fresh->code;
}

/* A flipped bit in a table's name is no damage to SQLite, but to us. */
static int
check_schema (PingemDatabase *self)
{
  PingemDatabase fresh = { .schema = self->schema };
  int code = sqlite3_open (":memory:", &fresh.db);

  for (guint i = 0; code == SQLITE_OK && i < self->schema->n_migrations; i++)
    code = migrate_step (&fresh, i);

  if (code == SQLITE_OK)
    code = compare_schema (self, &fresh);

  sqlite3_close (fresh.db);

  return code;
}

static int
migrate (PingemDatabase *self)
{
  gint64 application_id = 0, version = 0, n_tables = 0;
  int code = get_number (self, "PRAGMA application_id", &application_id);

  if (code == SQLITE_OK)
    code = get_number (self, "PRAGMA user_version", &version);
  if (code == SQLITE_OK)
    code = get_number (self, "SELECT count(*) FROM sqlite_schema", &n_tables);
  if (code != SQLITE_OK)
    return code;

  if (application_id != self->schema->application_id && (application_id != 0 || n_tables > 0))
    return SQLITE_NOTADB;
  if (version < 0 || (version == 0 && n_tables > 0))
    return SQLITE_CORRUPT;
  if (version > self->schema->n_migrations)
    return CODE_NEWER;

  for (guint i = (guint) version; code == SQLITE_OK && i < self->schema->n_migrations; i++)
    code = migrate_step (self, i);

  return code;
}

/* Until the file is found good, closing must leave its WAL as it is: so it is set aside whole. */
static void
keep_wal (PingemDatabase *self, gboolean keep)
{
  if (self->db != NULL)
    sqlite3_db_config (self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, NULL);
}

static int
open_file (PingemDatabase *self)
{
  int code = sqlite3_open_v2 (self->path, &self->db,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                                  SQLITE_OPEN_EXRESCODE,
                              NULL);

  if (code != SQLITE_OK)
    return code;

  keep_wal (self, TRUE);
  sqlite3_busy_timeout (self->db, BUSY_MS);
  code = run_script (self, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");

  if (code == SQLITE_OK)
    code = quick_check (self);
  if (code == SQLITE_OK)
    code = migrate (self);
  if (code == SQLITE_OK)
    code = check_schema (self);
  if (code == SQLITE_OK)
    code = run_script (self, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  if (code == SQLITE_OK)
    keep_wal (self, FALSE);

  return code;
}

static void
close_file (PingemDatabase *self)
{
  sqlite3_close (self->db);
  self->db = NULL;
}

/* At open: also what SQLite cannot parse, or takes for read-only though the file is writable. */
static gboolean
is_damage (const PingemDatabase *self, int code)
{
  switch (code & 0xff)
    {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
      return TRUE;
    case SQLITE_READONLY:
      return access (self->path, W_OK) == 0;
    default:
      return FALSE;
    }
}

gboolean
pingem_database_begin_anew (PingemDatabase *self, gint64 now_ms, char **ret_notice, GError **error)
{
  g_autofree char *name = NULL;
  int code;

  keep_wal (self, TRUE);
  close_file (self);
  name = pingem_place_set_aside (self->path, now_ms, error);

  if (name == NULL)
    return FALSE;

  code = open_file (self);

  if (code != SQLITE_OK)
    return pingem_database_fail (self, code, error);

  g_free (*ret_notice);
  *ret_notice = g_strdup_printf (
      "The history %s was damaged and is kept as %s: a new one was begun", self->path, name);

  return TRUE;
}

static gboolean
open_or_begin_anew (PingemDatabase *self, gint64 now_ms, char **ret_notice, GError **error)
{
  int code = open_file (self);

  if (code == SQLITE_OK)
    return TRUE;

  if (is_damage (self, code))
    return pingem_database_begin_anew (self, now_ms, ret_notice, error);

  if (code != CODE_NEWER)
    return pingem_database_fail (self, code, error);

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VERSION,
               "A newer Pingem wrote the history %s: install that one, or move the file away",
               self->path);

  return FALSE;
}

PingemDatabase *
pingem_database_open (
    const char *path, const PingemSchema *schema, gint64 now_ms, char **ret_notice, GError **error)
{
  g_autoptr (PingemDatabase) self = g_new0 (PingemDatabase, 1);

  self->path = g_strdup (path);
  self->schema = schema;
  self->lock_fd = -1;

  if (!g_str_equal (path, ":memory:"))
    {
      self->lock_fd = pingem_place_lock (path, error);
      if (self->lock_fd < 0)
        return NULL;
    }

  if (!open_or_begin_anew (self, now_ms, ret_notice, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
pingem_database_free (PingemDatabase *self)
{
  if (self == NULL)
    return;

  close_file (self);

  if (self->lock_fd >= 0)
    close (self->lock_fd);

  g_free (self->path);
  g_free (self);
}

gboolean
pingem_database_is_damaged (const PingemDatabase *self)
{
  return (self->code & 0xff) == SQLITE_CORRUPT || (self->code & 0xff) == SQLITE_NOTADB;
}
