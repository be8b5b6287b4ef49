/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/way.h"

#include <net/if.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "ctl/number.h"
#include "ipc/error.h"

/* What the kernel would send from: also of a whole network that is the machine's own. */
static gboolean
is_own (const PingemAddress *address)
{
  struct sockaddr_storage sa;
  socklen_t size = pingem_address_to_sockaddr (address, &sa);
  int fd = socket (sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  gboolean is_own = fd >= 0 && bind (fd, (struct sockaddr *) &sa, size) == 0;

  if (fd >= 0)
    close (fd);

  return is_own;
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
