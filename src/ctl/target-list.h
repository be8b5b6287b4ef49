/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Monitor1's Targets, for scripts and for people. (transfer full) */
char *pingem_target_list_json (GVariant *targets);
char *pingem_target_list_text (GVariant *targets);

G_END_DECLS
