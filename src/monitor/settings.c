/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/settings.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "ipc/error.h"
#include "monitor/target-file.h"

struct PingemSettings {
  gboolean is_given;
  gboolean is_damaged;
  PingemKeyfile *keyfile; /* (owned) */
  GPtrArray *targets;     /* (owned): of PingemTargetConfig */
  PingemPreferences preferences;
};

void
pingem_settings_free (PingemSettings *settings)
{
  if (settings == NULL)
    return;

  g_clear_pointer (&settings->targets, g_ptr_array_unref);
  g_clear_pointer (&settings->keyfile, pingem_keyfile_free);
  g_free (settings);
}

const char *
pingem_settings_get_path (const PingemSettings *settings)
{
  return settings->keyfile->path;
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
  gboolean is_set = pingem_target_file_load (settings->keyfile, settings->targets);

  /* What stands there only says that an empty list is meant. */
  pingem_keyfile_has_key (settings->keyfile, "targets", "version");

  if (!is_set && !g_key_file_has_group (settings->keyfile->file, "targets"))
    {
      add_default (settings->targets, PINGEM_ANCHOR_A, "Cloudflare");
      add_default (settings->targets, PINGEM_ANCHOR_B, "Google");
      add_default (settings->targets, PINGEM_ANCHOR6_A, "Cloudflare IPv6");
      add_default (settings->targets, PINGEM_ANCHOR6_B, "Google IPv6");
    }
}

static void
note_damage (PingemSettings *settings, const char *message)
{
  g_autofree char *sentence = g_strdup_printf (
      "%s cannot be read, so the default targets are used: %s", settings->keyfile->path, message);

  settings->is_damaged = TRUE;
  g_ptr_array_add (settings->keyfile->problems, g_utf8_make_valid (sentence, -1));
}

PingemSettings *
pingem_settings_load (const char *path, GError **error)
{
  g_autoptr (PingemSettings) settings = g_new0 (PingemSettings, 1);
  g_autofree char *own_path =
      path != NULL ? g_strdup (path)
                   : g_build_filename (g_get_user_config_dir (), "pingem", "pingem.conf", NULL);
  g_autoptr (GError) load_error = NULL;

  settings->is_given = path != NULL;
  settings->keyfile = pingem_keyfile_new (own_path, &load_error);
  settings->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_target_config_free);
  pingem_preferences_init (&settings->preferences);

  if (load_error != NULL && settings->is_given)
    {
      g_autofree char *message = g_utf8_make_valid (load_error->message, -1);

      g_set_error (error, load_error->domain, load_error->code, "%s: %s", path, message);
      return NULL;
    }
  if (load_error != NULL && !g_error_matches (load_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    note_damage (settings, load_error->message);

  load_targets (settings);
  pingem_preferences_load (&settings->preferences, settings->keyfile);

  return g_steal_pointer (&settings);
}

PingemKeyfile *
pingem_settings_get_keyfile (PingemSettings *settings)
{
  return settings->keyfile;
}

GPtrArray *
pingem_settings_get_targets (PingemSettings *settings)
{
  return settings->targets;
}

static void
add_check (PingemSettings *settings, PingemProbe probe, const char *host, guint16 port)
{
  const PingemProbeAddress where = { probe, (char *) host, port };
  g_autofree char *address = pingem_probe_address_format (&where);
  PingemTargetConfig *config;

  for (guint i = 0; i < settings->targets->len; i++)
    if (g_str_equal (((PingemTargetConfig *) settings->targets->pdata[i])->address, address))
      return;

  config = pingem_target_config_new (address);
  g_free (config->leg);
  config->leg = g_strdup ("other");
  g_ptr_array_add (settings->targets, config);
}

gboolean
pingem_settings_add_peer (PingemSettings *settings, const char *peer, GError **error)
{
  g_autofree char *text = pingem_probe_address_compose (pingem_probe_word (PINGEM_PROBE_UDP), peer);
  g_auto (PingemProbeAddress) where = { 0 };

  if (!pingem_probe_address_parse (text, &where, error))
    return FALSE;

  add_check (settings, PINGEM_PROBE_ICMP, where.host, 0);
  add_check (settings, PINGEM_PROBE_UDP, where.host, where.port);
  add_check (settings, PINGEM_PROBE_ECHO, where.host, PINGEM_ECHO_PORT);

  return TRUE;
}

static gboolean
set_aside (PingemSettings *settings, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *aside = g_strdup_printf ("%s.damaged-%s", settings->keyfile->path, stamp);

  if (settings->is_damaged && g_rename (settings->keyfile->path, aside) != 0 && errno != ENOENT)
    {
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED, "%s cannot be set aside: %s",
                   settings->keyfile->path, g_strerror (errno));
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
               settings->keyfile->path);

  return FALSE;
}

static gboolean
save_file (PingemSettings *settings, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (settings->keyfile->path);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                   "The folder %s for the configuration cannot be made: %s", folder,
                   g_strerror (errno));
      return FALSE;
    }

  return g_key_file_save_to_file (settings->keyfile->file, settings->keyfile->path, error);
}

gboolean
pingem_settings_save_targets (PingemSettings *settings, GPtrArray *configs, GError **error)
{
  if (!check_writable (settings, "targets", error) || !set_aside (settings, error))
    return FALSE;

  /* So that an empty list stays empty, and the defaults do not come back. */
  g_key_file_set_integer (settings->keyfile->file, "targets", "version", 1);
  pingem_target_file_store (settings->keyfile->file, configs);

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
  if (!pingem_preferences_store (&after, &before, settings->keyfile->file))
    return TRUE;

  if (!set_aside (settings, error) || !save_file (settings, error))
    {
      pingem_preferences_store (&before, &after, settings->keyfile->file);
      return FALSE;
    }

  settings->preferences = after;

  return TRUE;
}
