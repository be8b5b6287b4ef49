/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "source/source.h"

G_BEGIN_DECLS

/**
 * pingem_open_session_async:
 *
 * A session of the helper on the system bus, which starts it where needed.
 * With %PINGEM_SOURCE_INTENSIVE polkit may ask the user, so it may take minutes.
 */
void pingem_open_session_async (PingemSourceFlags flags,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/*
 * Returns: (transfer full): or %NULL; the message completes "the helper cannot be used: ..."
 */
PingemSource *pingem_open_session_finish (GAsyncResult *result, GError **error);

G_END_DECLS
