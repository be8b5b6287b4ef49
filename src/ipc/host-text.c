/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/host-text.h"

#include <string.h>

#include "engine/address.h"
#include "ipc/error.h"

/* RFC 1123 section 2.1: labels of letters, digits and hyphens; an underscore is seen in the wild.
 */
static gboolean
is_host_name (const char *text)
{
  g_auto (GStrv) labels = g_strsplit (text, ".", -1);
  guint n = g_strv_length (labels);

  if (n > 1 && *labels[n - 1] == '\0')
    n--;
  if (n == 0 || strlen (text) > 253 ||
      strspn (labels[n - 1], "0123456789") == strlen (labels[n - 1]))
    return FALSE;

  for (guint i = 0; i < n; i++)
    {
      gsize length = strlen (labels[i]);

      if (length == 0 || length > 63 || labels[i][0] == '-' || labels[i][length - 1] == '-' ||
          strspn (labels[i], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") !=
              length)
        return FALSE;
    }

  return TRUE;
}

gboolean
pingem_host_check (const char *text, GError **error)
{
  PingemAddress address;
  const char *refusal = NULL;

  if (pingem_address_parse (text, &address))
    refusal = pingem_address_refusal (&address);
  else if (!is_host_name (text))
    refusal = "neither an IP address nor a host name";

  if (refusal != NULL)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS, "“%s” cannot be probed: it is %s",
                 text, refusal);

  return refusal == NULL;
}
