/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <assert.h>

#include "fuzz/fuzz.h"
#include "ipc/probe-line.h"

/* What is a line is written as one that says the same. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GString) written = g_string_new (NULL);
  g_autoptr (GString) again = g_string_new (NULL);
  PingemRecord record;

  if (!pingem_probe_line_parse (text, &record))
    return 0;

  pingem_probe_line_append (written, &record);
  g_string_append_len (again, written->str, (gssize) written->len - 1);
  assert (pingem_probe_line_parse (again->str, &record));
  g_string_truncate (again, 0);
  pingem_probe_line_append (again, &record);
  assert (g_string_equal (written, again));

  return 0;
}
