/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/target-file.h"

#include <string.h>

#define GROUP_PREFIX "target "

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

/* One value at a time, so that a bad one costs itself only. */
static void
apply_value (PingemKeyfile *keyfile,
             const char *group,
             const char *key,
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
    pingem_keyfile_add_problem (keyfile, group, key, error->message);
}

static void
load_text (PingemKeyfile *keyfile, const char *group, PingemTargetConfig *config, const char *key)
{
  g_autofree char *text = pingem_keyfile_get_string (keyfile, group, key);

  if (text != NULL)
    apply_value (keyfile, group, key, config, key, g_variant_new_string (text));
}

static void
load_number (PingemKeyfile *keyfile,
             const char *group,
             PingemTargetConfig *config,
             const char *key,
             const char *word)
{
  guint number = G_MAXUINT;

  pingem_keyfile_get_number (keyfile, group, key, 0, G_MAXINT32, &number);
  if (number != G_MAXUINT)
    apply_value (keyfile, group, key, config, word, g_variant_new_uint32 (number));
}

/* (transfer full) */
static char *
find_text (GKeyFile *file, const char *group)
{
  char *text = g_key_file_get_string (file, group, "address", NULL);

  return text != NULL ? text : g_strdup (group + strlen (GROUP_PREFIX));
}

static void
load_target (PingemKeyfile *keyfile, const char *group, GPtrArray *configs)
{
  gboolean has_address = pingem_keyfile_has_key (keyfile, group, "address");
  g_autofree char *text = find_text (keyfile->file, group);
  g_autoptr (GError) error = NULL;
  g_autofree char *address = pingem_target_config_check_address (text, &error);
  PingemTargetConfig *config = pingem_target_config_new (address != NULL ? address : "");

  load_text (keyfile, group, config, "name");
  load_text (keyfile, group, config, "leg");
  config->key_file = pingem_keyfile_get_string (keyfile, group, "key-file");
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    load_number (keyfile, group, config, numbers[i].key, numbers[i].word);

  for (guint i = 0; address != NULL && i < configs->len; i++)
    if (g_str_equal (((PingemTargetConfig *) configs->pdata[i])->address, address))
      g_set_error (&error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
                   "%s is a target already", address);

  if (error == NULL)
    g_ptr_array_add (configs, config);
  else
    {
      pingem_keyfile_add_problem (keyfile, group, has_address ? "address" : NULL, error->message);
      pingem_target_config_free (config);
    }
}

gboolean
pingem_target_file_load (PingemKeyfile *keyfile, GPtrArray *configs)
{
  g_auto (GStrv) groups = g_key_file_get_groups (keyfile->file, NULL);
  gboolean is_set = FALSE;

  for (char **group = groups; *group != NULL; group++)
    if (g_str_has_prefix (*group, GROUP_PREFIX))
      {
        load_target (keyfile, *group, configs);
        is_set = TRUE;
      }

  return is_set;
}

/* (transfer full): NULL: it is no target, or has a slip in its address. */
static char *
find_address (GKeyFile *file, const char *group)
{
  g_autofree char *text = NULL;

  if (!g_str_has_prefix (group, GROUP_PREFIX))
    return NULL;

  text = find_text (file, group);

  return pingem_target_config_check_address (text, NULL);
}

static gboolean
is_among (GPtrArray *configs, const char *address)
{
  for (guint i = 0; i < configs->len; i++)
    if (g_str_equal (((const PingemTargetConfig *) configs->pdata[i])->address, address))
      return TRUE;

  return FALSE;
}

static void
remove_others (GKeyFile *file, GPtrArray *configs)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (char **group = groups; *group != NULL; group++)
    {
      g_autofree char *address = find_address (file, *group);

      if (address != NULL && !is_among (configs, address))
        g_key_file_remove_group (file, *group, NULL);
    }
}

/* (transfer full): where it stands, or shall stand. */
static char *
find_group (GKeyFile *file, const char *address)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  char *group;

  for (char **g = groups; *g != NULL; g++)
    {
      g_autofree char *found = find_address (file, *g);

      if (g_strcmp0 (found, address) == 0)
        return g_strdup (*g);
    }

  group = g_strconcat (GROUP_PREFIX, address, NULL);

  return g_strdelimit (group, "[]", '|');
}

static void
store_target (GKeyFile *file, const PingemTargetConfig *config)
{
  g_autofree char *group = find_group (file, config->address);

  if (strpbrk (config->address, "[]") != NULL)
    g_key_file_set_string (file, group, "address", config->address);

  if (config->name != NULL)
    g_key_file_set_string (file, group, "name", config->name);
  else
    g_key_file_remove_key (file, group, "name", NULL);

  g_key_file_set_string (file, group, "leg", config->leg);

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_key_file_set_integer (file, group, numbers[i].key,
                            (int) G_STRUCT_MEMBER (guint, config, numbers[i].offset));
}

void
pingem_target_file_store (GKeyFile *file, GPtrArray *configs)
{
  remove_others (file, configs);

  for (guint i = 0; i < configs->len; i++)
    if (!pingem_target_config_is_fixed (configs->pdata[i]))
      store_target (file, configs->pdata[i]);
}
