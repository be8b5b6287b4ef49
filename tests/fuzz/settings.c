/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "monitor/settings.h"

#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "monitor/history.h"

static void
check_targets (PingemSettings *settings)
{
  GPtrArray *targets = pingem_settings_get_targets (settings);

  for (guint i = 0; i < targets->len; i++)
    {
      const PingemTargetConfig *config = g_ptr_array_index (targets, i);

      g_autofree char *address = pingem_target_config_check_address (config->address, NULL);

      g_assert_cmpstr (address, ==, config->address);
      g_assert_true (config->name == NULL || g_utf8_validate (config->name, -1, NULL));
      g_assert_cmpuint (config->interval_ms, >, 0);
    }
}

static void
check_preferences (const PingemPreferences *preferences)
{
  g_assert_cmpuint (preferences->keep_days, >, 0);
  g_assert_cmpuint (preferences->keep_days, <=, PINGEM_HISTORY_ROLLUP_DAYS);
  g_assert_cmpuint (preferences->notify_after_s, >, 0);
  g_assert_cmpfloat (preferences->thresholds.degraded, >, 0);
  g_assert_cmpfloat (preferences->thresholds.degraded, <=, preferences->thresholds.bad);
  g_assert_cmpfloat (preferences->thresholds.bad, <=, 1);
}

static void
check_problems (PingemKeyfile *keyfile)
{
  pingem_keyfile_report_unknown (keyfile);

  for (guint i = 0; i < keyfile->problems->len; i++)
    g_assert_true (g_utf8_validate (keyfile->problems->pdata[i], -1, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  int fd = memfd_create ("settings", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autoptr (GError) error = NULL;
  g_autoptr (PingemSettings) settings = NULL;

  g_assert_cmpint (write (fd, data, size), ==, size);
  settings = pingem_settings_load (path, &error);

  if (settings != NULL)
    {
      check_targets (settings);
      check_preferences (pingem_settings_get_preferences (settings));
      check_problems (pingem_settings_get_keyfile (settings));
    }
  else
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  close (fd);

  return 0;
}
