/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/* What "pingemctl trace" was asked. */
typedef struct {
  char *host;            /* (owned) */
  char *source_kind;     /* (owned) */
  PingemTargetSpec spec; /* of every probe, but for id, address, TTL and flags */
  guint32 max_hops;
  sa_family_t family;  /* AF_UNSPEC: either */
  gboolean is_numeric; /* no names are looked up for addresses */
  gboolean is_json;
  gboolean is_verbose;
} PingemTraceOptions;

/* PINGEM_ERROR_BAD_VALUE, G_OPTION_ERROR. */
PingemTraceOptions *pingem_trace_options_parse (char **argv, GError **error);
void pingem_trace_options_free (PingemTraceOptions *options);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemTraceOptions, pingem_trace_options_free)

G_END_DECLS
