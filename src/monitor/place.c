/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/place.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "ipc/error.h"

/* The database comes last: if we die between, it is found damaged and set aside again. */
static const char *const suffixes[] = { "-wal", "-shm", "-journal", "" };

static gboolean
make_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0700) == 0)
    return TRUE;

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
               "The folder %s for the history cannot be made: %s", folder, g_strerror (errno));

  return FALSE;
}

int
pingem_place_lock (const char *path, GError **error)
{
  g_autofree char *name = g_strconcat (path, ".lock", NULL);
  int fd;

  if (!make_folder (path, error))
    return -1;

  fd = g_open (name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;

  if (fd >= 0 && errno == EWOULDBLOCK)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_EXISTS,
                 "Another pingem-monitor writes the history %s: end it first", path);
  else
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                 "The history %s cannot be locked: %s: %s", path, name, g_strerror (errno));

  if (fd >= 0)
    close (fd);

  return -1;
}

static gboolean
name_is_free (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *file = g_strconcat (name, suffixes[i], NULL);
      GStatBuf st;

      if (g_lstat (file, &st) == 0 || errno != ENOENT)
        return FALSE;
    }

  return TRUE;
}

/* Nobody else takes the name meanwhile: we hold the lock. */
static char *
find_free_name (const char *path, gint64 now_ms)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_ms / 1000);
  g_autofree char *date =
      now != NULL ? g_date_time_format (now, "%Y%m%d-%H%M%S") : g_strdup ("undated");
  g_autofree char *name = g_strdup_printf ("%s.damaged-%s", path, date);

  for (guint i = 2; !name_is_free (name) && i < 1000; i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s.damaged-%s-%u", path, date, i);
    }

  return g_steal_pointer (&name);
}

static gboolean
move_beside (const char *path, const char *name, const char *suffix)
{
  g_autofree char *from = g_strconcat (path, suffix, NULL);
  g_autofree char *to = g_strconcat (name, suffix, NULL);

  return g_rename (from, to) == 0 || errno == ENOENT;
}

char *
pingem_place_set_aside (const char *path, gint64 now_ms, GError **error)
{
  g_autofree char *name = find_free_name (path, now_ms);
  gboolean moved = name_is_free (name);

  for (guint i = 0; moved && i < G_N_ELEMENTS (suffixes); i++)
    moved = move_beside (path, name, suffixes[i]);

  if (moved)
    return g_steal_pointer (&name);

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
               "The damaged history %s cannot be renamed to %s: %s", path, name,
               g_strerror (errno));

  return NULL;
}
