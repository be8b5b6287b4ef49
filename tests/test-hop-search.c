/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "monitor/hop-search.h"

#include <string.h>

static const PingemAddress hop = { .family = 2, .bytes = { 100, 64, 0, 1 } };

static gboolean
answer (PingemHopSearch *search, guint8 icmp_type)
{
  PingemRecord record = { .state = PINGEM_STATE_REPLY, .icmp_type = icmp_type, .from = hop };

  return pingem_hop_search_record (search, &record, TRUE);
}

/* How many probes in a row go unanswered until something changes; 0: nothing does. */
static guint
stay_silent (PingemHopSearch *search, gboolean is_passed)
{
  PingemRecord sent = { .state = PINGEM_STATE_IN_FLIGHT };
  PingemRecord lost = { .state = PINGEM_STATE_LOST, .flags = PINGEM_RECORD_TIMED_OUT };
  PingemRecord final = { .state = PINGEM_STATE_LOST,
                         .flags = PINGEM_RECORD_TIMED_OUT | PINGEM_RECORD_FINAL };

  for (guint n = 1; n <= 100; n++)
    {
      g_assert_false (pingem_hop_search_record (search, &sent, is_passed));
      if (pingem_hop_search_record (search, &lost, is_passed))
        return n;
      g_assert_false (pingem_hop_search_record (search, &final, is_passed));
    }

  return 0;
}

static void
test_the_nearest_that_answers (void)
{
  PingemHopSearch search;

  pingem_hop_search_begin (&search, 2, 4);
  g_assert_cmpuint (search.ttl, ==, 2);
  g_assert_cmpuint (stay_silent (&search, TRUE), ==, 3);
  g_assert_cmpuint (search.ttl, ==, 3);
  g_assert_cmpint (search.state, ==, PINGEM_HOP_SEARCHING);

  g_assert_true (answer (&search, 11));
  g_assert_cmpint (search.state, ==, PINGEM_HOP_FOUND);
  g_assert_cmpmem (&search.found, sizeof hop, &hop, sizeof hop);
  g_assert_false (answer (&search, 11));
}

static void
test_silence_without_a_way_says_nothing (void)
{
  PingemHopSearch search;

  pingem_hop_search_begin (&search, 2, 4);
  g_assert_cmpuint (stay_silent (&search, FALSE), ==, 0);
  g_assert_cmpuint (search.ttl, ==, 2);

  g_assert_true (answer (&search, 11));
  g_assert_cmpuint (stay_silent (&search, FALSE), ==, 0);
  g_assert_cmpint (search.state, ==, PINGEM_HOP_FOUND);
}

static void
test_all_are_silent (void)
{
  PingemHopSearch search;

  pingem_hop_search_begin (&search, 2, 3);
  g_assert_cmpuint (stay_silent (&search, TRUE), ==, 3);
  g_assert_cmpuint (stay_silent (&search, TRUE), ==, 3);
  g_assert_cmpint (search.state, ==, PINGEM_HOP_SILENT);

  pingem_hop_search_begin (&search, 2, 8);
  stay_silent (&search, TRUE);
  g_assert_true (answer (&search, 0));
  g_assert_cmpint (search.state, ==, PINGEM_HOP_SILENT);
}

static void
test_there_is_none (void)
{
  PingemHopSearch search;

  pingem_hop_search_begin (&search, 2, 8);
  g_assert_true (answer (&search, 0));
  g_assert_cmpint (search.state, ==, PINGEM_HOP_NONE);
}

static void
test_the_way_has_changed (void)
{
  PingemHopSearch search;

  pingem_hop_search_begin (&search, 2, 8);
  stay_silent (&search, TRUE);
  answer (&search, 11);
  g_assert_cmpuint (stay_silent (&search, TRUE), ==, 30);
  g_assert_cmpint (search.state, ==, PINGEM_HOP_SEARCHING);
  g_assert_cmpuint (search.ttl, ==, 2);

  answer (&search, 11);
  g_assert_true (answer (&search, 0));
  g_assert_cmpint (search.state, ==, PINGEM_HOP_SEARCHING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/hop-search/the-nearest-that-answers", test_the_nearest_that_answers);
  g_test_add_func ("/hop-search/silence-without-a-way-says-nothing",
                   test_silence_without_a_way_says_nothing);
  g_test_add_func ("/hop-search/all-are-silent", test_all_are_silent);
  g_test_add_func ("/hop-search/there-is-none", test_there_is_none);
  g_test_add_func ("/hop-search/the-way-has-changed", test_the_way_has_changed);

  return g_test_run ();
}
