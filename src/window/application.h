/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PINGEM_TYPE_APPLICATION (pingem_application_get_type ())
G_DECLARE_FINAL_TYPE (PingemApplication, pingem_application, PINGEM, APPLICATION, AdwApplication)

PingemApplication *pingem_application_new (void);

G_END_DECLS
