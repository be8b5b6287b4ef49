/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "monitor/keyfile.h"
#include "monitor/verdict.h"

G_BEGIN_DECLS

/* What people may choose: in the configuration file, and on the bus by Monitor1's Settings. */
typedef struct {
  guint keep_days;             /* how long every probe is kept */
  PingemThresholds thresholds; /* shares, while the words are in percent */
  gboolean notify;             /* the rest is for the tray */
  guint notify_after_s;
  gboolean tray_monochrome;
  gboolean tray_label;
} PingemPreferences;

void pingem_preferences_init (PingemPreferences *preferences);

/* Takes what @keyfile sets, each value by itself, on top of what @preferences holds. */
void pingem_preferences_load (PingemPreferences *preferences, PingemKeyfile *keyfile);
/* Sets in @file what is not the same in @before. FALSE: nothing is */
gboolean pingem_preferences_store (const PingemPreferences *preferences,
                                   const PingemPreferences *before,
                                   GKeyFile *file);

/* @changes: a{sv} of words of Settings; all or nothing: PINGEM_ERROR_BAD_VALUE */
gboolean
pingem_preferences_change (PingemPreferences *preferences, GVariant *changes, GError **error);
/* Adds each by its word. */
void pingem_preferences_tell (const PingemPreferences *preferences, GVariantDict *dict);

G_END_DECLS
