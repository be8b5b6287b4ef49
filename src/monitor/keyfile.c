/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/keyfile.h"

#include <string.h>

/* (transfer full): how the tables call it. @key: (nullable) */
static char *
build_name (const char *group, const char *key)
{
  return key != NULL ? g_strconcat (group, "\n", key, NULL) : g_strdup (group);
}

static void
note_line (PingemKeyfile *keyfile, char **group, char *line, guint number)
{
  char *end = strchr (line, '=');

  if (*line == '[' && strchr (line, ']') != NULL)
    {
      g_free (*group);
      *group = g_strndup (line + 1, strchr (line, ']') - line - 1);
      g_hash_table_insert (keyfile->lines, g_strdup (*group), GUINT_TO_POINTER (number));
    }
  else if (*line != '#' && end != NULL && *group != NULL)
    {
      *end = '\0';
      g_hash_table_insert (keyfile->lines, build_name (*group, g_strchomp (line)),
                           GUINT_TO_POINTER (number));
    }
}

/* GKeyFile keeps no lines. */
static void
note_lines (PingemKeyfile *keyfile, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *group = NULL;

  for (guint i = 0; lines[i] != NULL; i++)
    note_line (keyfile, &group, g_strchug (lines[i]), i + 1);
}

PingemKeyfile *
pingem_keyfile_new (const char *path, GError **error)
{
  PingemKeyfile *keyfile = g_new0 (PingemKeyfile, 1);
  g_autofree char *text = NULL;
  gsize length;

  keyfile->path = g_strdup (path);
  keyfile->file = g_key_file_new ();
  keyfile->problems = g_ptr_array_new_with_free_func (g_free);
  keyfile->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  keyfile->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (!g_file_get_contents (path, &text, &length, error))
    return keyfile;

  note_lines (keyfile, text);
  g_key_file_load_from_data (keyfile->file, text, length,
                             G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS, error);

  return keyfile;
}

void
pingem_keyfile_free (PingemKeyfile *keyfile)
{
  if (keyfile == NULL)
    return;

  g_hash_table_unref (keyfile->known);
  g_hash_table_unref (keyfile->lines);
  g_ptr_array_unref (keyfile->problems);
  g_key_file_unref (keyfile->file);
  g_free (keyfile->path);
  g_free (keyfile);
}

void
pingem_keyfile_add_problem (PingemKeyfile *keyfile,
                            const char *group,
                            const char *key,
                            const char *message)
{
  g_autofree char *name = build_name (group, key);
  guint line = GPOINTER_TO_UINT (g_hash_table_lookup (keyfile->lines, name));
  g_autofree char *sentence =
      g_strdup_printf ("%s:%u: [%s] %s", keyfile->path, line, group, message);

  g_ptr_array_add (keyfile->problems, g_utf8_make_valid (sentence, -1));
}

gboolean
pingem_keyfile_has_group (PingemKeyfile *keyfile, const char *group)
{
  g_hash_table_add (keyfile->known, g_strdup (group));

  return g_key_file_has_group (keyfile->file, group);
}

gboolean
pingem_keyfile_has_key (PingemKeyfile *keyfile, const char *group, const char *key)
{
  g_hash_table_add (keyfile->known, build_name (group, key));

  return pingem_keyfile_has_group (keyfile, group) &&
         g_key_file_has_key (keyfile->file, group, key, NULL);
}

char *
pingem_keyfile_get_string (PingemKeyfile *keyfile, const char *group, const char *key)
{
  g_autoptr (GError) error = NULL;
  char *text;

  if (!pingem_keyfile_has_key (keyfile, group, key))
    return NULL;

  text = g_key_file_get_string (keyfile->file, group, key, &error);
  if (text == NULL)
    pingem_keyfile_add_problem (keyfile, group, key, error->message);

  return text;
}

void
pingem_keyfile_get_number (
    PingemKeyfile *keyfile, const char *group, const char *key, guint min, guint max, guint *value)
{
  g_autofree char *text = pingem_keyfile_get_string (keyfile, group, key);
  g_autofree char *message = NULL;
  guint64 number;

  if (text == NULL)
    return;

  if (g_ascii_string_to_unsigned (g_strstrip (text), 10, min, max, &number, NULL))
    {
      *value = (guint) number;
      return;
    }

  message = g_strdup_printf ("%s must be %u to %u, not “%s”", key, min, max, text);
  pingem_keyfile_add_problem (keyfile, group, key, message);
}

char *
pingem_keyfile_dump_group (PingemKeyfile *keyfile, const char *group)
{
  g_auto (GStrv) keys = g_key_file_get_keys (keyfile->file, group, NULL, NULL);
  GString *text = g_string_new (NULL);

  for (char **key = keys; key != NULL && *key != NULL; key++)
    {
      g_autofree char *value = g_key_file_get_value (keyfile->file, group, *key, NULL);

      g_string_append_printf (text, "%s=%s\n", *key, value);
    }

  return g_string_free (text, FALSE);
}

static void
report_unknown_keys (PingemKeyfile *keyfile, const char *group)
{
  g_auto (GStrv) keys = g_key_file_get_keys (keyfile->file, group, NULL, NULL);

  for (char **key = keys; key != NULL && *key != NULL; key++)
    {
      g_autofree char *name = build_name (group, *key);
      g_autofree char *message = g_strdup_printf ("“%s” is no key of this group", *key);

      if (!g_hash_table_contains (keyfile->known, name))
        pingem_keyfile_add_problem (keyfile, group, *key, message);
    }
}

void
pingem_keyfile_report_unknown (PingemKeyfile *keyfile)
{
  g_auto (GStrv) groups = g_key_file_get_groups (keyfile->file, NULL);

  for (char **group = groups; *group != NULL; group++)
    if (g_hash_table_contains (keyfile->known, *group))
      report_unknown_keys (keyfile, *group);
    else
      pingem_keyfile_add_problem (keyfile, *group, NULL, "there is no such group");
}
