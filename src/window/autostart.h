/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Whether Pingem's icon starts at login, by the rules of freedesktop's Desktop Application
 * Autostart Specification: an entry of the user's own outweighs the installed one.
 */
gboolean pingem_autostart_get (void);
/* Writes an entry of the user's own, in which all else stays. Fails with the reason. */
gboolean pingem_autostart_set (gboolean starts, GError **error);

G_END_DECLS
