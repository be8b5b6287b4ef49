/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ctl/number.h"
#include "ctl/time-arg.h"
#include "fuzz/fuzz.h"

#define NOW_MS G_GINT64_CONSTANT (1800000000000)

static void
read_number (const char *text)
{
  g_autoptr (GError) error = NULL;
  guint32 value = 0;
  const PingemNumber number = { "--count", text, 3, 70000, " ms", &value };

  if (pingem_number_parse (&number, &error))
    g_assert_true (value >= number.min && value <= number.max);
  else
    g_assert_true (value == 0 && g_utf8_validate (error->message, -1, NULL));
}

static void
read_time (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GError) error = NULL;
  gint64 ms;

  if (!pingem_time_parse ("--from", text, NOW_MS, utc, &ms, &error))
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  read_number (text);
  read_time (text);

  return 0;
}
