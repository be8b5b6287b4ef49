/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/mask.h"

#include <string.h>

#include "engine/address.h"

/* RFC 1918, RFC 6598, RFC 3927, loopback; RFC 4193, RFC 4291 */
static const struct {
  guint32 family;
  guint8 bytes[2];
  guint8 mask[2];
} own[] = {
  { AF_INET, { 10, 0 }, { 255, 0 } },      { AF_INET, { 172, 16 }, { 255, 240 } },
  { AF_INET, { 192, 168 }, { 255, 255 } }, { AF_INET, { 100, 64 }, { 255, 192 } },
  { AF_INET, { 169, 254 }, { 255, 255 } }, { AF_INET, { 127, 0 }, { 255, 0 } },
  { AF_INET6, { 0xfc, 0 }, { 0xfe, 0 } },  { AF_INET6, { 0xfe, 0x80 }, { 0xff, 0xc0 } },
};

static gboolean
is_loopback (const PingemAddress *address)
{
  static const guint8 loopback[16] = { [15] = 1 };

  return address->family == AF_INET6 && memcmp (address->bytes, loopback, sizeof loopback) == 0;
}

gboolean
pingem_address_is_own (const char *text)
{
  PingemAddress address;

  if (!pingem_address_parse (text, &address))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    if (address.family == own[i].family && (address.bytes[0] & own[i].mask[0]) == own[i].bytes[0] &&
        (address.bytes[1] & own[i].mask[1]) == own[i].bytes[1])
      return TRUE;

  return is_loopback (&address);
}
