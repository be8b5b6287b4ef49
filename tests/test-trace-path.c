/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <netinet/ip_icmp.h>

#include <glib.h>

#include "ctl/trace-path.h"

#define COUNT 10

typedef struct {
  PingemTracePath path;
} Fixture;

static PingemAddress
parse (const char *text)
{
  PingemAddress address;

  g_assert_true (pingem_address_parse (text, &address));

  return address;
}

/* With as many hops as TTLs were tried. */
static void
set_up (Fixture *f, gconstpointer n_hops)
{
  PingemAddress address = parse ("192.0.2.99");

  pingem_trace_path_init (&f->path, &address, COUNT);
  for (int i = 1; i <= GPOINTER_TO_INT (n_hops); i++)
    g_assert_cmpuint (pingem_trace_path_add_hop (&f->path), ==, i);
}

static void
tear_down (Fixture *f, gconstpointer n_hops)
{
  pingem_trace_path_clear (&f->path);
}

/* @from: NULL: nobody. Types as of IPv4; the path does not look at them. */
static void
take (Fixture *f, guint ttl, guint64 seq, PingemState state, const char *from)
{
  PingemRecord record = {
    .seq = seq,
    .target = ttl,
    .state = state,
    .rtt_ns = state == PINGEM_STATE_REPLY ? 1000000 : -1,
    .icmp_type = state == PINGEM_STATE_ERROR ? ICMP_DEST_UNREACH : ICMP_TIME_EXCEEDED,
    .error = state == PINGEM_STATE_UNSENT ? ENETUNREACH : 0,
  };

  if (from != NULL)
    record.from = parse (from);
  pingem_trace_path_take (&f->path, &record);
}

static void
take_all (Fixture *f, guint ttl, PingemState state, const char *from)
{
  for (guint seq = 0; seq < COUNT; seq++)
    take (f, ttl, seq, state, from);
}

static void
assert_path (Fixture *f, guint distance, guint n_hops, gboolean is_complete)
{
  g_assert_cmpuint (pingem_trace_path_distance (&f->path), ==, distance);
  g_assert_cmpuint (pingem_trace_path_count_hops (&f->path), ==, n_hops);
  g_assert_cmpint (pingem_trace_path_is_complete (&f->path), ==, is_complete);
}

static void
test_reached (Fixture *f, gconstpointer n_hops)
{
  assert_path (f, 0, 4, FALSE);
  take (f, 1, 0, PINGEM_STATE_REPLY, "192.0.2.1");
  take (f, 4, 0, PINGEM_STATE_REPLY, NULL);
  assert_path (f, 4, 3, TRUE);
  take (f, 3, 0, PINGEM_STATE_LATE, NULL); /* it came after that of TTL 4 */
  assert_path (f, 3, 2, TRUE);
  g_assert_cmpuint (pingem_trace_path_last_answer (&f->path), ==, 1);
}

/* A router that is the host itself. */
static void
test_own_address (Fixture *f, gconstpointer n_hops)
{
  take (f, 2, 0, PINGEM_STATE_REPLY, "192.0.2.99");
  assert_path (f, 2, 1, TRUE);
}

static void
test_error_ends_it (Fixture *f, gconstpointer n_hops)
{
  take (f, 1, 0, PINGEM_STATE_REPLY, "192.0.2.1");
  take (f, 2, 0, PINGEM_STATE_ERROR, "192.0.2.1");
  take (f, 3, 0, PINGEM_STATE_ERROR, "192.0.2.1");
  take (f, PINGEM_TRACE_HOST, 0, PINGEM_STATE_ERROR, "192.0.2.1");
  assert_path (f, 2, 1, TRUE);
  pingem_trace_path_cut (&f->path, 1);
  assert_path (f, 2, 1, TRUE);
}

/* Errors are limited: the silence before one may belong behind it. */
static void
test_error_behind_silence (Fixture *f, gconstpointer n_hops)
{
  take (f, 1, 0, PINGEM_STATE_REPLY, "192.0.2.1");
  take (f, 3, 0, PINGEM_STATE_ERROR, "192.0.2.1");
  assert_path (f, 0, 4, TRUE);
}

/* One hop that forbids, say, does not end a way that goes on. */
static void
test_error_in_the_middle (Fixture *f, gconstpointer n_hops)
{
  take (f, 1, 0, PINGEM_STATE_ERROR, "192.0.2.1");
  take (f, 2, 0, PINGEM_STATE_REPLY, "192.0.2.2");
  assert_path (f, 0, 4, FALSE);
  take (f, 3, 0, PINGEM_STATE_ERROR, "192.0.2.2");
  assert_path (f, 3, 2, TRUE);
  take (f, PINGEM_TRACE_HOST, 0, PINGEM_STATE_REPLY, NULL);
  assert_path (f, 0, 4, FALSE);
}

static void
test_settled (Fixture *f, gconstpointer n_hops)
{
  take (f, PINGEM_TRACE_HOST, 0, PINGEM_STATE_IN_FLIGHT, NULL);
  take (f, 1, 0, PINGEM_STATE_REPLY, "192.0.2.1");
  take (f, 2, 0, PINGEM_STATE_REPLY, NULL);
  g_assert_false (pingem_trace_path_is_settled (&f->path, 1));
  take (f, PINGEM_TRACE_HOST, 0, PINGEM_STATE_REPLY, NULL);
  g_assert_true (pingem_trace_path_is_settled (&f->path, 1)); /* 3 and 4 are behind it */
  g_assert_false (pingem_trace_path_is_settled (&f->path, 2));
}

static void
test_counts (Fixture *f, gconstpointer n_hops)
{
  const PingemTraceHop *hop = f->path.hops->pdata[1];

  take (f, 1, 0, PINGEM_STATE_REPLY, "192.0.2.1");
  take (f, 1, 0, PINGEM_STATE_REPLY, "192.0.2.1"); /* a duplicate */
  take (f, 1, 1, PINGEM_STATE_LOST, NULL);
  take (f, 1, 1, PINGEM_STATE_LATE, "192.0.2.5");
  take (f, 1, 2, PINGEM_STATE_REPLY, "192.0.2.1");
  take (f, 1, 3, PINGEM_STATE_LOST, NULL);
  take (f, 1, 4, PINGEM_STATE_UNSENT, NULL);
  take (f, 1, COUNT, PINGEM_STATE_LOST, NULL); /* never asked for */
  take (f, 5, 0, PINGEM_STATE_LOST, NULL);     /* nor this hop */

  g_assert_cmpuint (pingem_tally_due (&hop->tally), ==, 5);
  g_assert_cmpuint (hop->tally.late, ==, 1);
  g_assert_cmpuint (pingem_trace_hop_loss (hop).n, ==, 4);
  g_assert_cmpuint (pingem_trace_hop_loss (hop).lost, ==, 1);
  g_assert_cmpint (hop->send_errno, ==, ENETUNREACH);
  g_assert_cmpuint (hop->rtts.n, ==, 2);
  g_assert_cmpuint (hop->addresses->len, ==, 2);
  g_assert_cmpuint (g_array_index (hop->addresses, PingemTraceAddress, 0).count, ==, 2);
  g_assert_cmpuint (g_array_index (hop->addresses, PingemTraceAddress, 1).count, ==, 1);
}

static const PingemTraceRow *
row_at (GArray *rows, guint i)
{
  return &g_array_index (rows, PingemTraceRow, i);
}

static void
test_rows (Fixture *f, gconstpointer n_hops)
{
  guint mark;
  g_autoptr (GArray) rows = NULL;

  take_all (f, 1, PINGEM_STATE_REPLY, "192.0.2.1");
  take (f, 2, 0, PINGEM_STATE_REPLY, "192.0.2.2");
  for (guint seq = 1; seq < COUNT; seq++)
    take (f, 2, seq, PINGEM_STATE_LOST, NULL);
  for (guint seq = 0; seq < COUNT; seq++)
    take (f, 3, seq, seq % 2 == 0 ? PINGEM_STATE_REPLY : PINGEM_STATE_LOST, "192.0.2.3");
  take (f, 4, 0, PINGEM_STATE_REPLY, NULL);
  for (guint seq = 0; seq < COUNT; seq++)
    take (f, PINGEM_TRACE_HOST, seq, seq < 5 ? PINGEM_STATE_REPLY : PINGEM_STATE_LOST, NULL);

  rows = pingem_trace_path_list_rows (&f->path, &mark);
  g_assert_cmpuint (rows->len, ==, 4);
  g_assert_cmpuint (mark, ==, 2);
  for (guint i = 0; i < rows->len; i++)
    {
      g_assert_cmpuint (row_at (rows, i)->number, ==, i + 1);
      g_assert_cmpint (row_at (rows, i)->is_host, ==, i == 3);
      g_assert_cmpint (row_at (rows, i)->is_marked, ==, i >= 2);
      g_assert_cmpint (row_at (rows, i)->limits_answers, ==, i == 1);
    }
}

/* How far away it is nobody knows: what is silent behind the last answer is no hop. */
static void
test_rows_of_silence (Fixture *f, gconstpointer n_hops)
{
  guint mark;
  g_autoptr (GArray) rows = NULL;

  take_all (f, PINGEM_TRACE_HOST, PINGEM_STATE_LOST, NULL);
  take_all (f, 2, PINGEM_STATE_REPLY, "192.0.2.2");
  take_all (f, 1, PINGEM_STATE_LOST, NULL);
  rows = pingem_trace_path_list_rows (&f->path, &mark);
  g_assert_cmpuint (rows->len, ==, 3);
  g_assert_cmpuint (mark, ==, 3);
  g_assert_cmpuint (row_at (rows, 1)->number, ==, 2);
  g_assert_cmpuint (row_at (rows, 2)->number, ==, 0);
  g_assert_true (row_at (rows, 2)->is_host);
}

#define TEST(path, function)                                                                       \
  g_test_add ("/ctl/trace-path/" path, Fixture, GINT_TO_POINTER (4), set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  TEST ("reached", test_reached);
  TEST ("own-address", test_own_address);
  TEST ("error-ends-it", test_error_ends_it);
  TEST ("error-behind-silence", test_error_behind_silence);
  TEST ("error-in-the-middle", test_error_in_the_middle);
  TEST ("settled", test_settled);
  TEST ("counts", test_counts);
  TEST ("rows", test_rows);
  TEST ("rows-of-silence", test_rows_of_silence);

  return g_test_run ();
}
