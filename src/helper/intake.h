/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * From now on descriptors that come with messages are closed at once, in
 * GDBus's thread: no method takes one, and those of calls that wait for their
 * turn would use up the process's own.
 */
void pingem_intake_close_descriptors (GDBusConnection *connection);

G_END_DECLS
