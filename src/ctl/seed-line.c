/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/seed-line.h"

#include <glib/gi18n-lib.h>

#include "ctl/number.h"
#include "ipc/error.h"

#define N_FIELDS 3

static gboolean
parse_address (const char *text, PingemAddress *ret_address, GError **error)
{
  g_autofree char *quoted = pingem_quote (text);
  const char *refusal;

  if (!pingem_address_parse (text, ret_address))
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS, _ ("%s is not an IPv4 address"),
                 quoted);
  else if (ret_address->family != AF_INET)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS,
                 _ ("%s is an IPv6 address, which goes only with: pingemctl ping HOST"), quoted);
  else if ((refusal = pingem_address_refusal (ret_address)) != NULL)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS, _ ("%s cannot be probed: it is %s"),
                 quoted, refusal);
  else
    return TRUE;

  return FALSE;
}

gboolean
pingem_seed_line_parse (const char *text, PingemSeedLine *ret_line, GError **error)
{
  g_auto (GStrv) fields = g_strsplit (text, ",", -1);
  PingemSeedLine line;

  if (g_strv_length (fields) != N_FIELDS)
    {
      g_autofree char *quoted = pingem_quote (text);

      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                   _ ("expected IPv4,count,interval_ms, not %s"), quoted);
      return FALSE;
    }

  const PingemNumber numbers[] = {
    { "count", g_strstrip (fields[1]), 1, PINGEM_LINE_MAX_COUNT, "", &line.count },
    { "interval", g_strstrip (fields[2]), 1, PINGEM_LINE_MAX_INTERVAL_MS, " ms",
      &line.interval_ms },
  };

  if (!parse_address (g_strstrip (fields[0]), &line.address, error) ||
      !pingem_numbers_parse (numbers, G_N_ELEMENTS (numbers), error))
    return FALSE;

  *ret_line = line;

  return TRUE;
}
