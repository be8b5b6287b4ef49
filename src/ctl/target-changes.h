/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What "target add" and "target set" were told of a target: (owned), NULL where not given. */
typedef struct {
  char *name;
  char *leg;
  char *probe;
  char *interval;
  char *timeout;
  char *size;
  char *dscp;
  char *ttl;
} PingemTargetChanges;

void pingem_target_changes_clear (PingemTargetChanges *changes);
/* @entries: of GOptionEntry, which will fill @changes */
void pingem_target_changes_add_entries (PingemTargetChanges *changes, GArray *entries);
/* @address: (inout): HOST or HOST:PORT becomes the address that --probe makes of it */
gboolean pingem_target_changes_choose_probe (const PingemTargetChanges *changes,
                                             char **address,
                                             GError **error);
/* Returns: (transfer full): a{sv} for Monitor1, or NULL with PINGEM_ERROR_BAD_VALUE */
GVariant *pingem_target_changes_build (const PingemTargetChanges *changes, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PingemTargetChanges, pingem_target_changes_clear)

G_END_DECLS
