/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ctl/time-arg.h"
#include "ipc/error.h"

#define NOW_MS G_GINT64_CONSTANT (1795176571000)

static void
test_good_times (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("+02:00");
  static const struct {
    const char *text;
    gint64 ms;
  } rows[] = {
    { "now", NOW_MS },
    { "-90s", NOW_MS - 90000 },
    { "-30min", NOW_MS - 1800000 },
    { "-1h", NOW_MS - 3600000 },
    { "-7d", NOW_MS - 604800000 },
    { "1795176571", NOW_MS },
    { "0", 0 },
    { "2026-11-20T12:09:31Z", NOW_MS },
    { "2026-11-20T14:09:31", NOW_MS },
    { "2026-11-20 14:09:31", NOW_MS },
    { "2026-11-20T12:09:31.250Z", NOW_MS + 250 },
    { "2026-11-20T13:09:31+01:00", NOW_MS },
    { "2026-11-20T14:09", NOW_MS - 31000 },
    { "2026-11-20", NOW_MS - (14 * 3600 + 9 * 60 + 31) * 1000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 ms = -1;

      g_assert_true (pingem_time_parse ("--from", rows[i].text, NOW_MS, zone, &ms, &error));
      g_assert_no_error (error);
      g_assert_cmpint (ms, ==, rows[i].ms);
    }
}

static void
test_bad_times (void)
{
  static const char *const rows[] = {
    "",
    "-",
    "-h",
    "-1",
    "-1w",
    "-1 h",
    "--1h",
    "1h",
    "yesterday",
    "99999999999999999999",
    "-99999999999999999999d",
    "2026-13-01",
    "2026-11-20T25:00",
    "12:00",
  };
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 ms = -1;

      g_assert_false (pingem_time_parse ("--from", rows[i], NOW_MS, zone, &ms, &error));
      g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE);
      g_assert_true (g_str_has_prefix (error->message, "--from must be a time like"));
    }
}

static void
test_range (void)
{
  static const struct {
    const char *from;
    const char *to;
    gint64 from_ms;
    gint64 to_ms; /* -1: refused */
  } rows[] = {
    { NULL, NULL, 900000, 1000000 },
    { "-10s", NULL, 990000, 1000000 },
    { NULL, "-50s", 850000, 950000 },
    { "3", "4", 3000, 4000 },
    { "4", "4", 0, -1 },
    { "later", NULL, 0, -1 },
    { NULL, "later", 0, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 from_ms = 0, to_ms = 0;
      gboolean ok = pingem_time_parse_range (rows[i].from, rows[i].to, 1000000, 100000, &from_ms,
                                             &to_ms, &error);

      g_assert_cmpint (ok, ==, rows[i].to_ms >= 0);
      if (!ok)
        {
          g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE);
          continue;
        }

      g_assert_cmpint (from_ms, ==, rows[i].from_ms);
      g_assert_cmpint (to_ms, ==, rows[i].to_ms);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/time-arg/good-times", test_good_times);
  g_test_add_func ("/ctl/time-arg/bad-times", test_bad_times);

  g_test_add_func ("/time-arg/range", test_range);

  return g_test_run ();
}
