/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <signal.h>
#include <unistd.h>

#include "history-fixture.h"

static GPtrArray *
read_events (Fixture *f, gint64 from_ms, gint64 to_ms, guint n)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *events = pingem_history_read_events (f->history, from_ms, to_ms, n, &error);

  g_assert_no_error (error);
  g_assert_nonnull (events);

  return events;
}

static GPtrArray *
read_all (Fixture *f)
{
  return read_events (f, 0, G_MAXINT64, 100);
}

static void
assert_event (
    GPtrArray *events, guint i, const char *kind, gint64 from_ms, gint64 to_ms, const char *text)
{
  const PingemEvent *event;

  g_assert_cmpuint (i, <, events->len);
  event = events->pdata[i];
  g_assert_cmpstr (event->kind, ==, kind);
  g_assert_cmpint (event->from_ms, ==, from_ms);
  g_assert_cmpint (event->to_ms, ==, to_ms);
  g_assert_cmpstr (event->text, ==, text);
}

static void
assert_counts (GPtrArray *events, guint i, guint due, guint bad)
{
  const PingemEvent *event = events->pdata[i];

  g_assert_cmpuint (event->due, ==, due);
  g_assert_cmpuint (event->bad, ==, bad);
}

/* Ten answered, the next @n_lost not; an outage begins with the last of these. */
static void
begin_outage (Fixture *f, guint n_lost)
{
  record_replies (f, "a", 0, 10);
  for (guint i = 0; i < n_lost; i++)
    record (f, "a", 10 + i, PINGEM_STATE_LOST, -1);
  pingem_history_begin_outage (f->history, "provider", "provider", "a", T0 + (9 + n_lost) * 1000,
                               T0);
}

/* Everything is the same in memory, on disk, and for the next run. */
static void
test_all_kinds (Fixture *f, gconstpointer data)
{
  open_history (f, T0);
  pingem_history_add_event (f->history, PINGEM_EVENT_NETWORK, "", "wlan0 192.0.2.1", T0);
  begin_outage (f, 3);
  pingem_history_add_event (f->history, PINGEM_EVENT_NOTE, "", "moved the router", T0 + 20000);
  pingem_history_end_outage (f->history, T0 + 30000);
  pingem_history_add_event (f->history, PINGEM_EVENT_ADDRESS, "a", "192.0.2.7", T0 + 40000);
  pingem_history_begin_gap (f->history, PINGEM_GAP_PAUSED, T0 + 50000);
  pingem_history_end_gap (f->history, T0 + 51000);

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GPtrArray) events = read_all (f);

      g_assert_cmpuint (events->len, ==, 5);
      assert_event (events, 0, "network", T0, T0, "wlan0 192.0.2.1");
      assert_event (events, 1, "outage", T0 + 12000, T0 + 30000, "provider");
      assert_event (events, 2, "note", T0 + 20000, T0 + 20000, "moved the router");
      assert_event (events, 3, "address", T0 + 40000, T0 + 40000, "192.0.2.7");
      g_assert_cmpstr (((const PingemEvent *) events->pdata[3])->target, ==, "a");
      assert_event (events, 4, "gap", T0 + 50000, T0 + 51000, "paused");

      if (i == 0)
        flush (f, T0 + 60000);
      else
        assert_counts (events, 1, 13, 3);
      if (i == 1)
        reopen_history (f, T0 + 60000);
    }
}

static void
test_another_verdict_is_another_outage (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) events = NULL;

  open_history (f, T0);
  pingem_history_end_outage (f->history, T0);
  begin_outage (f, 3);
  flush (f, T0 + 13000);
  pingem_history_begin_outage (f->history, "local", "router", "b", T0 + 14000, T0);
  flush (f, T0 + 15000);

  events = read_all (f);
  g_assert_cmpuint (events->len, ==, 2);
  assert_event (events, 0, "outage", T0 + 12000, T0 + 14000, "provider");
  assert_event (events, 1, "outage", T0 + 14000, -1, "local");
  assert_counts (events, 1, 0, 0);
}

/* Of the target that it turns out to be about, from the same time on. */
static void
test_an_unknown_outage_is_named (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) events = NULL;

  open_history (f, T0);
  begin_outage (f, 3);
  flush (f, T0 + 13000);
  pingem_history_name_outage (f->history, "local", "router", "b");
  flush (f, T0 + 15000);

  events = read_all (f);
  g_assert_cmpuint (events->len, ==, 1);
  assert_event (events, 0, "outage", T0 + 12000, -1, "local");

  pingem_history_end_outage (f->history, T0 + 20000);
  pingem_history_name_outage (f->history, "provider", "provider", "a");
  g_clear_pointer (&events, g_ptr_array_unref);
  events = read_all (f);
  assert_event (events, 0, "outage", T0 + 12000, T0 + 20000, "local");
}

/* It counts on, and what comes late is no loss any more. */
static void
test_counts_follow (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) last = NULL;

  open_history (f, T0);
  begin_outage (f, 3);
  flush (f, T0 + 13000);
  first = read_all (f);
  assert_counts (first, 0, 13, 3);

  record (f, "a", 11, PINGEM_STATE_LATE, 2500000);
  record (f, "a", 13, PINGEM_STATE_UNSENT, -1);
  record (f, "a", 14, PINGEM_STATE_ERROR, -1);
  record_replies (f, "a", 15, 10);
  pingem_history_end_outage (f->history, T0 + 20000);
  flush (f, T0 + 25000);
  last = read_all (f);
  assert_counts (last, 0, 20, 4);
}

static void
test_clock_set_back (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) events = NULL;

  open_history (f, T0);
  begin_outage (f, 3);
  pingem_history_end_outage (f->history, T0 - 3600000);
  events = read_all (f);
  assert_event (events, 0, "outage", T0 + 12000, T0 + 12000, "provider");
}

/* With every flush of an outage, not only once a minute. */
static void
measure_in_outage_and_be_killed (Fixture *f)
{
  open_history (f, T0);
  begin_outage (f, 3);
  flush (f, T0 + 13000);
  flush (f, T0 + 23000);
  record_replies (f, "a", 30, 5);
  kill (getpid (), SIGKILL);
}

static void
test_killed (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) events = NULL;

  in_child (f, measure_in_outage_and_be_killed, SIGKILL);
  open_history (f, T0 + 60000);
  events = read_all (f);
  g_assert_cmpuint (events->len, ==, 2);
  assert_event (events, 0, "outage", T0 + 12000, T0 + 23000, "provider");
  assert_counts (events, 0, 13, 3);
  assert_event (events, 1, "gap", T0 + 23000, T0 + 60000, "not-running");
}

/* Neither what is new nor what is on disk takes the number of the other. */
static void
test_rows_are_not_reused (Fixture *f, gconstpointer data)
{
  open_history (f, T0);
  for (guint i = 0; i < 5; i++)
    {
      pingem_history_add_event (f->history, PINGEM_EVENT_NOTE, "", "n", T0 + i);
      flush (f, T0 + i);
      reopen_history (f, T0 + i);
      g_assert_cmpint (count_rows (f, "event"), ==, i + 1);
    }
}

static void
test_ranges (Fixture *f, gconstpointer data)
{
  static const struct {
    gint64 from_ms;
    gint64 to_ms;
    guint n;
    guint n_found;
    const char *first; /* text */
  } rows[] = {
    { 0, 100, 10, 0, NULL },      { 0, 101, 10, 1, "outer" }, { 101, 150, 10, 1, "outer" },
    { 199, 300, 10, 2, "outer" }, { 200, 201, 10, 1, "one" }, { 201, 400, 10, 2, "two" },
    { 301, 400, 10, 1, "open" },  { 0, 1000, 2, 2, "two" },   { 0, 1000, 1, 1, "open" },
    { 0, 1000, 10, 4, "outer" },
  };

  open_history (f, T0);
  pingem_history_begin_outage (f->history, "outer", "", "", T0 + 100, T0);
  pingem_history_end_outage (f->history, T0 + 200);
  pingem_history_add_event (f->history, PINGEM_EVENT_NOTE, "", "one", T0 + 200);
  pingem_history_add_event (f->history, PINGEM_EVENT_NOTE, "", "two", T0 + 300);
  pingem_history_begin_outage (f->history, "open", "", "", T0 + 300, T0);

  for (guint is_written = 0; is_written < 2; is_written++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        {
          g_autoptr (GPtrArray) events =
              read_events (f, T0 + rows[i].from_ms, T0 + rows[i].to_ms, rows[i].n);

          g_test_message ("row %u", i);
          g_assert_cmpuint (events->len, ==, rows[i].n_found);
          if (rows[i].first != NULL)
            g_assert_cmpstr (((const PingemEvent *) events->pdata[0])->text, ==, rows[i].first);
        }

      flush (f, T0 + 1000);
    }
}

static void
test_old_is_deleted (Fixture *f, gconstpointer data)
{
  const gint64 end_ms = T0 + PINGEM_HISTORY_ROLLUP_DAYS * DAY_MS;
  g_autoptr (GPtrArray) events = NULL;

  open_history (f, T0);
  pingem_history_add_event (f->history, PINGEM_EVENT_NOTE, "", "old", T0);
  pingem_history_add_event (f->history, PINGEM_EVENT_NOTE, "", "kept", T0 + DAY_MS);
  flush (f, T0 + DAY_MS);
  reopen_history (f, end_ms);
  g_assert_cmpint (count_rows (f, "event"), ==, 2);
  flush (f, end_ms + DAY_MS);

  events = read_events (f, 0, end_ms - DAY_MS * 2, 100);
  assert_event (events, 0, "note", T0 + DAY_MS, T0 + DAY_MS, "kept");
  g_assert_cmpint (count_rows (f, "event"), ==, 1);
}

static void
test_last_text (Fixture *f, gconstpointer data)
{
  g_autofree char *text = NULL;

  open_history (f, T0);
  g_assert_null (pingem_history_find_last_text (f->history, PINGEM_EVENT_NETWORK));
  pingem_history_add_event (f->history, PINGEM_EVENT_NETWORK, "", "eth0 192.0.2.1", T0);
  pingem_history_add_event (f->history, PINGEM_EVENT_NETWORK, "", "wlan0 192.0.2.1", T0);
  pingem_history_add_event (f->history, PINGEM_EVENT_NOTE, "", "a note", T0 + 1);
  flush (f, T0 + 2);
  reopen_history (f, T0 + 3);
  text = pingem_history_find_last_text (f->history, PINGEM_EVENT_NETWORK);
  g_assert_cmpstr (text, ==, "wlan0 192.0.2.1");
}

/* The file was damaged while it was used: what waits, and what goes on, is in the new one. */
static void
test_damaged_while_open (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GPtrArray) aside = NULL;

  open_history (f, T0);
  begin_outage (f, 3);
  flush (f, T0 + 13000);
  reopen_history (f, T0 + 14000);
  pingem_history_add_event (f->history, PINGEM_EVENT_NOTE, "", "kept", T0 + 15000);
  pingem_history_begin_outage (f->history, "local", "router", "a", T0 + 16000, T0);
  run_sql (f, "PRAGMA writable_schema = ON;"
              "UPDATE sqlite_schema SET rootpage = 999999 WHERE name = 'event';"
              "PRAGMA schema_version = 999");
  g_assert_false (pingem_history_flush (f->history, T0 + 17000, NULL));
  flush (f, T0 + 18000);
  pingem_history_end_outage (f->history, T0 + 19000);
  flush (f, T0 + 19000);
  reopen_history (f, T0 + 19000);

  events = read_all (f);
  g_assert_cmpuint (events->len, ==, 2);
  assert_event (events, 0, "note", T0 + 15000, T0 + 15000, "kept");
  assert_event (events, 1, "outage", T0 + 16000, T0 + 19000, "local");
  aside = list_files (f, ".damaged-");
  g_assert_cmpuint (aside->len, >=, 1);
}

/* Foreign bytes are never handed on as text, and forged numbers are bounded. */
static void
test_forged_rows (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) events = NULL;

  open_history (f, T0);
  run_sql (f,
           "INSERT INTO event VALUES (9223372036854775807, 5, 9000000000000000000, 'note', '', '',"
           " CAST (x'ff41' AS TEXT), -1, 99999999999)");
  reopen_history (f, T0);
  pingem_history_add_event (f->history, PINGEM_EVENT_NOTE, "", "mine", T0);
  flush (f, T0);
  events = read_all (f);
  g_assert_cmpuint (events->len, ==, 2);
  assert_event (events, 0, "note", 5, G_GINT64_CONSTANT (9000000000000000000), "\357\277\275A");
  assert_counts (events, 0, 0, 0);
}

static void
test_many_wait (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) events = NULL;

  open_history (f, T0);
  pingem_history_begin_outage (f->history, "local", "router", "a", T0, T0);
  for (guint i = 1; i <= PINGEM_HISTORY_MAX_EVENTS + 5; i++)
    pingem_history_add_event (f->history, PINGEM_EVENT_NOTE, "", "n", T0 + i);

  events = read_events (f, 0, G_MAXINT64, 2 * PINGEM_HISTORY_MAX_EVENTS);
  g_assert_cmpuint (events->len, ==, PINGEM_HISTORY_MAX_EVENTS);
  assert_event (events, 0, "outage", T0, -1, "local");
  assert_event (events, 1, "note", T0 + 7, T0 + 7, "n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_history_test ("events/all-kinds", test_all_kinds);
  add_history_test ("events/another-verdict", test_another_verdict_is_another_outage);
  add_history_test ("events/unknown-is-named", test_an_unknown_outage_is_named);
  add_history_test ("events/counts-follow", test_counts_follow);
  add_history_test ("events/clock-set-back", test_clock_set_back);
  add_history_test ("events/killed", test_killed);
  add_history_test ("events/rows-are-not-reused", test_rows_are_not_reused);
  add_history_test ("events/ranges", test_ranges);
  add_history_test ("events/old-is-deleted", test_old_is_deleted);
  add_history_test ("events/last-text", test_last_text);
  add_history_test ("events/damaged-while-open", test_damaged_while_open);
  add_history_test ("events/forged-rows", test_forged_rows);
  add_history_test ("events/many-wait", test_many_wait);

  return g_test_run ();
}
