/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/* A target as AddTargets and ChangeTarget carry it. */
#define PINGEM_TARGET_SPEC_TYPE "(uayuuuuuuuuu)"
/* So many a session of the helper has at most, and so many an intensive one. */
#define PINGEM_ORDINARY_TARGETS 256
#define PINGEM_INTENSIVE_TARGETS 2048
/* And how many probes a second it may send for long, how many at once, and of which payload. */
#define PINGEM_ORDINARY_RATE 250
#define PINGEM_INTENSIVE_RATE 20000
#define PINGEM_ORDINARY_BURST 500
#define PINGEM_ORDINARY_SIZE 56

/* Returns: (transfer floating). Alignment is left out: the helper decides it. */
GVariant *pingem_target_spec_to_variant (const PingemTargetSpec *spec);
/*
 * Fails with PINGEM_ERROR_BAD_ADDRESS where the address is none that may be
 * probed. The numbers are taken as they are.
 */
gboolean
pingem_target_spec_from_variant (GVariant *variant, PingemTargetSpec *ret_spec, GError **error);

/* Adds all or none to @engine; PINGEM_ERROR_EXISTS, BAD_ADDRESS, BAD_VALUE or FAILED. */
gboolean pingem_target_specs_add (PingemEngine *engine,
                                  const PingemTargetSpec *specs,
                                  guint n_specs,
                                  GError **error);
/* As above, and PINGEM_ERROR_NOT_FOUND. */
gboolean
pingem_target_spec_change (PingemEngine *engine, const PingemTargetSpec *spec, GError **error);

G_END_DECLS
