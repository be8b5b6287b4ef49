/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tray/menu.h"

static GVariant *
parse (const char *type, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE (type), text, NULL, NULL, &error);

  g_assert_no_error (error);

  return value;
}

static PingemMenu *
build_menu (const char *status_text, const char *targets_text, const char *problem)
{
  g_autoptr (GVariant) status = parse ("a{sv}", status_text);
  g_autoptr (GVariant) targets = parse ("aa{sv}", targets_text);

  return pingem_menu_new (status, targets, problem);
}

static void
check_lines (char **lines, const char *expected)
{
  g_autofree char *joined = g_strjoinv ("\n", lines);

  g_assert_cmpstr (joined, ==, expected);
}

static void
test_legs (void)
{
  g_autoptr (PingemMenu) menu = build_menu (
      "{'verdict': <'ok'>, 'level': <'good'>}",
      "[{'key': <'router'>, 'leg': <'router'>, 'name': <'192.168.1.1'>, 'due': <uint32 30>,"
      "  'lost': <uint32 0>, 'unsent': <uint32 0>, 'error': <uint32 0>, 'rtt-us': <uint32 1200>},"
      " {'key': <'router6'>, 'leg': <'router'>, 'name': <'IPv6 router'>, 'due': <uint32 0>},"
      " {'key': <'1.1.1.1'>, 'leg': <'internet'>, 'name': <'1.1.1.1'>, 'due': <uint32 30>,"
      "  'lost': <uint32 1>, 'unsent': <uint32 1>, 'error': <uint32 1>, 'rtt-us': <uint32 812>},"
      " {'key': <'10.0.0.9'>, 'leg': <'call'>, 'name': <''>, 'due': <uint32 3>,"
      "  'lost': <uint32 3>, 'unsent': <uint32 0>, 'error': <uint32 0>},"
      " {'key': <'a.example'>, 'leg': <'other'>, 'name': <'Office'>, 'due': <uint32 0>}]",
      NULL);

  g_assert_true (menu->is_running);
  g_assert_cmpint (menu->level, ==, PINGEM_LEVEL_GOOD);
  check_lines (menu->legs, "Router — 0 % · 1.2 ms\n"
                           "Router (IPv6 router)\n"
                           "Internet (1.1.1.1) — 10 % · 812 µs\n"
                           "Call (10.0.0.9) — 100 % · –\n"
                           "Other (Office)");
}

static void
test_problem_of_a_target (void)
{
  g_autoptr (PingemMenu) menu =
      build_menu ("{'verdict': <'ok'>, 'level': <'good'>}",
                  "[{'key': <'no.example'>, 'leg': <'call'>, 'name': <'no.example'>,"
                  "  'problem': <'There is no host of this name.'>}]",
                  NULL);

  check_lines (menu->legs, "Call (no.example) — There is no host of this name.");
}

static void
test_sentence_and_notes (void)
{
  g_autoptr (PingemMenu) menu =
      build_menu ("{'verdict': <'local'>, 'level': <'degraded'>, 'bad-leg': <'router'>,"
                  " 'bad-name': <'Router'>, 'bad-reply': <uint32 141>, 'bad-lost': <uint32 9>,"
                  " 'window-s': <uint32 30>, 'problems': <['The history was damaged.']>}",
                  "[]", "The window cannot be opened.");
  g_autofree char *description = pingem_menu_describe (menu);

  g_assert_cmpstr (menu->title, ==, "Your local network is losing packets.");
  g_assert_cmpstr (description, ==, "Degraded: Your local network is losing packets.");
  check_lines (menu->notes, "6.0 % lost to Router in the last 30 s (9 of 150).\n"
                            "The history was damaged.\n"
                            "The window cannot be opened.");
  check_lines (menu->legs, "");
}

static void
test_no_monitor (void)
{
  g_autoptr (PingemMenu) menu = pingem_menu_new (NULL, NULL, "It cannot be started.");

  g_assert_false (menu->is_running);
  g_assert_cmpint (menu->level, ==, PINGEM_LEVEL_UNKNOWN);
  g_assert_cmpstr (menu->title, ==, "The monitor is not running.");
  check_lines (menu->notes, "It cannot be started.");
  check_lines (menu->legs, "");
}

/* What a newer or a broken monitor may send. */
static void
test_strange_values (void)
{
  g_autoptr (PingemMenu) menu = build_menu ("{'verdict': <uint32 1>, 'problems': <'text'>}",
                                            "[{}, {'leg': <'moon'>, 'name': <'Rover'>}]", NULL);

  g_assert_true (menu->is_running);
  g_assert_cmpint (menu->level, ==, PINGEM_LEVEL_UNKNOWN);
  check_lines (menu->notes, "");
  check_lines (menu->legs, "Other\n"
                           "moon (Rover)");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tray/menu/legs", test_legs);
  g_test_add_func ("/tray/menu/problem-of-a-target", test_problem_of_a_target);
  g_test_add_func ("/tray/menu/sentence-and-notes", test_sentence_and_notes);
  g_test_add_func ("/tray/menu/no-monitor", test_no_monitor);
  g_test_add_func ("/tray/menu/strange-values", test_strange_values);

  return g_test_run ();
}
