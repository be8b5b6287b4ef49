/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "window/autostart.h"

#include <string.h>

#include <glib/gstdio.h>

#include "ipc/names.h"

#define NAME PINGEM_TRAY_NAME ".desktop"

static char *
build_path (const char *folder)
{
  return g_build_filename (folder, "autostart", NAME, NULL);
}

static void
write_entry (const char *folder, const char *text)
{
  g_autofree char *path = build_path (folder);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static char *
read_own (void)
{
  g_autofree char *path = build_path (g_get_user_config_dir ());
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));

  return text;
}

static void
install (void)
{
  write_entry (
      g_get_system_config_dirs ()[0],
      "[Desktop Entry]\nType=Application\nName=Pingem\nName[de]=Pingem\nExec=/x/pingem-tray\n");
}

static void
test_nothing_is_installed (void)
{
  g_autofree char *text = NULL;

  g_assert_false (pingem_autostart_get ());
  g_assert_true (pingem_autostart_set (TRUE, NULL));
  g_assert_true (pingem_autostart_get ());
  text = read_own ();
  g_assert_nonnull (strstr (text, "Exec=/"));
  g_assert_nonnull (strstr (text, "Type=Application\n"));
}

static void
test_installed (void)
{
  g_autofree char *text = NULL;

  install ();
  g_assert_true (pingem_autostart_get ());
  g_assert_true (pingem_autostart_set (FALSE, NULL));
  g_assert_false (pingem_autostart_get ());
  text = read_own ();
  g_assert_nonnull (strstr (text, "Exec=/x/pingem-tray\n"));
  g_assert_nonnull (strstr (text, "Name[de]=Pingem\n"));
  g_assert_nonnull (strstr (text, "Hidden=true\n"));
  g_assert_true (pingem_autostart_set (TRUE, NULL));
  g_assert_true (pingem_autostart_get ());
}

static void
test_what_other_tools_wrote (void)
{
  g_autofree char *text = NULL;

  install ();
  write_entry (g_get_user_config_dir (),
               "# mine\n[Desktop Entry]\nType=Application\nName=P\n"
               "Exec=/y --z\nX-GNOME-Autostart-enabled=false\nX-Mine=1\n");
  g_assert_false (pingem_autostart_get ());
  g_assert_true (pingem_autostart_set (TRUE, NULL));
  g_assert_true (pingem_autostart_get ());
  text = read_own ();
  g_assert_cmpstr (text, ==,
                   "# mine\n\n[Desktop Entry]\nType=Application\nName=P\nExec=/y --z\n"
                   "X-Mine=1\nHidden=false\n");
}

static void
test_what_cannot_be_written (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "autostart", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_config_dir (), 0700), ==, 0);
  g_assert_true (g_file_set_contents (folder, "no folder", -1, NULL));
  g_assert_false (pingem_autostart_set (TRUE, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/window/autostart/nothing-is-installed", test_nothing_is_installed);
  g_test_add_func ("/window/autostart/installed", test_installed);
  g_test_add_func ("/window/autostart/what-other-tools-wrote", test_what_other_tools_wrote);
  g_test_add_func ("/window/autostart/what-cannot-be-written", test_what_cannot_be_written);

  return g_test_run ();
}
