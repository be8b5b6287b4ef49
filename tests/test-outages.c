/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "monitor/outages.h"

#include <string.h>

#define MAX_STEPS 6

/* What is shown, one after the other, and what becomes of the outage: . stays, b begins, e ends, n:
 * is named. */
static const struct {
  const char *name;
  struct {
    PingemLevel level;
    const char *verdict;
    const char *leg;
  } steps[MAX_STEPS];
  const char *edges;
} rows[] = {
  { "never", { { PINGEM_LEVEL_UNKNOWN, "unknown", "" }, { PINGEM_LEVEL_GOOD, "ok", "" } }, ".." },
  { "degraded is none",
    { { PINGEM_LEVEL_GOOD, "ok", "" },
      { PINGEM_LEVEL_DEGRADED, "local", "router" },
      { PINGEM_LEVEL_PAUSED, "paused", "" } },
    "..." },
  { "bad, worse, over",
    { { PINGEM_LEVEL_GOOD, "ok", "" },
      { PINGEM_LEVEL_BAD, "provider", "provider" },
      { PINGEM_LEVEL_BAD, "provider", "provider" },
      { PINGEM_LEVEL_DOWN, "provider", "provider" },
      { PINGEM_LEVEL_DEGRADED, "provider", "provider" },
      { PINGEM_LEVEL_GOOD, "ok", "" } },
    ".b..e." },
  { "down at once, then unknown",
    { { PINGEM_LEVEL_DOWN, "no-network", "" }, { PINGEM_LEVEL_UNKNOWN, "unknown", "" } },
    "be" },
  { "paused ends it",
    { { PINGEM_LEVEL_BAD, "local", "router" }, { PINGEM_LEVEL_PAUSED, "paused", "" } },
    "be" },
  { "better known",
    { { PINGEM_LEVEL_BAD, "unknown", "internet" },
      { PINGEM_LEVEL_BAD, "local", "router" },
      { PINGEM_LEVEL_BAD, "unknown", "internet" },
      { PINGEM_LEVEL_BAD, "local", "router" },
      { PINGEM_LEVEL_BAD, "provider", "provider" },
      { PINGEM_LEVEL_GOOD, "ok", "" } },
    "bn..be" },
  { "the same verdict of another leg",
    { { PINGEM_LEVEL_BAD, "unknown", "internet" }, { PINGEM_LEVEL_BAD, "unknown", "call" } },
    "bb" },
  { "twice",
    { { PINGEM_LEVEL_DOWN, "internet", "internet" },
      { PINGEM_LEVEL_GOOD, "ok", "" },
      { PINGEM_LEVEL_DOWN, "internet", "internet" },
      { PINGEM_LEVEL_DOWN, "internet", "internet" } },
    "beb." },
};

static void
test_edges (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemOutage outage = { 0 };

      for (guint step = 0; step < strlen (rows[i].edges); step++)
        {
          PingemVerdict shown = { .verdict = rows[i].steps[step].verdict,
                                  .level = rows[i].steps[step].level };
          PingemOutageEdge edge = pingem_outage_step (&outage, &shown, rows[i].steps[step].leg);

          g_test_message ("%s, step %u", rows[i].name, step);
          g_assert_cmpint (".ben"[edge], ==, rows[i].edges[step]);
        }
    }
}

/* The leg's own text may go with its target. */
static void
test_keeps_no_foreign_text (void)
{
  PingemOutage outage = { 0 };
  char leg[] = "router";
  const PingemVerdict shown = { .verdict = "local", .level = PINGEM_LEVEL_BAD };

  g_assert_cmpint (pingem_outage_step (&outage, &shown, leg), ==, PINGEM_OUTAGE_BEGINS);
  leg[0] = 'x';
  g_assert_cmpint (pingem_outage_step (&outage, &shown, "router"), ==, PINGEM_OUTAGE_STAYS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/outages/edges", test_edges);
  g_test_add_func ("/outages/keeps-no-foreign-text", test_keeps_no_foreign_text);

  return g_test_run ();
}
