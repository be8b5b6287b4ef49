/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ctl/trace-hop.h"

G_BEGIN_DECLS

#define PINGEM_TRACE_HOST 0 /* the host's target; that of a hop is known by its TTL */

/*
 * The way to one host: what its hops answered, and so how far away it is. It
 * sends nothing. The host is probed by ordinary echo requests, so what is said
 * of it is authenticated; only the hops before it are probed by their TTL.
 */
typedef struct {
  PingemAddress address;
  guint32 count; /* probes per hop */
  GPtrArray
      *hops; /* (owned) of PingemTraceHop: the host's, then by TTL as far as they are probed */
  guint reached_ttl;   /* the smallest with which the host was reached; 0: none yet */
  guint n_hop_targets; /* hops beyond are no longer probed */
} PingemTracePath;

/* A row of what is shown. */
typedef struct {
  const PingemTraceHop *hop;
  guint number; /* 0: unknown, which the host's alone may be */
  gboolean is_host;
  gboolean is_marked; /* probes are lost from a nearer hop or this one on */
  gboolean limits_answers;
} PingemTraceRow;

/* Has the host's own target, and no hop yet. */
void pingem_trace_path_init (PingemTracePath *path, const PingemAddress *address, guint32 count);
void pingem_trace_path_clear (PingemTracePath *path);

/* The hop of the next TTL, which is returned. */
guint pingem_trace_path_add_hop (PingemTracePath *path);
/* Keeps hops up to TTL @n_hops: nothing more is taken of others. */
void pingem_trace_path_cut (PingemTracePath *path, guint n_hops);
void pingem_trace_path_take (PingemTracePath *path, const PingemRecord *record);

/*
 * Whether the way has no further hop: the host was reached, or it never answers
 * and an ICMP error (unreachable, say) came, behind which there is no answer.
 */
gboolean pingem_trace_path_is_complete (const PingemTracePath *path);
/*
 * How many hops away the host is; 0: unknown. Where an error ends the way, that is known only if
 * the hop before it answered: errors are limited too, so it may have come from nearer.
 */
guint pingem_trace_path_distance (const PingemTracePath *path);
/* Hops before the host, as far as is known. */
guint pingem_trace_path_count_hops (const PingemTracePath *path);
/* The TTL of the last hop before the host that ever answered; 0: none. */
guint pingem_trace_path_last_answer (const PingemTracePath *path);
/* Whether @n probes of each hop and of the host are due and have ended. */
gboolean pingem_trace_path_is_settled (const PingemTracePath *path, guint32 n);

/* (transfer full): of PingemTraceRow, nearest first, the last is the host. @ret_mark: the row where
 * loss begins; their number where it cannot be told */
GArray *pingem_trace_path_list_rows (const PingemTracePath *path, guint *ret_mark);

G_END_DECLS
