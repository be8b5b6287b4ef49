/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ipc/status.h"

static void
test_levels_are_words (void)
{
  for (PingemLevel level = 0; level < PINGEM_N_LEVELS; level++)
    g_assert_cmpint (pingem_level_parse (pingem_level_word (level)), ==, level);

  g_assert_cmpint (pingem_level_parse ("no such word"), ==, PINGEM_LEVEL_UNKNOWN);
}

static void
test_loss_is_never_rounded_away (void)
{
  static const struct {
    double loss;
    const char *text;
  } rows[] = {
    { -1, "–" },       { 0, "0 %" },       { 0.0001, "0.1 %" }, { 0.06, "6.0 %" },
    { 0.124, "12 %" }, { 0.9999, "99 %" }, { 1, "100 %" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = pingem_format_loss (rows[i].loss);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_rtt_units (void)
{
  static const struct {
    gint64 rtt_us;
    const char *text;
  } rows[] = {
    { -1, "–" },          { 0, "0 µs" },       { 999, "999 µs" },    { 7189, "7.2 ms" },
    { 99949, "99.9 ms" }, { 99950, "100 ms" }, { 999499, "999 ms" }, { 1310000, "1.31 s" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = pingem_format_rtt (rows[i].rtt_us);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
check_sentence (const char *status_text, const char *title, const char *detail)
{
  g_autoptr (GVariant) status =
      g_variant_parse (G_VARIANT_TYPE_VARDICT, status_text, NULL, NULL, NULL);
  g_autofree char *got_title = pingem_sentence_title (status);
  g_autofree char *got_detail = pingem_sentence_detail (status);

  g_assert_cmpstr (got_title, ==, title);
  g_assert_cmpstr (got_detail, ==, detail);
}

static void
test_sentence (void)
{
  check_sentence ("{'verdict': <'ok'>, 'level': <'good'>}", "Your connection is fine.", "");
  check_sentence ("{'verdict': <'no-network'>, 'level': <'down'>, 'errno': <101>}",
                  "There is no network: nothing can be sent.",
                  "Sending fails: Network is unreachable.");
  check_sentence ("{'verdict': <'captive-portal'>, 'level': <'bad'>}",
                  "This network wants you to sign in first.", "Open a browser and sign in.");
  check_sentence ("{'verdict': <'local'>, 'level': <'degraded'>, 'cleared': <true>,"
                  " 'bad-leg': <'router'>, 'bad-name': <'Router'>, 'bad-reply': <uint32 141>,"
                  " 'bad-lost': <uint32 9>, 'window-s': <uint32 30>}",
                  "Your local network is losing packets.",
                  "6.0 % lost to Router in the last 30 s (9 of 150). "
                  "Your provider and the far end are not to blame.");
  check_sentence ("{'verdict': <'call'>, 'level': <'down'>, 'cleared': <true>,"
                  " 'bad-leg': <'call'>, 'bad-name': <'50%s.example'>, 'bad-lost': <uint32 3>,"
                  " 'window-s': <uint32 30>}",
                  "50%s.example does not answer.",
                  "100 % lost to 50%s.example in the last 30 s (3 of 3). "
                  "Your local network and your provider are not to blame.");
}

/* What the evidence does not show is not said. */
static void
test_sentence_never_guesses (void)
{
  check_sentence ("{'verdict': <'unknown'>, 'level': <'unknown'>}", "Not enough is measured yet.",
                  "");
  check_sentence ("{'verdict': <'unknown'>, 'level': <'unknown'>, 'problems': <['No source']>}",
                  "Not enough is measured yet.", "No source");
  check_sentence ("{'verdict': <'internet'>, 'level': <'bad'>, 'cleared': <false>,"
                  " 'bad-leg': <'internet'>, 'bad-name': <'1.1.1.1'>, 'bad-reply': <uint32 8>,"
                  " 'bad-lost': <uint32 2>, 'window-s': <uint32 30>}",
                  "Packets are lost beyond your router.",
                  "20 % lost to 1.1.1.1 in the last 30 s (2 of 10).");
  check_sentence ("{'verdict': <'unknown'>, 'level': <'degraded'>, 'cause': <'late'>,"
                  " 'bad-leg': <'internet'>, 'bad-name': <'1.1.1.1'>, 'bad-reply': <uint32 29>,"
                  " 'bad-late': <uint32 1>, 'window-s': <uint32 30>}",
                  "Packets are delayed, but it cannot be said where.",
                  "0 % lost to 1.1.1.1 in the last 30 s (0 of 30), 1 came late.");
}

static void
test_sentence_of_each_cause (void)
{
  check_sentence ("{'verdict': <'provider'>, 'level': <'degraded'>, 'cause': <'delay'>,"
                  " 'cleared': <true>, 'bad-leg': <'provider'>, 'bad-name': <'100.64.0.1'>,"
                  " 'bad-reply': <uint32 30>, 'bad-rtt-us': <uint32 412000>,"
                  " 'bad-jitter-us': <uint32 80000>, 'window-s': <uint32 30>}",
                  "Your provider delays packets.",
                  "Answers of 100.64.0.1 take 412 ms, jitter 80.0 ms (median of 30 in the last "
                  "30 s). Your local network is not to blame.");
  check_sentence ("{'verdict': <'local'>, 'level': <'degraded'>, 'cause': <'unsent'>,"
                  " 'bad-reply': <uint32 28>, 'bad-unsent': <uint32 2>, 'window-s': <uint32 30>}",
                  "This computer could not send some packets.",
                  "2 of 30 were not sent in the last 30 s.");
  check_sentence ("{'verdict': <'unknown'>, 'level': <'unknown'>, 'cause': <'no-ping'>,"
                  " 'bad-leg': <'internet'>, 'bad-name': <'1.1.1.1'>, 'bad-lost': <uint32 30>,"
                  " 'window-s': <uint32 30>}",
                  "1.1.1.1 stopped answering ping, but still accepts connections.",
                  "100 % lost to 1.1.1.1 in the last 30 s (30 of 30).");
  check_sentence ("{'verdict': <'vpn'>, 'level': <'bad'>, 'cause': <'loss'>, 'cleared': <true>,"
                  " 'bad-leg': <'vpn'>, 'bad-name': <'VPN'>, 'bad-reply': <uint32 18>,"
                  " 'bad-lost': <uint32 12>, 'window-s': <uint32 30>}",
                  "Your VPN is losing packets.",
                  "40 % lost to VPN in the last 30 s (12 of 30). "
                  "Your local network and your provider are not to blame.");
  check_sentence ("{'verdict': <'internet'>, 'level': <'degraded'>, 'cause': <'loss'>,"
                  " 'family': <'IPv6'>, 'cleared': <true>, 'bad-leg': <'internet'>,"
                  " 'bad-name': <'2001:db8::1'>, 'bad-reply': <uint32 15>, 'bad-lost': <uint32 15>,"
                  " 'window-s': <uint32 30>}",
                  "IPv6: Packets are lost beyond your router.",
                  "50 % lost to 2001:db8::1 in the last 30 s (15 of 30). "
                  "Your local network is not to blame.");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ipc/status/levels-are-words", test_levels_are_words);
  g_test_add_func ("/ipc/status/loss-is-never-rounded-away", test_loss_is_never_rounded_away);
  g_test_add_func ("/ipc/status/rtt-units", test_rtt_units);
  g_test_add_func ("/ipc/status/sentence", test_sentence);
  g_test_add_func ("/ipc/status/sentence-never-guesses", test_sentence_never_guesses);
  g_test_add_func ("/ipc/status/sentence-of-each-cause", test_sentence_of_each_cause);

  return g_test_run ();
}
