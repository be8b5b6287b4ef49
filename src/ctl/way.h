/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/*
 * An interface by name, or one of this machine's own addresses: fills in source and ifindex of
 * @spec. PINGEM_ERROR_BAD_VALUE.
 */
gboolean pingem_way_parse (const char *text, PingemTargetSpec *spec, GError **error);

G_END_DECLS
