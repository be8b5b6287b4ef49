/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>

#include "ctl/run.h"

static PingemNews
take (PingemRun *run, guint64 seq, PingemState state, gint64 rtt_us, gboolean is_final)
{
  const PingemRecord record = {
    .seq = seq,
    .state = state,
    .rtt_ns = rtt_us >= 0 ? rtt_us * 1000 : -1,
    .flags = is_final ? PINGEM_RECORD_FINAL : 0,
  };

  return pingem_run_take (run, &record);
}

static void
test_replies (void)
{
  PingemRun run;

  pingem_run_init (&run, 2, FALSE);
  g_assert_cmpint (take (&run, 0, PINGEM_STATE_IN_FLIGHT, -1, FALSE), ==, PINGEM_NEWS_CHANGED);
  g_assert_cmpint (take (&run, 0, PINGEM_STATE_REPLY, 700, FALSE), ==,
                   PINGEM_NEWS_CHANGED | PINGEM_NEWS_SETTLED);
  g_assert_false (pingem_run_is_done (&run));
  take (&run, 1, PINGEM_STATE_IN_FLIGHT, -1, FALSE);
  g_assert_false (pingem_run_is_done (&run));
  take (&run, 1, PINGEM_STATE_REPLY, 900, FALSE);
  g_assert_true (pingem_run_is_done (&run));
  g_assert_true (pingem_run_is_all_answered (&run));
  g_assert_cmpuint (run.tally.reply, ==, 2);

  /* That nothing more will come is no news, and counts nothing twice. */
  g_assert_cmpint (take (&run, 0, PINGEM_STATE_REPLY, 700, TRUE), ==, PINGEM_NEWS_NONE);
  g_assert_cmpuint (run.tally.reply, ==, 2);
  g_assert_cmpuint (run.rtts.n, ==, 2);
  pingem_run_clear (&run);
}

static void
test_late_reply_corrects_its_slot (void)
{
  PingemRun run;

  pingem_run_init (&run, 1, FALSE);
  take (&run, 0, PINGEM_STATE_IN_FLIGHT, -1, FALSE);
  g_assert_cmpint (take (&run, 0, PINGEM_STATE_LOST, -1, FALSE), ==, PINGEM_NEWS_CHANGED);
  g_assert_true (pingem_run_is_done (&run));
  g_assert_false (pingem_run_is_all_answered (&run));
  g_assert_cmpint (take (&run, 0, PINGEM_STATE_LATE, 3000, FALSE), ==,
                   PINGEM_NEWS_CHANGED | PINGEM_NEWS_SETTLED);
  g_assert_true (pingem_run_is_all_answered (&run));
  g_assert_cmpuint (run.tally.lost, ==, 0);
  g_assert_cmpuint (run.tally.late, ==, 1);
  g_assert_cmpint (pingem_rtts_summarize (&run.rtts).max, ==, 3000);
  pingem_run_clear (&run);
}

static void
test_hold_is_waited_for (void)
{
  PingemRun run;

  pingem_run_init (&run, 1, TRUE);
  take (&run, 0, PINGEM_STATE_IN_FLIGHT, -1, FALSE);
  take (&run, 0, PINGEM_STATE_LOST, -1, FALSE);
  g_assert_false (pingem_run_is_done (&run));
  g_assert_cmpint (take (&run, 0, PINGEM_STATE_LOST, -1, TRUE), ==, PINGEM_NEWS_SETTLED);
  g_assert_true (pingem_run_is_done (&run));
  g_assert_cmpuint (run.tally.lost, ==, 1);
  pingem_run_clear (&run);
}

/* An ICMP error is not authenticated: a real reply still wins. */
static void
test_reply_wins_over_error (void)
{
  PingemRun run;

  pingem_run_init (&run, 1, FALSE);
  take (&run, 0, PINGEM_STATE_IN_FLIGHT, -1, FALSE);
  take (&run, 0, PINGEM_STATE_ERROR, 100, FALSE);
  g_assert_cmpuint (run.tally.error, ==, 1);
  g_assert_cmpuint (run.rtts.n, ==, 0);
  g_assert_cmpint (take (&run, 0, PINGEM_STATE_REPLY, 200, FALSE), ==, PINGEM_NEWS_CHANGED);
  g_assert_cmpuint (run.tally.error, ==, 0);
  g_assert_cmpuint (run.rtts.n, ==, 1);
  pingem_run_clear (&run);
}

static void
test_held_back_is_unanswered_but_no_loss (void)
{
  const PingemRecord record = {
    .state = PINGEM_STATE_UNSENT, .error = EAGAIN, .rtt_ns = -1, .flags = PINGEM_RECORD_FINAL
  };
  PingemRun run;

  pingem_run_init (&run, 1, FALSE);
  pingem_run_take (&run, &record);
  g_assert_cmpuint (run.tally.held, ==, 1);
  g_assert_cmpuint (pingem_tally_due (&run.tally), ==, 0);
  g_assert_false (pingem_run_is_all_answered (&run));
  g_assert_true (pingem_run_is_done (&run));
  pingem_run_clear (&run);
}

static void
test_duplicates (void)
{
  PingemRecord record = { .state = PINGEM_STATE_REPLY, .rtt_ns = 1 };
  PingemRun run;

  pingem_run_init (&run, 1, FALSE);
  pingem_run_take (&run, &record);
  record.duplicates = 1;
  pingem_run_take (&run, &record);
  record.duplicates = 3;
  pingem_run_take (&run, &record);
  g_assert_cmpuint (run.tally.duplicates, ==, 3);
  g_assert_cmpuint (run.tally.reply, ==, 1);
  pingem_run_clear (&run);
}

static void
test_passed_slots_are_no_loss (void)
{
  PingemRun run;

  pingem_run_init (&run, 10, FALSE);
  take (&run, 0, PINGEM_STATE_REPLY, 1, TRUE);
  take (&run, 9, PINGEM_STATE_REPLY, 1, TRUE);
  g_assert_cmpuint (pingem_run_count_passed (&run), ==, 8);
  g_assert_true (pingem_run_is_done (&run));
  g_assert_true (pingem_run_is_all_answered (&run));
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
  PingemRun run;

  pingem_run_init (&run, 0, FALSE);
  take (&run, 2, PINGEM_STATE_IN_FLIGHT, -1, FALSE);
  take (&run, 0, PINGEM_STATE_REPLY, 1, FALSE);
  take (&run, 1, PINGEM_STATE_LOST, -1, FALSE);
  g_assert_false (pingem_run_is_done (&run));
  pingem_run_settle (&run, note_seq, told);
  pingem_run_settle (&run, note_seq, told);
  g_assert_cmpstr (told->str, ==, "1:lost 2:in-flight ");
  pingem_run_clear (&run);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/run/replies", test_replies);
  g_test_add_func ("/ctl/run/late-reply-corrects-its-slot", test_late_reply_corrects_its_slot);
  g_test_add_func ("/ctl/run/hold-is-waited-for", test_hold_is_waited_for);
  g_test_add_func ("/ctl/run/reply-wins-over-error", test_reply_wins_over_error);
  g_test_add_func ("/ctl/run/held-back", test_held_back_is_unanswered_but_no_loss);
  g_test_add_func ("/ctl/run/duplicates", test_duplicates);
  g_test_add_func ("/ctl/run/passed-slots-are-no-loss", test_passed_slots_are_no_loss);
  g_test_add_func ("/ctl/run/settle-tells-the-rest-once", test_settle_tells_the_rest_once);

  return g_test_run ();
}
