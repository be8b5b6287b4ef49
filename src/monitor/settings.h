/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/keyfile.h"
#include "monitor/preferences.h"
#include "monitor/target-config.h"

G_BEGIN_DECLS

/* The keyfile of targets and settings. Its comments are kept; a file given by --config is never
 * rewritten. */
typedef struct PingemSettings PingemSettings;

/*
 * @path: (nullable): a file given by --config, which must exist; %NULL:
 *   $XDG_CONFIG_HOME/pingem/pingem.conf, which may be missing.
 *
 * What is wrong with the file is said by its keyfile's problems. The rest of it is used; where
 * nothing can be used, the defaults.
 *
 * Returns: (transfer full) (nullable): %NULL with @error where the file given cannot be read
 */
PingemSettings *pingem_settings_load (const char *path, GError **error);
void pingem_settings_free (PingemSettings *settings);

const char *pingem_settings_get_path (const PingemSettings *settings);
/* (transfer none): for groups of others; report_unknown() is its last reader's to call */
PingemKeyfile *pingem_settings_get_keyfile (PingemSettings *settings);
/* Returns: (transfer none): of PingemTargetConfig; the defaults (PINGEM_ANCHOR_*) where none is set
 */
GPtrArray *pingem_settings_get_targets (PingemSettings *settings);

/*
 * An instance on @peer, HOST or HOST:PORT (of its STAMP), is checked by ICMP, UDP and TCP, as if
 * the file said so; what it says of them stays. PINGEM_ERROR_BAD_ADDRESS
 */
gboolean pingem_settings_add_peer (PingemSettings *settings, const char *peer, GError **error);

/*
 * Writes all of @configs (the router left out), and keeps what else the file holds. A file that
 * could not be read at its start is set aside under a dated name first. Fails with
 * PINGEM_ERROR_BAD_VALUE for a file given by --config.
 */
gboolean
pingem_settings_save_targets (PingemSettings *settings, GPtrArray *configs, GError **error);

/* Valid as long as @settings; the defaults where the file sets none. */
const PingemPreferences *pingem_settings_get_preferences (const PingemSettings *settings);
/*
 * @changes: a{sv}, all or nothing, as in pingem_preferences_change()
 *
 * Writes what changes, and keeps what else the file holds. Fails with PINGEM_ERROR_BAD_VALUE for an
 * unknown word, a bad value, and a file given by --config; where it cannot be written all stays.
 */
gboolean pingem_settings_set (PingemSettings *settings, GVariant *changes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemSettings, pingem_settings_free)

G_END_DECLS
