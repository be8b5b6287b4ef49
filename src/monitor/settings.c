/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/settings.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "ipc/error.h"

#define GROUP_PREFIX "target "

struct PingemSettings {
  char *path;
  gboolean is_given;
  gboolean is_damaged;
  GKeyFile *file;
  GPtrArray *problems; /* (owned): of char * */
  GPtrArray *targets;  /* (owned): of PingemTargetConfig */
  PingemPreferences preferences;
};

static const struct {
  const char *key; /* in the file */
  const char *word;
  gsize offset;
} numbers[] = {
  { "interval", "interval-ms", G_STRUCT_OFFSET (PingemTargetConfig, interval_ms) },
  { "timeout", "timeout-ms", G_STRUCT_OFFSET (PingemTargetConfig, timeout_ms) },
  { "size", "size", G_STRUCT_OFFSET (PingemTargetConfig, size) },
  { "dscp", "dscp", G_STRUCT_OFFSET (PingemTargetConfig, dscp) },
  { "ttl", "ttl", G_STRUCT_OFFSET (PingemTargetConfig, ttl) },
};

/* It may quote the file, whatever that holds. */
static void
add_sentence (PingemSettings *settings, const char *sentence)
{
  g_ptr_array_add (settings->problems, g_utf8_make_valid (sentence, -1));
}

static void
add_problem (PingemSettings *settings, const char *group, const char *message)
{
  g_autofree char *sentence = g_strdup_printf ("%s: [%s]: %s", settings->path, group, message);

  add_sentence (settings, sentence);
}

void
pingem_settings_free (PingemSettings *settings)
{
  if (settings == NULL)
    return;

  g_clear_pointer (&settings->problems, g_ptr_array_unref);
  g_clear_pointer (&settings->targets, g_ptr_array_unref);
  g_clear_pointer (&settings->file, g_key_file_unref);
  g_free (settings->path);
  g_free (settings);
}

const char *
pingem_settings_get_path (const PingemSettings *settings)
{
  return settings->path;
}

/* One value at a time, so that a bad one costs itself only. */
static void
apply_value (PingemSettings *settings,
             const char *group,
             PingemTargetConfig *config,
             const char *word,
             GVariant *value)
{
  g_autoptr (GVariant) changes = g_variant_ref_sink (
      g_variant_new_array (G_VARIANT_TYPE ("{sv}"),
                           (GVariant *[]){ g_variant_new_dict_entry (
                               g_variant_new_string (word), g_variant_new_variant (value)) },
                           1));
  g_autoptr (GError) error = NULL;

  if (!pingem_target_config_apply (config, changes, &error))
    add_problem (settings, group, error->message);
}

/* Unless it is only that the key is not there. */
static void
add_bad_value (PingemSettings *settings, const char *group, const GError *error)
{
  if (!g_error_matches (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND))
    add_problem (settings, group, error->message);
}

static void
load_text (PingemSettings *settings, const char *group, PingemTargetConfig *config, const char *key)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_key_file_get_string (settings->file, group, key, &error);

  if (error == NULL)
    apply_value (settings, group, config, key, g_variant_new_string (text));
  else
    add_bad_value (settings, group, error);
}

static void
load_number (PingemSettings *settings,
             const char *group,
             PingemTargetConfig *config,
             const char *key,
             const char *word)
{
  g_autoptr (GError) error = NULL;
  int number = g_key_file_get_integer (settings->file, group, key, &error);

  if (error == NULL)
    apply_value (settings, group, config, word, g_variant_new_uint32 (number));
  else
    add_bad_value (settings, group, error);
}

static PingemTargetConfig *
load_target (PingemSettings *settings, const char *group)
{
  const char *address = group + strlen (GROUP_PREFIX);
  g_autoptr (PingemTargetConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  if (!pingem_target_config_check_address (address, &error))
    {
      add_problem (settings, group, error->message);
      return NULL;
    }

  config = pingem_target_config_new (address);
  load_text (settings, group, config, "name");
  load_text (settings, group, config, "leg");

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    load_number (settings, group, config, numbers[i].key, numbers[i].word);

  return g_steal_pointer (&config);
}

static void
add_default (GPtrArray *configs, const char *address, const char *name)
{
  PingemTargetConfig *config = pingem_target_config_new (address);

  config->name = g_strdup (name);
  g_free (config->leg);
  config->leg = g_strdup ("internet");
  g_ptr_array_add (configs, config);
}

static void
load_targets (PingemSettings *settings)
{
  g_auto (GStrv) groups = g_key_file_get_groups (settings->file, NULL);
  gboolean is_set = FALSE;

  for (char **group = groups; *group != NULL; group++)
    if (g_str_has_prefix (*group, GROUP_PREFIX))
      {
        PingemTargetConfig *config = load_target (settings, *group);

        is_set = TRUE;
        if (config != NULL)
          g_ptr_array_add (settings->targets, config);
      }

  if (!is_set && !g_key_file_has_group (settings->file, "targets"))
    {
      add_default (settings->targets, PINGEM_ANCHOR_A, "Cloudflare");
      add_default (settings->targets, PINGEM_ANCHOR_B, "Google");
      add_default (settings->targets, PINGEM_ANCHOR6_A, "Cloudflare IPv6");
      add_default (settings->targets, PINGEM_ANCHOR6_B, "Google IPv6");
    }
}

static void
load_preferences (PingemSettings *settings)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);

  pingem_preferences_load (&settings->preferences, settings->file, problems);
  for (guint i = 0; i < problems->len; i++)
    {
      g_autofree char *sentence =
          g_strdup_printf ("%s: %s", settings->path, (char *) problems->pdata[i]);

      add_sentence (settings, sentence);
    }
}

PingemSettings *
pingem_settings_load (const char *path, GPtrArray **ret_problems, GError **error)
{
  g_autoptr (PingemSettings) settings = g_new0 (PingemSettings, 1);
  g_autoptr (GError) load_error = NULL;

  settings->is_given = path != NULL;
  settings->path = path != NULL
                       ? g_strdup (path)
                       : g_build_filename (g_get_user_config_dir (), "pingem", "pingem.conf", NULL);
  settings->file = g_key_file_new ();
  pingem_preferences_init (&settings->preferences);
  settings->problems = g_ptr_array_new_with_free_func (g_free);
  settings->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_target_config_free);

  if (!g_key_file_load_from_file (settings->file, settings->path,
                                  G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS,
                                  &load_error) &&
      !g_error_matches (load_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_autofree char *sentence =
          g_strdup_printf ("%s cannot be read, so the default targets are used: %s", settings->path,
                           load_error->message);

      settings->is_damaged = TRUE;
      add_sentence (settings, sentence);
    }

  if (load_error != NULL && settings->is_given)
    {
      g_autofree char *message = g_utf8_make_valid (load_error->message, -1);

      g_set_error (error, load_error->domain, load_error->code, "%s: %s", path, message);
      return NULL;
    }

  load_targets (settings);
  load_preferences (settings);
  *ret_problems = g_ptr_array_ref (settings->problems);

  return g_steal_pointer (&settings);
}

GPtrArray *
pingem_settings_get_targets (PingemSettings *settings)
{
  return settings->targets;
}

static void
save_target (GKeyFile *file, const PingemTargetConfig *config)
{
  g_autofree char *group = g_strconcat (GROUP_PREFIX, config->address, NULL);

  if (config->name != NULL)
    g_key_file_set_string (file, group, "name", config->name);
  else
    g_key_file_remove_key (file, group, "name", NULL);

  g_key_file_set_string (file, group, "leg", config->leg);

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_key_file_set_integer (file, group, numbers[i].key,
                            G_STRUCT_MEMBER (guint, config, numbers[i].offset));
}

static gboolean
is_kept (GPtrArray *configs, const char *group)
{
  for (guint i = 0; i < configs->len; i++)
    {
      const PingemTargetConfig *config = g_ptr_array_index (configs, i);

      if (g_str_equal (group + strlen (GROUP_PREFIX), config->address))
        return TRUE;
    }

  return FALSE;
}

/* A target with a slip in its address stands there until its owner mends it. */
static gboolean
is_target (const char *group)
{
  return g_str_has_prefix (group, GROUP_PREFIX) &&
         pingem_target_config_check_address (group + strlen (GROUP_PREFIX), NULL);
}

static void
remove_others (GKeyFile *file, GPtrArray *configs)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (char **group = groups; *group != NULL; group++)
    if (is_target (*group) && !is_kept (configs, *group))
      g_key_file_remove_group (file, *group, NULL);
}

static gboolean
set_aside (PingemSettings *settings, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *aside = g_strdup_printf ("%s.damaged-%s", settings->path, stamp);

  if (settings->is_damaged && g_rename (settings->path, aside) != 0 && errno != ENOENT)
    {
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED, "%s cannot be set aside: %s",
                   settings->path, g_strerror (errno));
      return FALSE;
    }

  settings->is_damaged = FALSE;

  return TRUE;
}

/* @what: "targets", "settings" */
static gboolean
check_writable (PingemSettings *settings, const char *what, GError **error)
{
  if (!settings->is_given)
    return TRUE;

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
               "The %s stand in %s, which is never rewritten: change them there", what,
               settings->path);

  return FALSE;
}

static gboolean
save_file (PingemSettings *settings, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (settings->path);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                   "The folder %s for the configuration cannot be made: %s", folder,
                   g_strerror (errno));
      return FALSE;
    }

  return g_key_file_save_to_file (settings->file, settings->path, error);
}

gboolean
pingem_settings_save_targets (PingemSettings *settings, GPtrArray *configs, GError **error)
{
  if (!check_writable (settings, "targets", error) || !set_aside (settings, error))
    return FALSE;

  remove_others (settings->file, configs);
  /* So that an empty list stays empty, and the defaults do not come back. */
  g_key_file_set_integer (settings->file, "targets", "version", 1);

  for (guint i = 0; i < configs->len; i++)
    if (!pingem_target_config_is_fixed (g_ptr_array_index (configs, i)))
      save_target (settings->file, g_ptr_array_index (configs, i));

  return save_file (settings, error);
}

const PingemPreferences *
pingem_settings_get_preferences (const PingemSettings *settings)
{
  return &settings->preferences;
}

gboolean
pingem_settings_set (PingemSettings *settings, GVariant *changes, GError **error)
{
  const PingemPreferences before = settings->preferences;
  PingemPreferences after = before;

  if (!pingem_preferences_change (&after, changes, error) ||
      !check_writable (settings, "settings", error))
    return FALSE;
  if (!pingem_preferences_store (&after, &before, settings->file))
    return TRUE;

  if (!set_aside (settings, error) || !save_file (settings, error))
    {
      pingem_preferences_store (&before, &after, settings->file);
      return FALSE;
    }

  settings->preferences = after;

  return TRUE;
}
