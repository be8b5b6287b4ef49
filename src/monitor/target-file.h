/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/keyfile.h"
#include "monitor/target-config.h"

G_BEGIN_DECLS

/*
 * Targets in a keyfile: a group "target ADDRESS" each, or with the address as its key "address": a
 * group's name holds no brackets.
 */

/* Adds those of @keyfile to @configs. FALSE: there is no such group, not even a bad one. */
gboolean pingem_target_file_load (PingemKeyfile *keyfile, GPtrArray *configs);
/* Writes all of @configs but the fixed ones. Groups of other targets go, those with a slip stay. */
void pingem_target_file_store (GKeyFile *file, GPtrArray *configs);

G_END_DECLS
