/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "ipc/status.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_BANNER (pingem_banner_get_type ())
G_DECLARE_FINAL_TYPE (PingemBanner, pingem_banner, PINGEM, BANNER, GtkBox)

/* A quiet line where @level is good. @button: label of a button that emits "clicked", or NULL. */
void pingem_banner_show (PingemBanner *self,
                         PingemLevel level,
                         const char *title,
                         const char *detail,
                         const char *button);

G_END_DECLS
