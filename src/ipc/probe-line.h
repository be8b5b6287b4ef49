/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/record.h"

G_BEGIN_DECLS

/* The names of what a line holds, as its first line may have them. */
#define PINGEM_PROBE_LINE_HEADER                                                                   \
  "seq,sent_ns,state,rtt_us,ttl,errno,icmp_type,icmp_code,from,duplicates"

/*
 * What Monitor1's Probes writes of a probe: a line with these, and its end. Unknown is "-", never
 * 0; state is one of pingem_state_word(), rtt_us only of replies and late ones, and icmp_type,
 * icmp_code and from are of the ICMP error or of a hop's answer.
 */
void pingem_probe_line_append (GString *text, const PingemRecord *record);
/*
 * @line: without its end. Of @ret_record, what the line holds, else 0 (rtt_ns: -1 where unknown).
 * False where it is no such line.
 */
gboolean pingem_probe_line_parse (const char *line, PingemRecord *ret_record);

G_END_DECLS
