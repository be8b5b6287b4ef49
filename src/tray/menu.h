/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "ipc/status.h"

G_BEGIN_DECLS

/* What icon and menu show, in the reader's language. */
typedef struct {
  PingemLevel level;
  gboolean is_running; /* the monitor */
  char *title;         /* the sentence */
  char **notes;        /* what belongs to the sentence: its evidence, problems */
  double loss;         /* from end to end, 0 to 1; -1: unknown */
  char **legs;         /* a line per target, in the order in which packets travel */
} PingemMenu;

/**
 * pingem_menu_new:
 * @status: (nullable): Monitor1's Status; %NULL where the monitor does not run
 * @targets: (nullable): Monitor1's Targets
 * @problem: (nullable): what went wrong in the tray itself, a sentence
 */
PingemMenu *pingem_menu_new (GVariant *status, GVariant *targets, const char *problem);
void pingem_menu_free (PingemMenu *menu);

/* For who cannot see the icon: level and sentence. (transfer full) */
char *pingem_menu_describe (const PingemMenu *menu);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemMenu, pingem_menu_free)

G_END_DECLS
