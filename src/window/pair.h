/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PINGEM_TYPE_PAIR (pingem_pair_get_type ())
G_DECLARE_FINAL_TYPE (PingemPair, pingem_pair, PINGEM, PAIR, GtkWidget)

G_END_DECLS
