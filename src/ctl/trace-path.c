/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/trace-path.h"

static PingemTraceHop *
get_hop (const PingemTracePath *path, guint ttl)
{
  return path->hops->pdata[ttl];
}

static guint
add_hop (PingemTracePath *path)
{
  g_ptr_array_add (path->hops, pingem_trace_hop_new (&path->address));

  return path->hops->len - 1;
}

void
pingem_trace_path_init (PingemTracePath *path, const PingemAddress *address, guint32 count)
{
  *path = (PingemTracePath){ .address = *address, .count = count };
  path->hops = g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_trace_hop_free);
  add_hop (path);
}

void
pingem_trace_path_clear (PingemTracePath *path)
{
  g_clear_pointer (&path->hops, g_ptr_array_unref);
}

guint
pingem_trace_path_add_hop (PingemTracePath *path)
{
  path->n_hop_targets = add_hop (path);

  return path->n_hop_targets;
}

void
pingem_trace_path_cut (PingemTracePath *path, guint n_hops)
{
  path->n_hop_targets = MIN (path->n_hop_targets, n_hops);
}

/* By an echo reply, or as a router that is the host itself. */
static gboolean
is_from_host (const PingemTracePath *path, const PingemRecord *record)
{
  gboolean is_answer = record->state == PINGEM_STATE_REPLY || record->state == PINGEM_STATE_LATE;

  return is_answer &&
         (record->from.family == 0 || pingem_address_equal (&record->from, &path->address));
}

void
pingem_trace_path_take (PingemTracePath *path, const PingemRecord *record)
{
  guint ttl = record->target;

  if (ttl > path->n_hop_targets)
    return;

  pingem_trace_hop_take (get_hop (path, ttl), record, path->count);
  if (ttl != PINGEM_TRACE_HOST && is_from_host (path, record) &&
      (path->reached_ttl == 0 || ttl < path->reached_ttl))
    path->reached_ttl = ttl;
}

static guint
find_last_answer (const PingemTracePath *path, guint n_hops)
{
  guint ttl = n_hops;

  while (ttl > 0 && !pingem_trace_hop_has_answer (get_hop (path, ttl)))
    ttl--;

  return ttl;
}

/* Among all that were ever probed: a path that ends here is cut here. 0: none. */
static guint
find_error (const PingemTracePath *path, guint last_answer)
{
  if (pingem_trace_hop_has_answer (get_hop (path, PINGEM_TRACE_HOST)))
    return 0;

  for (guint ttl = last_answer + 1; ttl < path->hops->len; ttl++)
    if (get_hop (path, ttl)->tally.error > 0)
      return ttl;

  return 0;
}

gboolean
pingem_trace_path_is_complete (const PingemTracePath *path)
{
  return path->reached_ttl != 0 ||
         find_error (path, find_last_answer (path, path->hops->len - 1)) != 0;
}

guint
pingem_trace_path_distance (const PingemTracePath *path)
{
  guint last_answer = find_last_answer (path, path->hops->len - 1);

  if (path->reached_ttl != 0)
    return path->reached_ttl;

  return find_error (path, last_answer) == last_answer + 1 ? last_answer + 1 : 0;
}

guint
pingem_trace_path_count_hops (const PingemTracePath *path)
{
  guint distance = pingem_trace_path_distance (path);

  return distance > 0 ? MIN (distance - 1, path->n_hop_targets) : path->n_hop_targets;
}

guint
pingem_trace_path_last_answer (const PingemTracePath *path)
{
  return find_last_answer (path, pingem_trace_path_count_hops (path));
}

gboolean
pingem_trace_path_is_settled (const PingemTracePath *path, guint32 n)
{
  guint n_hops = pingem_trace_path_count_hops (path);

  for (guint ttl = 0; ttl <= n_hops; ttl++)
    if (!pingem_trace_hop_is_settled (get_hop (path, ttl), n))
      return FALSE;

  return TRUE;
}

/* Where the host is nobody knows how far away, silence behind the last answer is no hop. */
static void
add_rows (const PingemTracePath *path, GArray *rows)
{
  guint distance = pingem_trace_path_distance (path);
  guint n_hops =
      distance > 0 ? pingem_trace_path_count_hops (path) : pingem_trace_path_last_answer (path);
  PingemTraceRow host = { .hop = get_hop (path, PINGEM_TRACE_HOST), .is_host = TRUE };

  for (guint ttl = 1; ttl <= n_hops; ttl++)
    {
      PingemTraceRow row = { .hop = get_hop (path, ttl), .number = ttl };

      g_array_append_val (rows, row);
    }

  host.number = distance;
  g_array_append_val (rows, host);
}

GArray *
pingem_trace_path_list_rows (const PingemTracePath *path, guint *ret_mark)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (PingemTraceRow));
  g_autofree PingemHopLoss *losses = NULL;

  add_rows (path, rows);
  losses = g_new (PingemHopLoss, rows->len);
  for (guint i = 0; i < rows->len; i++)
    losses[i] = pingem_trace_hop_loss (g_array_index (rows, PingemTraceRow, i).hop);

  *ret_mark = pingem_path_find_loss (losses, rows->len);
  for (guint i = 0; i < rows->len; i++)
    {
      PingemTraceRow *row = &g_array_index (rows, PingemTraceRow, i);

      row->limits_answers = pingem_trace_hop_has_answer (row->hop) &&
                            pingem_path_hop_limits_answers (losses, rows->len, i);
      row->is_marked =
          i >= *ret_mark && pingem_trace_hop_has_answer (row->hop) && !row->limits_answers;
    }

  return rows;
}
