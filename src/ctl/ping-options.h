/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

typedef enum {
  PINGEM_FORMAT_TEXT,   /* for people */
  PINGEM_FORMAT_JSON,   /* a line per probe, and the summary */
  PINGEM_FORMAT_LINES,  /* address,seq,elapsed_us per reply */
  PINGEM_FORMAT_STATES, /* address,seq,elapsed_us,state,errno,sent_ns per probe */
} PingemFormat;

/* What "pingemctl ping" was asked. */
typedef struct {
  GStrv arguments;       /* (owned) hosts, or lines */
  gboolean takes_lines;  /* lines "IPv4,count,interval_ms": the arguments, or standard input */
  char *targets_file;    /* (owned) (nullable) hosts too, one per line */
  int targets_fd;        /* (owned) it, open; -1: none */
  char *source_kind;     /* (owned) */
  PingemTargetSpec spec; /* of every host; lines have an own count and interval */
  gboolean has_hold;     /* --hold was given */
  gboolean is_intensive; /* beyond what everybody may */
  sa_family_t family;    /* AF_UNSPEC: either */
  PingemFormat format;
  gboolean is_quiet;
  gboolean is_verbose;
} PingemPingOptions;

/* PINGEM_ERROR_BAD_VALUE, G_OPTION_ERROR, G_FILE_ERROR. */
PingemPingOptions *pingem_ping_options_parse (char **argv, GError **error);
/* How many targets a source of this kind takes at once; G_MAXUINT: as many as memory has room for.
 */
guint pingem_ping_options_max_targets (const PingemPingOptions *options, const char *source_kind);
/* How many probes a second may be begun with such a source, others of the same user beside. 0: any
 */
guint pingem_ping_options_max_rate (const PingemPingOptions *options, const char *source_kind);
void pingem_ping_options_free (PingemPingOptions *options);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemPingOptions, pingem_ping_options_free)

G_END_DECLS
