/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * From now on, and for every thread, only the system calls that serving takes are allowed (seccomp,
 * an allow-list): no new socket but a channel's pair, no option of one, no file, no program, no
 * process, no executable memory. Everything else fails with EPERM. Open what is needed before:
 * sockets, the buses, the log's and the service manager's. Cannot be undone. Fails where
 * the kernel has no seccomp: the process must then end.
 */
gboolean pingem_sandbox_enter (GError **error);

G_END_DECLS
