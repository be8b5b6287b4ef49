/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/autostart.h"

#include <gio/gio.h>

#include "ipc/names.h"

#define FILE_NAME PINGEM_TRAY_NAME ".desktop"
#define GROUP G_KEY_FILE_DESKTOP_GROUP
#define HIDDEN G_KEY_FILE_DESKTOP_KEY_HIDDEN
/* GNOME's tools write it. */
#define ENABLED "X-GNOME-Autostart-enabled"

static char *
build_own_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "autostart", FILE_NAME, NULL);
}

static gboolean
load_installed (GKeyFile *entry)
{
  const char *const *dirs = g_get_system_config_dirs ();

  for (; *dirs != NULL; dirs++)
    {
      g_autofree char *path = g_build_filename (*dirs, "autostart", FILE_NAME, NULL);

      if (g_key_file_load_from_file (entry, path,
                                     G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS, NULL))
        return TRUE;
    }

  return FALSE;
}

/* False: there is none. */
static gboolean
load_entry (GKeyFile *entry)
{
  g_autofree char *path = build_own_path ();

  return g_key_file_load_from_file (
             entry, path, G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS, NULL) ||
         load_installed (entry);
}

gboolean
pingem_autostart_get (void)
{
  g_autoptr (GKeyFile) entry = g_key_file_new ();

  return load_entry (entry) && !g_key_file_get_boolean (entry, GROUP, HIDDEN, NULL) &&
         (!g_key_file_has_key (entry, GROUP, ENABLED, NULL) ||
          g_key_file_get_boolean (entry, GROUP, ENABLED, NULL));
}

/* Where nothing is installed. */
static void
build_entry (GKeyFile *entry)
{
  g_key_file_set_string (entry, GROUP, G_KEY_FILE_DESKTOP_KEY_TYPE, "Application");
  g_key_file_set_string (entry, GROUP, G_KEY_FILE_DESKTOP_KEY_NAME, "Pingem");
  g_key_file_set_string (entry, GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC, PINGEM_TRAY_PROGRAM);
  g_key_file_set_string (entry, GROUP, G_KEY_FILE_DESKTOP_KEY_ICON, PINGEM_APP_ID);
}

gboolean
pingem_autostart_set (gboolean starts, GError **error)
{
  g_autoptr (GKeyFile) entry = g_key_file_new ();
  g_autofree char *path = build_own_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GFile) parent = g_file_new_for_path (folder);
  g_autoptr (GError) folder_error = NULL;

  if (!load_entry (entry))
    build_entry (entry);

  g_key_file_remove_key (entry, GROUP, ENABLED, NULL);
  g_key_file_set_boolean (entry, GROUP, HIDDEN, !starts);

  if (!g_file_make_directory_with_parents (parent, NULL, &folder_error) &&
      !g_error_matches (folder_error, G_IO_ERROR, G_IO_ERROR_EXISTS))
    {
      g_propagate_error (error, g_steal_pointer (&folder_error));
      return FALSE;
    }

  return g_key_file_save_to_file (entry, path, error);
}
