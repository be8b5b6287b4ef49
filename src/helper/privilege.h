/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Gives up what only the opening of raw sockets needed: as root becomes @user
 * (without groups beside its own), as anybody keeps no capability, and can get
 * none back. Fails where @user does not exist or the kernel refuses: the
 * process must then end.
 */
gboolean pingem_privilege_drop (const char *user, GError **error);

G_END_DECLS
