/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "monitor/settings.h"

#include <glib/gstdio.h>

#include "ipc/error.h"

static char *
build_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "pingem", "pingem.conf", NULL);
}

static void
write_file (const char *text)
{
  g_autofree char *path = build_path ();
  g_autofree char *folder = g_path_get_dirname (path);

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static char *
read_file (void)
{
  g_autofree char *path = build_path ();
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));

  return text;
}

static PingemSettings *
load (guint n_problems)
{
  g_autoptr (GError) error = NULL;
  PingemSettings *settings = pingem_settings_load (NULL, &error);
  PingemKeyfile *keyfile;

  g_assert_no_error (error);
  keyfile = pingem_settings_get_keyfile (settings);
  pingem_keyfile_report_unknown (keyfile);
  g_assert_cmpuint (keyfile->problems->len, ==, n_problems);

  return settings;
}

static const PingemTargetConfig *
get (GPtrArray *targets, guint i)
{
  return g_ptr_array_index (targets, i);
}

static void
test_defaults (void)
{
  g_autoptr (PingemSettings) settings = load (0);
  GPtrArray *targets = pingem_settings_get_targets (settings);

  g_assert_cmpuint (targets->len, ==, 4);
  g_assert_cmpstr (get (targets, 0)->address, ==, "1.1.1.1");
  g_assert_cmpstr (get (targets, 2)->address, ==, "2606:4700:4700::1111");
  for (guint i = 0; i < targets->len; i++)
    {
      g_assert_cmpstr (get (targets, i)->leg, ==, "internet");
      g_assert_cmpint (pingem_target_config_needs_ipv6 (get (targets, i)), ==, i >= 2);
    }
}

static void
test_save_keeps_comments_and_others (void)
{
  GPtrArray *targets = NULL;
  g_autofree char *text = NULL;

  write_file ("# mine\n[other]\nkey=value\n\n# my friend\n[target 192.0.2.1]\nname=Friend\n"
              "interval=500\n[target gone.example]\n[target a slip]\n");
  {
    g_autoptr (PingemSettings) settings = load (2);

    targets = pingem_settings_get_targets (settings);
    g_assert_cmpuint (targets->len, ==, 2);
    g_assert_cmpuint (get (targets, 0)->interval_ms, ==, 500);
    g_ptr_array_remove_index (targets, 1);
    g_assert_true (pingem_settings_save_targets (settings, targets, NULL));
  }
  text = read_file ();
  g_assert_nonnull (strstr (text, "# mine"));
  g_assert_nonnull (strstr (text, "# my friend"));
  g_assert_nonnull (strstr (text, "key=value"));
  g_assert_null (strstr (text, "gone.example"));
  g_assert_nonnull (strstr (text, "[target a slip]"));
}

static void
test_empty_list_stays_empty (void)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (PingemSettings) settings = load (0);
  g_autoptr (PingemSettings) again = NULL;
  GPtrArray *targets = NULL;

  g_assert_true (pingem_settings_save_targets (settings, none, NULL));
  again = load (0);
  targets = pingem_settings_get_targets (again);
  g_assert_cmpuint (targets->len, ==, 0);
}

static void
test_bad_value_costs_itself_only (void)
{
  g_autoptr (PingemSettings) settings = NULL;
  GPtrArray *targets = NULL;

  write_file ("[target 192.0.2.1]\ninterval=5\nname=Kept\n[target 224.0.0.1]\n[target 192.0.2.2]\n"
              "dscp=many\nname=\xff\n");
  settings = load (4);
  targets = pingem_settings_get_targets (settings);
  g_assert_cmpuint (targets->len, ==, 2);
  g_assert_cmpstr (get (targets, 0)->name, ==, "Kept");
  g_assert_cmpuint (get (targets, 0)->interval_ms, ==, 1000);
}

/* What cannot be read is not thrown away when we first write. */
static void
test_damaged_file_is_set_aside (void)
{
  g_autofree char *path = build_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (PingemSettings) settings = NULL;
  GPtrArray *targets = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;
  gboolean found = FALSE;

  write_file ("this is no keyfile\n");
  settings = load (1);
  targets = pingem_settings_get_targets (settings);
  g_assert_cmpuint (targets->len, ==, 4);
  g_assert_true (pingem_settings_save_targets (settings, targets, NULL));

  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "pingem.conf.damaged-"))
      {
        g_autofree char *aside = g_build_filename (folder, name, NULL);
        g_autofree char *text = NULL;

        g_assert_true (g_file_get_contents (aside, &text, NULL, NULL));
        g_assert_cmpstr (text, ==, "this is no keyfile\n");
        found = TRUE;
      }
  g_assert_true (found);
}

static void
test_given_file_is_never_rewritten (void)
{
  g_autofree char *path = build_path ();
  GPtrArray *targets = NULL;
  g_autoptr (PingemSettings) settings = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (pingem_settings_load ("/no/such/file", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);

  write_file ("[target 192.0.2.1]\n");
  settings = pingem_settings_load (path, &error);
  g_assert_no_error (error);
  targets = pingem_settings_get_targets (settings);
  g_assert_false (pingem_settings_save_targets (settings, targets, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE);
}

static void
set (PingemSettings *settings, const char *changes_text, const char *expected)
{
  g_autoptr (GVariant) changes =
      g_variant_parse (G_VARIANT_TYPE ("a{sv}"), changes_text, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;

  if (pingem_settings_set (settings, changes, &error))
    g_assert_null (expected);
  else
    {
      g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE);
      g_assert_cmpstr (error->message, ==, expected);
    }
}

static void
test_keep_days (void)
{
  g_autofree char *text = NULL;

  write_file ("# mine\n[target 192.0.2.1]\n# for long\n[history]\nkeep-days=90\nother=1\n");
  {
    g_autoptr (PingemSettings) settings = load (1);

    g_assert_cmpuint (pingem_settings_get_preferences (settings)->keep_days, ==, 90);
    set (settings, "{'keep-days': <uint32 0>}", "keep-days must be 1 to 365");
    set (settings, "{'keep-days': <uint32 366>}", "keep-days must be 1 to 365");
    set (settings, "{'keep-days': <'7'>}", "keep-days must be 1 to 365");
    set (settings, "{'keep-days': <uint32 7>, 'colour': <'red'>}",
         "There is no setting “colour”: there are keep-days, degraded-percent, bad-percent, "
         "notify, notify-after-s, tray-monochrome, tray-label");
    g_assert_cmpuint (pingem_settings_get_preferences (settings)->keep_days, ==, 90);
    set (settings, "{}", NULL);
    set (settings, "{'keep-days': <uint32 7>}", NULL);
    g_assert_cmpuint (pingem_settings_get_preferences (settings)->keep_days, ==, 7);
  }
  {
    g_autoptr (PingemSettings) again = load (1);

    g_assert_cmpuint (pingem_settings_get_preferences (again)->keep_days, ==, 7);
    g_assert_cmpuint (pingem_settings_get_targets (again)->len, ==, 1);
  }
  text = read_file ();
  g_assert_cmpstr (text, ==,
                   "# mine\n\n[target 192.0.2.1]\n# for long\n\n[history]\nkeep-days=7\nother=1\n");
}

static void
test_keep_days_without_and_with_a_slip (void)
{
  static const char *const texts[] = { "", "[history]\n", "[history]\nkeep-days=0\n",
                                       "[history]\nkeep-days=400\n",
                                       "[history]\nkeep-days=a week\n" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (PingemSettings) settings = NULL;

      write_file (texts[i]);
      settings = load (i < 2 ? 0 : 1);
      g_assert_cmpuint (pingem_settings_get_preferences (settings)->keep_days, ==, 30);
    }
}

static void
test_preferences (void)
{
  const PingemPreferences *preferences;
  g_autofree char *text = NULL;

  write_file ("[thresholds]\nbad-percent=20\n[notifications]\nnotify=false\n");
  {
    g_autoptr (PingemSettings) settings = load (0);

    preferences = pingem_settings_get_preferences (settings);
    g_assert_cmpfloat (preferences->thresholds.degraded, ==, 0.02);
    g_assert_cmpfloat (preferences->thresholds.bad, ==, 0.2);
    g_assert_false (preferences->notify);
    set (settings, "{'degraded-percent': <21.0>}",
         "degraded-percent must not be above bad-percent");
    set (settings, "{'degraded-percent': <0.0>}", "degraded-percent must be 0.1 to 100");
    set (settings, "{'bad-percent': <uint32 5>}", "bad-percent must be 0.1 to 100");
    set (settings, "{'notify': <'yes'>}", "notify must be true or false");
    set (settings, "{'notify-after-s': <uint32 0>}", "notify-after-s must be 1 to 3600");
    set (settings,
         "{'degraded-percent': <2.5>, 'notify': <true>, 'notify-after-s': <uint32 9>, "
         "'tray-monochrome': <true>, 'tray-label': <true>}",
         NULL);
  }
  {
    g_autoptr (PingemSettings) again = load (0);

    preferences = pingem_settings_get_preferences (again);
    g_assert_cmpfloat (preferences->thresholds.degraded, ==, 0.025);
    g_assert_true (preferences->notify);
    g_assert_cmpuint (preferences->notify_after_s, ==, 9);
    g_assert_true (preferences->tray_monochrome);
    g_assert_true (preferences->tray_label);
  }
  text = read_file ();
  g_assert_cmpstr (text, ==,
                   "[thresholds]\nbad-percent=20\ndegraded-percent=2.5\n\n[notifications]\n"
                   "notify=true\nnotify-after-s=9\n\n[tray]\ntray-monochrome=true\n"
                   "tray-label=true\n");
}

static void
test_thresholds_with_slips (void)
{
  static const char *const texts[] = { "[thresholds]\nbad-percent=-1\n",
                                       "[thresholds]\nbad-percent=nan\n",
                                       "[thresholds]\nbad-percent=much\n",
                                       "[thresholds]\nbad-percent=1\n",
                                       "[tray]\ntray-label=maybe\n" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (PingemSettings) settings = NULL;

      write_file (texts[i]);
      settings = load (1);
      g_assert_cmpfloat (pingem_settings_get_preferences (settings)->thresholds.bad, ==, 0.1);
    }
}

static void
test_given_settings_are_never_rewritten (void)
{
  g_autofree char *path = build_path ();
  g_autofree char *expected = NULL;
  g_autofree char *text = NULL;
  g_autoptr (PingemSettings) settings = NULL;

  write_file ("[history]\nkeep-days=90\n");
  settings = pingem_settings_load (path, NULL);
  expected = g_strdup_printf (
      "The settings stand in %s, which is never rewritten: change them there", path);
  set (settings, "{'keep-days': <uint32 7>}", expected);
  g_assert_cmpuint (pingem_settings_get_preferences (settings)->keep_days, ==, 90);
  text = read_file ();
  g_assert_cmpstr (text, ==, "[history]\nkeep-days=90\n");
}

static const char *
get_problem (PingemSettings *settings, guint i)
{
  const char *problem = pingem_settings_get_keyfile (settings)->problems->pdata[i];

  g_assert_true (g_str_has_prefix (problem, pingem_settings_get_path (settings)));

  return problem + strlen (pingem_settings_get_path (settings));
}

static void
test_problems_have_lines (void)
{
  g_autoptr (PingemSettings) settings = NULL;

  write_file ("# mine\n[target 192.0.2.1]\n  interval = 5\ncolour=red\n\n[target 224.0.0.1]\n"
              "[history]\nkeep-days=many\n[oops]\na=1\n[target 192.0.2.2]\ntimeout=-1\n"
              "[target again]\naddress=192.0.2.2\n");
  settings = load (7);
  g_assert_cmpstr (get_problem (settings, 0), ==,
                   ":3: [target 192.0.2.1] interval-ms must be 100 to 3600000");
  g_assert_nonnull (strstr (get_problem (settings, 1), ":6: [target 224.0.0.1] "));
  g_assert_cmpstr (get_problem (settings, 2), ==,
                   ":12: [target 192.0.2.2] timeout must be 0 to 2147483647, not “-1”");
  g_assert_cmpstr (get_problem (settings, 3), ==,
                   ":14: [target again] 192.0.2.2 is a target already");
  g_assert_nonnull (strstr (get_problem (settings, 4), ":8: [history] "));
  g_assert_cmpstr (get_problem (settings, 5), ==,
                   ":4: [target 192.0.2.1] “colour” is no key of this group");
  g_assert_cmpstr (get_problem (settings, 6), ==, ":9: [oops] there is no such group");
  g_assert_cmpuint (pingem_settings_get_targets (settings)->len, ==, 2);
}

/* A group's name holds no brackets. */
static void
test_checks_are_kept (void)
{
  static const char *const addresses[] = { "tcp://[2001:db8::1]:443", "udp://192.0.2.1",
                                           "echo://box:9", "192.0.2.1" };
  g_autoptr (GPtrArray) configs =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_target_config_free);

  write_file ("");
  {
    g_autoptr (PingemSettings) settings = load (0);

    for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
      g_ptr_array_add (configs, pingem_target_config_new (addresses[i]));
    g_assert_true (pingem_settings_save_targets (settings, configs, NULL));
    /* Twice writes no second group. */
    g_assert_true (pingem_settings_save_targets (settings, configs, NULL));
  }
  {
    g_autoptr (PingemSettings) again = load (0);
    GPtrArray *targets = pingem_settings_get_targets (again);

    g_assert_cmpuint (targets->len, ==, G_N_ELEMENTS (addresses));
    for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
      g_assert_cmpstr (get (targets, i)->address, ==, addresses[i]);
    g_assert_cmpuint (get (targets, 0)->where.port, ==, 443);
    g_assert_cmpstr (get (targets, 0)->where.host, ==, "2001:db8::1");

    g_ptr_array_remove_index (configs, 0);
    g_assert_true (pingem_settings_save_targets (again, configs, NULL));
  }
  {
    g_autoptr (PingemSettings) last = load (0);

    g_assert_cmpuint (pingem_settings_get_targets (last)->len, ==, 3);
  }
}

static void
test_peer_is_checked_by_all (void)
{
  g_autoptr (PingemSettings) settings = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *targets;

  write_file ("[target 192.0.2.9]\nleg=call\n");
  settings = load (0);
  targets = pingem_settings_get_targets (settings);
  g_assert_true (pingem_settings_add_peer (settings, "192.0.2.9:8862", NULL));
  g_assert_true (pingem_settings_add_peer (settings, "192.0.2.9:8862", NULL));
  g_assert_cmpuint (targets->len, ==, 3);
  g_assert_cmpstr (get (targets, 0)->leg, ==, "call");
  g_assert_cmpstr (get (targets, 1)->address, ==, "udp://192.0.2.9:8862");
  g_assert_cmpstr (get (targets, 1)->leg, ==, "other");
  g_assert_cmpstr (get (targets, 2)->address, ==, "echo://192.0.2.9");

  g_assert_false (pingem_settings_add_peer (settings, "224.0.0.1", &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/monitor/settings/defaults", test_defaults);
  g_test_add_func ("/monitor/settings/save-keeps-comments-and-others",
                   test_save_keeps_comments_and_others);
  g_test_add_func ("/monitor/settings/empty-list-stays-empty", test_empty_list_stays_empty);
  g_test_add_func ("/monitor/settings/bad-value-costs-itself-only",
                   test_bad_value_costs_itself_only);
  g_test_add_func ("/monitor/settings/damaged-file-is-set-aside", test_damaged_file_is_set_aside);
  g_test_add_func ("/monitor/settings/given-file-is-never-rewritten",
                   test_given_file_is_never_rewritten);
  g_test_add_func ("/monitor/settings/keep-days", test_keep_days);
  g_test_add_func ("/monitor/settings/keep-days-without-and-with-a-slip",
                   test_keep_days_without_and_with_a_slip);
  g_test_add_func ("/monitor/settings/preferences", test_preferences);
  g_test_add_func ("/monitor/settings/thresholds-with-slips", test_thresholds_with_slips);
  g_test_add_func ("/monitor/settings/given-settings-are-never-rewritten",
                   test_given_settings_are_never_rewritten);
  g_test_add_func ("/monitor/settings/problems-have-lines", test_problems_have_lines);
  g_test_add_func ("/monitor/settings/checks-are-kept", test_checks_are_kept);
  g_test_add_func ("/monitor/settings/peer-is-checked-by-all", test_peer_is_checked_by_all);

  return g_test_run ();
}
