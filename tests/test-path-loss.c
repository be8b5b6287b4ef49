/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib.h>

#include "stats/path-loss.h"

#define MAX_HOPS 6
#define NOBODY -1

/* n and lost of each hop, nearest first; the last one with n > 0 is the host. */
typedef struct {
  const char *name;
  PingemHopLoss hops[MAX_HOPS];
  int expected;
} Row;

static gsize
count_hops (const Row *row)
{
  gsize n = MAX_HOPS;

  while (n > 0 && row->hops[n - 1].n == 0)
    n--;

  return n;
}

static const Row rows[] = {
  { "clean", { { 10, 0 }, { 10, 0 }, { 10, 0 } }, NOBODY },
  { "from the second on", { { 10, 0 }, { 10, 5 }, { 10, 5 }, { 10, 5 } }, 1 },
  { "from the first on", { { 10, 4 }, { 10, 5 }, { 10, 4 } }, 0 },
  { "the host alone", { { 10, 0 }, { 10, 0 }, { 10, 4 } }, 2 },
  { "three of ten may be chance", { { 10, 0 }, { 10, 3 }, { 10, 3 } }, NOBODY },
  { "three of a hundred too", { { 100, 0 }, { 100, 3 }, { 100, 3 } }, NOBODY },
  { "five of a hundred are not", { { 100, 0 }, { 100, 5 }, { 100, 6 } }, 1 },
  { "one limits its answers", { { 10, 0 }, { 10, 8 }, { 10, 0 }, { 10, 0 } }, NOBODY },
  { "all but the host limit them", { { 10, 8 }, { 10, 9 }, { 10, 5 }, { 10, 0 } }, NOBODY },
  { "one is silent", { { 10, 0 }, { 10, 10 }, { 10, 0 } }, NOBODY },
  { "silence before a loss", { { 10, 0 }, { 10, 10 }, { 10, 5 }, { 10, 5 } }, 2 },
  { "silence within a loss", { { 10, 0 }, { 10, 5 }, { 10, 10 }, { 10, 5 } }, 1 },
  { "limits before a loss", { { 10, 0 }, { 10, 8 }, { 10, 0 }, { 10, 5 }, { 10, 5 } }, 3 },
  { "limits where a loss is", { { 100, 0 }, { 100, 90 }, { 100, 40 }, { 100, 40 } }, 2 },
  { "limits, as all behind it say", { { 10, 0 }, { 10, 9 }, { 10, 5 }, { 10, 5 } }, 2 },
  { "the loss ends behind it", { { 10, 0 }, { 10, 5 }, { 10, 5 }, { 10, 0 } }, NOBODY },
  { "no more than nearer", { { 10, 2 }, { 10, 2 }, { 10, 5 }, { 10, 5 } }, NOBODY },
  { "more than nearer", { { 100, 2 }, { 100, 2 }, { 100, 20 }, { 100, 20 } }, 2 },
  { "two losses: the nearer", { { 100, 0 }, { 100, 20 }, { 100, 20 }, { 100, 60 } }, 1 },
  { "a silent host", { { 10, 0 }, { 10, 5 }, { 10, 5 }, { 10, 10 } }, NOBODY },
  { "nobody answers", { { 10, 10 }, { 10, 10 } }, NOBODY },
  { "only the host, no loss", { { 10, 0 } }, NOBODY },
  { "only the host, loss", { { 10, 5 } }, 0 },
  { "other counts", { { 12, 0 }, { 11, 0 }, { 10, 5 }, { 9, 5 } }, 2 },
  { "one of one", { { 1, 0 }, { 1, 1 }, { 1, 0 } }, NOBODY },
  { "nothing was sent", { { 0, 0 } }, NOBODY },
};

static void
test_find (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize n = count_hops (&rows[i]);
      gsize expected = rows[i].expected == NOBODY ? n : (gsize) rows[i].expected;

      g_test_message ("%s", rows[i].name);
      g_assert_cmpuint (pingem_path_find_loss (rows[i].hops, n), ==, expected);
    }
}

/* A hop that was not sent anything yet blames nobody and is not blamed. */
static void
test_hop_without_probes (void)
{
  const PingemHopLoss begun[] = { { 10, 0 }, { 0, 0 }, { 10, 5 } };
  const PingemHopLoss host[] = { { 10, 5 }, { 0, 0 } };

  g_assert_cmpuint (pingem_path_find_loss (begun, 3), ==, 2);
  g_assert_cmpuint (pingem_path_find_loss (host, 2), ==, 2);
}

static void
test_limits (void)
{
  const PingemHopLoss hops[] = { { 10, 0 }, { 10, 4 }, { 10, 10 }, { 10, 0 }, { 10, 1 } };
  const gboolean expected[] = { FALSE, TRUE, TRUE, FALSE, FALSE };

  for (gsize i = 0; i < G_N_ELEMENTS (hops); i++)
    g_assert_cmpint (pingem_path_hop_limits_answers (hops, G_N_ELEMENTS (hops), i), ==,
                     expected[i]);
}

/* What mtr's readers get wrong: no rate of a middle hop alone ever blames it. */
static void
test_no_middle_hop_alone (void)
{
  for (guint lost = 0; lost <= 200; lost++)
    {
      const PingemHopLoss hops[] = { { 200, 0 }, { 200, lost }, { 200, 0 }, { 200, 1 } };

      g_assert_cmpuint (pingem_path_find_loss (hops, G_N_ELEMENTS (hops)), ==, G_N_ELEMENTS (hops));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/path-loss/find", test_find);
  g_test_add_func ("/stats/path-loss/hop-without-probes", test_hop_without_probes);
  g_test_add_func ("/stats/path-loss/limits", test_limits);
  g_test_add_func ("/stats/path-loss/no-middle-hop-alone", test_no_middle_hop_alone);

  return g_test_run ();
}
