/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <polkit/polkit.h>

G_BEGIN_DECLS

/*
 * The one place that asks polkit. Never blocks the main loop: an authentication
 * dialog may stay open for minutes. @may_ask: the caller's message allows an
 * interactive question.
 *
 * Anything but a clear yes is a no: PINGEM_ERROR_DENIED where polkit refuses or
 * the dialog was dismissed, PINGEM_ERROR_AUTH_REQUIRED where it would have to
 * ask somebody, PINGEM_ERROR_FAILED where it cannot be asked.
 */
void pingem_gate_check_async (PolkitAuthority *authority,
                              const char *action,
                              const char *sender,
                              gboolean may_ask,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean pingem_gate_check_finish (GAsyncResult *result, GError **error);

G_END_DECLS
