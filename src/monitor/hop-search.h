/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/record.h"

G_BEGIN_DECLS

/* Which router on the way to a host answers, by echo requests whose TTL lets them come as far. */
typedef enum {
  PINGEM_HOP_SEARCHING,
  PINGEM_HOP_FOUND,
  PINGEM_HOP_SILENT, /* there are such routers, and none of them answers */
  PINGEM_HOP_NONE,   /* the first TTL reaches the host */
} PingemHopState;

typedef struct {
  PingemHopState state;
  guint first_ttl;
  guint last_ttl;
  guint ttl;           /* to probe with, unless SILENT or NONE */
  guint n_unanswered;  /* in a row */
  PingemAddress found; /* who answers, where FOUND */
} PingemHopSearch;

/* The nearest that answers, from @first_ttl to @last_ttl. */
void pingem_hop_search_begin (PingemHopSearch *search, guint first_ttl, guint last_ttl);

/**
 * pingem_hop_search_record:
 * @record: of a probe sent with the search's TTL
 * @is_passed: does the host itself answer at present? Only then does silence say anything of a
 *   router: 3 probes in a row of one that never answered, 30 of one that did (the way has changed)
 *
 * Pure.
 *
 * Returns: whether state or TTL changed
 */
gboolean
pingem_hop_search_record (PingemHopSearch *search, const PingemRecord *record, gboolean is_passed);

G_END_DECLS
