/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/way.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "ctl/number.h"
#include "ipc/error.h"

static gboolean
is_own (const PingemAddress *address)
{
  struct ifaddrs *all = NULL;
  gboolean is_found = FALSE;
  PingemAddress own;

  if (getifaddrs (&all) < 0)
    return FALSE;

  for (const struct ifaddrs *i = all; i != NULL && !is_found; i = i->ifa_next)
    is_found = i->ifa_addr != NULL && pingem_address_from_sockaddr (i->ifa_addr, &own) &&
               pingem_address_equal (&own, address);
  freeifaddrs (all);

  return is_found;
}

gboolean
pingem_way_parse (const char *text, PingemTargetSpec *spec, GError **error)
{
  g_autofree char *quoted = pingem_quote (text);
  guint32 ifindex = if_nametoindex (text);
  PingemAddress address;

  if (ifindex != 0)
    {
      spec->ifindex = ifindex;
      return TRUE;
    }
  if (pingem_address_parse (text, &address) && is_own (&address))
    {
      spec->source = address;
      spec->ifindex = address.ifindex;
      return TRUE;
    }

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
               _ ("-I must be an interface or an address of this machine, and %s is neither: "
                  "\"ip address\" lists them"),
               quoted);

  return FALSE;
}
