/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <assert.h>

#include "ctl/seed-line.h"
#include "fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  PingemSeedLine line;

  if (pingem_seed_line_parse (text, &line, &error))
    {
      assert (error == NULL && line.address.family == AF_INET);
      assert (line.count >= 1 && line.count <= PINGEM_LINE_MAX_COUNT);
      assert (line.interval_ms >= 1 && line.interval_ms <= PINGEM_LINE_MAX_INTERVAL_MS);
    }
  else
    assert (g_utf8_validate (error->message, -1, NULL));

  return 0;
}
