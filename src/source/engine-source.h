/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "source/source.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_ENGINE_SOURCE (pingem_engine_source_get_type ())

G_DECLARE_FINAL_TYPE (PingemEngineSource, pingem_engine_source, PINGEM, ENGINE_SOURCE, GObject)

/*
 * The engine in this process, on the thread's default main context. @flags:
 * PINGEM_SOURCE_INTENSIVE means nothing here, the kernel alone limits.
 * Fails with G_IO_ERROR_PERMISSION_DENIED where this kind of socket is not allowed.
 */
PingemSource *
pingem_engine_source_new (PingemSocketKind kind, PingemSourceFlags flags, GError **error);

G_END_DECLS
