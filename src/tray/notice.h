/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PINGEM_TYPE_NOTICE (pingem_notice_get_type ())
G_DECLARE_FINAL_TYPE (PingemNotice, pingem_notice, PINGEM, NOTICE, GObject)

/* A notification that offers the window: signal "open", without arguments. */
PingemNotice *pingem_notice_new (GDBusConnection *connection);

/* Replaces what it showed before; silent where nothing shows notifications. */
void pingem_notice_show (PingemNotice *self, const char *summary, const char *body);

G_END_DECLS
