/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/blame.h"

/* Below so much loss a leg counts as clean. */
#define CLEAN 0.02

static const PingemBlame nobody = { -1, FALSE };

static gboolean
has_a_say (const PingemEvidence *const *path, guint n_path, guint leg, PingemCause cause)
{
  for (guint behind = leg + 1; behind < n_path; behind++)
    if (pingem_evidence_is_above (path[leg], path[behind], cause))
      return FALSE;

  return !path[leg]->is_limiting;
}

/* The farthest leg above which the last one stands; -1: this machine. */
static int
find_last_clean (const PingemEvidence *const *path, guint n_path, PingemCause cause)
{
  int clean = -1;

  for (guint i = 0; i + 1 < n_path; i++)
    if (has_a_say (path, n_path, i, cause) &&
        pingem_evidence_is_above_apart (path[n_path - 1], path[i], cause))
      clean = i;

  return clean;
}

static guint
find_next (const PingemEvidence *const *path, guint n_path, int after, PingemCause cause)
{
  guint i = after + 1;

  while (i + 1 < n_path && !has_a_say (path, n_path, i, cause))
    i++;

  return i;
}

static gboolean
is_cleared (const PingemEvidence *const *path, guint n_path, guint n_nearer, PingemCause cause)
{
  for (guint i = 0; i < n_nearer; i++)
    if (has_a_say (path, n_path, i, cause) && pingem_evidence_share (path[i], cause) >= CLEAN)
      return FALSE;

  return TRUE;
}

PingemBlame
pingem_blame_find_loss (const PingemEvidence *const *path, guint n_path, PingemCause cause)
{
  const PingemEvidence *last = path[n_path - 1];
  int clean = find_last_clean (path, n_path, cause);
  guint next = find_next (path, n_path, clean, cause);
  gboolean is_last = next == n_path - 1;

  /* Whatever else it is, the way to the router is a part of it, and was not looked at. */
  if (clean < 0 && !g_str_equal (path[next]->leg, "router"))
    return nobody;
  if (!is_last && !pingem_evidence_coincides (last, path[next], cause) &&
      !(pingem_evidence_is_above_share (path[next], cause, CLEAN) &&
        pingem_evidence_is_above_share (last, cause, CLEAN)))
    return nobody;

  return (PingemBlame){ next, is_cleared (path, n_path, next, cause) };
}

PingemBlame
pingem_blame_find_delay (const PingemEvidence *const *path, guint n_path)
{
  gint64 all = pingem_evidence_delay_us (path[n_path - 1]);
  gint64 behind = all;

  for (guint i = n_path; i-- > 0;)
    {
      gint64 nearer = i > 0 ? pingem_evidence_delay_us (path[i - 1]) : 0;

      nearer = nearer >= 0 ? MIN (nearer, behind) : behind;

      if (2 * (behind - nearer) > all)
        return i > 0 || g_str_equal (path[0]->leg, "router") ? (PingemBlame){ i, TRUE } : nobody;

      behind = nearer;
    }

  return nobody;
}
