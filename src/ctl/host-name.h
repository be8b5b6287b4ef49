/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "engine/address.h"

G_BEGIN_DECLS

/*
 * The first address that @name has, of @family or, with AF_UNSPEC, of either. Fails with one
 * sentence for people, or with G_IO_ERROR_CANCELLED.
 */
void pingem_host_name_look_up_async (const char *name,
                                     sa_family_t family,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean
pingem_host_name_look_up_finish (GAsyncResult *result, PingemAddress *ret_address, GError **error);

G_END_DECLS
