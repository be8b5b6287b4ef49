/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib.h>

#include "fuzz/fuzz.h"

static void
replay (gconstpointer path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  LLVMFuzzerTestOneInput ((const uint8_t *) data, size);
}

/* Every input of a corpus once, in builds that have no fuzzer. */
int
main (int argc, char *argv[])
{
  g_autoptr (GDir) folder = NULL;
  const char *name;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_open (argv[1], 0, NULL);
  g_assert_nonnull (folder);

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *title = g_strconcat ("/corpus/", name, NULL);

      g_test_add_data_func_full (title, g_build_filename (argv[1], name, NULL), replay, g_free);
    }

  return g_test_run ();
}
