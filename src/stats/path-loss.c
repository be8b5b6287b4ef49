/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "stats/path-loss.h"

#include "stats/significance.h"

static bool
is_above (const PingemHopLoss *a, const PingemHopLoss *b)
{
  return pingem_loss_is_above (a->lost, a->n, b->lost, b->n);
}

static bool
is_silent (const PingemHopLoss *hop)
{
  return hop->lost == hop->n;
}

static void
add (PingemHopLoss *sum, const PingemHopLoss *hop)
{
  sum->n += hop->n;
  sum->lost += hop->lost;
}

bool
pingem_path_hop_limits_answers (const PingemHopLoss *hops, size_t n_hops, size_t hop)
{
  PingemHopLoss all_behind = { 0 };

  for (size_t behind = hop + 1; behind < n_hops; behind++)
    {
      if (is_above (&hops[hop], &hops[behind]))
        return true;

      if (!is_silent (&hops[behind]))
        add (&all_behind, &hops[behind]);
    }

  return is_above (&hops[hop], &all_behind);
}

static bool
has_a_say (const PingemHopLoss *hops, size_t n_hops, size_t hop)
{
  return !is_silent (&hops[hop]) && !pingem_path_hop_limits_answers (hops, n_hops, hop);
}

/* Does every hop from @first on lose more than @nearer? */
static bool
goes_on (const PingemHopLoss *hops, size_t n_hops, size_t first, const PingemHopLoss *nearer)
{
  for (size_t hop = first; hop < n_hops; hop++)
    if (has_a_say (hops, n_hops, hop) && !is_above (&hops[hop], nearer))
      return false;

  return true;
}

static bool
begins_at (const PingemHopLoss *hops, size_t n_hops, size_t first)
{
  const PingemHopLoss this_machine = { .n = hops[first].n };

  if (!goes_on (hops, n_hops, first, &this_machine))
    return false;

  for (size_t nearer = 0; nearer < first; nearer++)
    if (has_a_say (hops, n_hops, nearer) && !goes_on (hops, n_hops, first, &hops[nearer]))
      return false;

  return true;
}

size_t
pingem_path_find_loss (const PingemHopLoss *hops, size_t n_hops)
{
  if (n_hops == 0 || is_silent (&hops[n_hops - 1]))
    return n_hops;

  for (size_t hop = 0; hop < n_hops; hop++)
    if (has_a_say (hops, n_hops, hop) && begins_at (hops, n_hops, hop))
      return hop;

  return n_hops;
}
