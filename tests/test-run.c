/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>

#include "ctl/run.h"

/* Follows what the run under test counts. */
static PingemTally total;

static PingemRun
begin (guint32 count, gboolean has_hold)
{
  total = (PingemTally){ 0 };

  return (PingemRun){ .count = count, .has_hold = has_hold };
}

static PingemNews
take_record (PingemRun *run, const PingemRecord *record)
{
  PingemNews news = pingem_run_take (run, record, &total);
  PingemTally tally = pingem_run_tally (run);

  g_assert_cmpmem (&tally, sizeof tally, &total, sizeof total);

  return news;
}

static gboolean
is_all_answered (const PingemRun *run)
{
  PingemTally t = pingem_run_tally (run);

  return t.lost + t.unsent + t.held + t.error == 0;
}

static PingemNews
take (PingemRun *run, guint64 seq, PingemState state, gint64 rtt_us, gboolean is_final)
{
  const PingemRecord record = {
    .seq = seq,
    .state = state,
    .rtt_ns = rtt_us >= 0 ? rtt_us * 1000 : -1,
    .flags = is_final ? PINGEM_RECORD_FINAL : 0,
  };

  return take_record (run, &record);
}

static gsize
count_rtts (const PingemRun *run)
{
  PingemRtts rtts = { 0 };
  gsize n;

  pingem_run_add_rtts (run, &rtts);
  n = rtts.n;
  pingem_rtts_clear (&rtts);

  return n;
}

static void
test_replies (void)
{
  PingemRun run = begin (2, FALSE);

  g_assert_cmpint (take (&run, 0, PINGEM_STATE_IN_FLIGHT, -1, FALSE), ==, PINGEM_NEWS_CHANGED);
  g_assert_cmpint (take (&run, 0, PINGEM_STATE_REPLY, 700, FALSE), ==,
                   PINGEM_NEWS_CHANGED | PINGEM_NEWS_SETTLED);
  g_assert_false (pingem_run_is_done (&run));
  take (&run, 1, PINGEM_STATE_IN_FLIGHT, -1, FALSE);
  g_assert_false (pingem_run_is_done (&run));
  take (&run, 1, PINGEM_STATE_REPLY, 900, FALSE);
  g_assert_true (pingem_run_is_done (&run));
  g_assert_true (is_all_answered (&run));
  g_assert_cmpuint (pingem_run_tally (&run).reply, ==, 2);

  /* That nothing more will come is no news, and counts nothing twice. */
  g_assert_cmpint (take (&run, 0, PINGEM_STATE_REPLY, 700, TRUE), ==, PINGEM_NEWS_NONE);
  g_assert_cmpuint (pingem_run_tally (&run).reply, ==, 2);
  g_assert_cmpuint (count_rtts (&run), ==, 2);
  pingem_run_clear (&run);
}

/* Anybody can forge it: the run waits until the timeout, and a reply wins. */
static void
test_an_error_does_not_end_the_wait (void)
{
  const PingemRecord timed_out = {
    .seq = 1, .state = PINGEM_STATE_ERROR, .rtt_ns = -1, .flags = PINGEM_RECORD_TIMED_OUT
  };
  PingemRun single = begin (1, FALSE);
  PingemRun run;

  take (&single, 0, PINGEM_STATE_IN_FLIGHT, -1, FALSE);
  g_assert_cmpint (take (&single, 0, PINGEM_STATE_ERROR, -1, FALSE), ==,
                   PINGEM_NEWS_CHANGED | PINGEM_NEWS_SETTLED);
  g_assert_false (pingem_run_is_done (&single));
  g_assert_cmpint (take (&single, 0, PINGEM_STATE_REPLY, 700, FALSE), ==, PINGEM_NEWS_CHANGED);
  g_assert_true (pingem_run_is_done (&single));
  g_assert_true (is_all_answered (&single));

  run = begin (2, FALSE);
  take (&run, 0, PINGEM_STATE_REPLY, 700, FALSE);
  take (&run, 1, PINGEM_STATE_ERROR, -1, FALSE);
  g_assert_false (pingem_run_is_done (&run));
  g_assert_cmpint (take_record (&run, &timed_out), ==, PINGEM_NEWS_NONE);
  g_assert_true (pingem_run_is_done (&run));
  g_assert_cmpuint (pingem_run_tally (&run).error, ==, 1);
  pingem_run_clear (&run);
}

static void
test_late_reply_corrects_its_slot (void)
{
  PingemRun run = begin (1, FALSE);

  take (&run, 0, PINGEM_STATE_IN_FLIGHT, -1, FALSE);
  g_assert_cmpint (take (&run, 0, PINGEM_STATE_LOST, -1, FALSE), ==, PINGEM_NEWS_CHANGED);
  g_assert_true (pingem_run_is_done (&run));
  g_assert_false (is_all_answered (&run));
  g_assert_cmpint (take (&run, 0, PINGEM_STATE_LATE, 3000, FALSE), ==,
                   PINGEM_NEWS_CHANGED | PINGEM_NEWS_SETTLED);
  g_assert_true (is_all_answered (&run));
  g_assert_cmpuint (pingem_run_tally (&run).lost, ==, 0);
  g_assert_cmpuint (pingem_run_tally (&run).late, ==, 1);
  g_assert_cmpint (pingem_run_rtts (&run).max, ==, 3000);
  pingem_run_clear (&run);
}

static void
test_hold_is_waited_for (void)
{
  PingemRun run = begin (1, TRUE);

  take (&run, 0, PINGEM_STATE_IN_FLIGHT, -1, FALSE);
  take (&run, 0, PINGEM_STATE_LOST, -1, FALSE);
  g_assert_false (pingem_run_is_done (&run));
  g_assert_cmpint (take (&run, 0, PINGEM_STATE_LOST, -1, TRUE), ==, PINGEM_NEWS_SETTLED);
  g_assert_true (pingem_run_is_done (&run));
  g_assert_cmpuint (pingem_run_tally (&run).lost, ==, 1);
  pingem_run_clear (&run);
}

/* An ICMP error is not authenticated: a real reply still wins. */
static void
test_reply_wins_over_error (void)
{
  PingemRun run = begin (1, FALSE);

  take (&run, 0, PINGEM_STATE_IN_FLIGHT, -1, FALSE);
  take (&run, 0, PINGEM_STATE_ERROR, 100, FALSE);
  g_assert_cmpuint (pingem_run_tally (&run).error, ==, 1);
  g_assert_cmpuint (count_rtts (&run), ==, 0);
  g_assert_cmpint (take (&run, 0, PINGEM_STATE_REPLY, 200, FALSE), ==, PINGEM_NEWS_CHANGED);
  g_assert_cmpuint (pingem_run_tally (&run).error, ==, 0);
  g_assert_cmpuint (count_rtts (&run), ==, 1);
  pingem_run_clear (&run);
}

static void
test_held_back_is_unanswered_but_no_loss (void)
{
  const PingemRecord record = {
    .state = PINGEM_STATE_UNSENT, .error = EAGAIN, .rtt_ns = -1, .flags = PINGEM_RECORD_FINAL
  };
  PingemRun run = begin (1, FALSE);

  take_record (&run, &record);
  g_assert_cmpuint (pingem_run_tally (&run).held, ==, 1);
  g_assert_cmpuint (pingem_tally_due (&total), ==, 0);
  g_assert_false (is_all_answered (&run));
  g_assert_true (pingem_run_is_done (&run));
  pingem_run_clear (&run);
}

static void
test_duplicates (void)
{
  PingemRecord record = { .state = PINGEM_STATE_REPLY, .rtt_ns = 1 };
  PingemRun run = begin (1, FALSE);

  take_record (&run, &record);
  record.duplicates = 1;
  take_record (&run, &record);
  record.duplicates = 3;
  take_record (&run, &record);
  g_assert_cmpuint (pingem_run_tally (&run).duplicates, ==, 3);
  g_assert_cmpuint (pingem_run_tally (&run).reply, ==, 1);
  pingem_run_clear (&run);
}

static void
test_passed_slots_are_no_loss (void)
{
  PingemRun run = begin (10, FALSE);

  take (&run, 0, PINGEM_STATE_REPLY, 1, TRUE);
  take (&run, 9, PINGEM_STATE_REPLY, 1, TRUE);
  g_assert_cmpuint (pingem_run_count_passed (&run), ==, 8);
  g_assert_true (pingem_run_is_done (&run));
  g_assert_true (is_all_answered (&run));
  pingem_run_clear (&run);
}

static void
note_seq (const PingemRecord *record, gpointer user_data)
{
  g_string_append_printf (user_data, "%d:%s ", (int) record->seq,
                          pingem_state_word (record->state));
}

static void
test_settle_tells_the_rest_once (void)
{
  g_autoptr (GString) told = g_string_new (NULL);
  PingemRun run = begin (0, FALSE);

  take (&run, 2, PINGEM_STATE_IN_FLIGHT, -1, FALSE);
  take (&run, 0, PINGEM_STATE_REPLY, 1, FALSE);
  take (&run, 1, PINGEM_STATE_LOST, -1, FALSE);
  g_assert_false (pingem_run_is_done (&run));
  pingem_run_settle (&run, note_seq, told);
  pingem_run_settle (&run, note_seq, told);
  g_assert_cmpstr (told->str, ==, "1:lost 2:in-flight ");
  pingem_run_clear (&run);
}

static void
test_bursts_follow_corrections (void)
{
  PingemRun run = begin (0, FALSE);

  g_assert_cmpuint (pingem_run_bursts (&run).n, ==, 0);
  for (guint64 seq = 0; seq < 7; seq++)
    take (&run, seq, seq == 0 || seq == 6 ? PINGEM_STATE_REPLY : PINGEM_STATE_LOST, 1, FALSE);
  g_assert_cmpuint (pingem_run_bursts (&run).n, ==, 1);
  g_assert_cmpuint (pingem_run_bursts (&run).longest, ==, 5);

  /* A late reply parts it, also where its beginning has left for good. */
  take (&run, 0, PINGEM_STATE_REPLY, 1, TRUE);
  take (&run, 1, PINGEM_STATE_LOST, -1, TRUE);
  take (&run, 3, PINGEM_STATE_LATE, 9, FALSE);
  g_assert_cmpuint (pingem_run_bursts (&run).n, ==, 2);
  g_assert_cmpuint (pingem_run_bursts (&run).longest, ==, 2);

  for (guint64 seq = 2; seq < 7; seq++)
    take (&run, seq,
          seq == 3   ? PINGEM_STATE_LATE
          : seq == 6 ? PINGEM_STATE_REPLY
                     : PINGEM_STATE_LOST,
          1, TRUE);
  g_assert_cmpuint (pingem_run_bursts (&run).n, ==, 2);
  g_assert_cmpuint (pingem_run_bursts (&run).longest, ==, 2);
  pingem_run_clear (&run);
}

/* Where the channel has dropped records, later ones of older slots still come. */
static void
test_records_out_of_order (void)
{
  PingemRun run = begin (10, FALSE);

  take (&run, 0, PINGEM_STATE_REPLY, 1, TRUE);
  take (&run, 9, PINGEM_STATE_IN_FLIGHT, -1, FALSE);
  g_assert_cmpint (take (&run, 4, PINGEM_STATE_REPLY, 2, FALSE), ==,
                   PINGEM_NEWS_CHANGED | PINGEM_NEWS_SETTLED);
  g_assert_cmpint (take (&run, 2, PINGEM_STATE_REPLY, 2, FALSE), ==,
                   PINGEM_NEWS_CHANGED | PINGEM_NEWS_SETTLED);
  g_assert_cmpint (take (&run, 6, PINGEM_STATE_LOST, -1, FALSE), ==, PINGEM_NEWS_CHANGED);
  g_assert_cmpint (take (&run, 4, PINGEM_STATE_REPLY, 2, TRUE), ==, PINGEM_NEWS_NONE);
  take (&run, 9, PINGEM_STATE_REPLY, 3, TRUE);
  g_assert_cmpuint (pingem_run_count_passed (&run), ==, 5);
  g_assert_cmpuint (total.reply, ==, 4);
  g_assert_true (pingem_run_is_done (&run));

  /* What has left is not counted again. */
  take (&run, 2, PINGEM_STATE_REPLY, 2, TRUE);
  g_assert_cmpint (take (&run, 0, PINGEM_STATE_REPLY, 1, TRUE), ==, PINGEM_NEWS_NONE);
  g_assert_cmpuint (total.reply, ==, 4);
  pingem_run_clear (&run);
}

/* Slots stay in place while the ring grows, wraps and is emptied at the front. */
static void
test_very_many_slots (void)
{
  PingemRun run = begin (0, FALSE);
  const guint64 first = (G_GUINT64_CONSTANT (1) << 32) - 500;

  for (guint64 i = 0; i < 5000; i++)
    {
      take (&run, first + i, PINGEM_STATE_IN_FLIGHT, -1, FALSE);
      if (i >= 700)
        take (&run, first + i - 700, PINGEM_STATE_REPLY, (gint64) i, i % 3 == 0);
      if (i >= 900)
        take (&run, first + i - 900, PINGEM_STATE_REPLY, (gint64) i, TRUE);
    }

  g_assert_cmpuint (total.reply, ==, 4300);
  g_assert_cmpuint (total.in_flight, ==, 700);
  g_assert_cmpuint (pingem_run_count_passed (&run), ==, first);
  g_assert_cmpint (pingem_run_rtts (&run).jitter, ==, 1);
  pingem_run_clear (&run);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/run/replies", test_replies);
  g_test_add_func ("/ctl/run/an-error-does-not-end-the-wait", test_an_error_does_not_end_the_wait);
  g_test_add_func ("/ctl/run/late-reply-corrects-its-slot", test_late_reply_corrects_its_slot);
  g_test_add_func ("/ctl/run/hold-is-waited-for", test_hold_is_waited_for);
  g_test_add_func ("/ctl/run/reply-wins-over-error", test_reply_wins_over_error);
  g_test_add_func ("/ctl/run/held-back", test_held_back_is_unanswered_but_no_loss);
  g_test_add_func ("/ctl/run/duplicates", test_duplicates);
  g_test_add_func ("/ctl/run/passed-slots-are-no-loss", test_passed_slots_are_no_loss);
  g_test_add_func ("/ctl/run/settle-tells-the-rest-once", test_settle_tells_the_rest_once);

  g_test_add_func ("/ctl/run/bursts-follow-corrections", test_bursts_follow_corrections);
  g_test_add_func ("/ctl/run/records-out-of-order", test_records_out_of_order);
  g_test_add_func ("/ctl/run/very-many-slots", test_very_many_slots);

  return g_test_run ();
}
