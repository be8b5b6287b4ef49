/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/time-arg.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "ctl/number.h"
#include "ipc/error.h"

/* Beyond this no history reaches, and no multiplication overflows. */
#define MAX_UNITS G_GUINT64_CONSTANT (10000000000)

/* "-30min": so many units before now. */
static gboolean
parse_relative (const char *text, gint64 now_ms, gint64 *ret_ms)
{
  static const struct {
    const char *unit;
    gint64 ms;
  } units[] = {
    { "s", 1000 },
    { "min", 60000 },
    { "h", 3600000 },
    { "d", 86400000 },
  };
  gsize n_digits = *text == '-' ? strspn (text + 1, "0123456789") : 0;
  g_autofree char *digits = NULL;
  guint64 n;

  if (n_digits == 0)
    return FALSE;

  digits = g_strndup (text + 1, n_digits);
  if (!g_ascii_string_to_unsigned (digits, 10, 0, MAX_UNITS, &n, NULL))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_equal (text + 1 + n_digits, units[i].unit))
      {
        *ret_ms = now_ms - (gint64) n * units[i].ms;
        return TRUE;
      }

  return FALSE;
}

static gboolean
parse_unix (const char *text, gint64 *ret_ms)
{
  guint64 seconds;

  if (!g_ascii_string_to_unsigned (text, 10, 0, MAX_UNITS, &seconds, NULL))
    return FALSE;

  *ret_ms = (gint64) seconds * 1000;

  return TRUE;
}

/* GLib wants seconds, people often leave them out, or the time altogether. */
static gboolean
parse_iso (const char *text, GTimeZone *local, gint64 *ret_ms)
{
  static const char *const endings[] = { "", ":00", "T00:00:00" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *full = g_strconcat (text, endings[i], NULL);
      g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (full, local);

      if (time != NULL)
        {
          *ret_ms = g_date_time_to_unix (time) * 1000 + g_date_time_get_microsecond (time) / 1000;
          return TRUE;
        }
    }

  return FALSE;
}

gboolean
pingem_time_parse (const char *name,
                   const char *text,
                   gint64 now_ms,
                   GTimeZone *local,
                   gint64 *ret_ms,
                   GError **error)
{
  g_autofree char *quoted = NULL;

  if (g_str_equal (text, "now"))
    {
      *ret_ms = now_ms;
      return TRUE;
    }
  if (parse_relative (text, now_ms, ret_ms) || parse_unix (text, ret_ms) ||
      parse_iso (text, local, ret_ms))
    return TRUE;

  quoted = pingem_quote (text);
  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
               _ ("%s must be a time like -30min, -1h, -7d, 2026-11-20T14:05 or Unix seconds, "
                  "not %s"),
               name, quoted);

  return FALSE;
}

gboolean
pingem_time_parse_range (const char *from,
                         const char *to,
                         gint64 now_ms,
                         gint64 span_ms,
                         gint64 *ret_from_ms,
                         gint64 *ret_to_ms,
                         GError **error)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();

  *ret_to_ms = now_ms;
  if (to != NULL && !pingem_time_parse ("--to", to, now_ms, local, ret_to_ms, error))
    return FALSE;

  *ret_from_ms = *ret_to_ms - span_ms;
  if (from != NULL && !pingem_time_parse ("--from", from, now_ms, local, ret_from_ms, error))
    return FALSE;
  if (*ret_from_ms < *ret_to_ms)
    return TRUE;

  g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                       _ ("--from must be before --to, which is now where it is not given"));

  return FALSE;
}

char *
pingem_time_format (gint64 ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;

  return local != NULL ? g_date_time_format (local, "%F %T") : g_strdup ("–");
}
