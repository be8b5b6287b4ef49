/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
parse_scope (const char *text, uint32_t *ret_ifindex)
{
  char *end;
  unsigned long n = strtoul (text, &end, 10);

  if (*text >= '0' && *text <= '9' && *end == '\0')
    *ret_ifindex = n <= INT32_MAX ? n : 0;
  else
    *ret_ifindex = if_nametoindex (text);

  return *ret_ifindex != 0;
}

bool
pingem_address_parse (const char *text, PingemAddress *ret_address)
{
  PingemAddress address = { 0 };
  const char *scope = strchr (text, '%');
  char host[INET6_ADDRSTRLEN];

  if (scope == NULL && inet_pton (AF_INET, text, address.bytes) == 1)
    {
      address.family = AF_INET;
      *ret_address = address;
      return true;
    }

  if (scope == NULL)
    scope = text + strlen (text);
  if ((size_t) (scope - text) >= sizeof host)
    return false;

  memcpy (host, text, scope - text);
  host[scope - text] = '\0';

  if (inet_pton (AF_INET6, host, address.bytes) != 1)
    return false;
  if (*scope == '%' && !parse_scope (scope + 1, &address.ifindex))
    return false;

  address.family = AF_INET6;
  *ret_address = address;

  return true;
}

bool
pingem_address_from_bytes (const uint8_t *bytes,
                           size_t n_bytes,
                           uint32_t ifindex,
                           PingemAddress *ret_address)
{
  PingemAddress address = { .ifindex = ifindex, .family = n_bytes == 4 ? AF_INET : AF_INET6 };

  if (n_bytes != 4 && n_bytes != 16)
    return false;

  memcpy (address.bytes, bytes, n_bytes);
  *ret_address = address;

  return true;
}

bool
pingem_address_from_sockaddr (const struct sockaddr *sa, PingemAddress *ret_address)
{
  const struct sockaddr_in *in = (const void *) sa;
  const struct sockaddr_in6 *in6 = (const void *) sa;

  if (sa->sa_family == AF_INET)
    return pingem_address_from_bytes ((const uint8_t *) &in->sin_addr, 4, 0, ret_address);
  if (sa->sa_family == AF_INET6)
    return pingem_address_from_bytes (in6->sin6_addr.s6_addr, 16, in6->sin6_scope_id, ret_address);

  return false;
}

socklen_t
pingem_address_to_sockaddr (const PingemAddress *address, struct sockaddr_storage *ret_sa)
{
  struct sockaddr_in *in = (void *) ret_sa;
  struct sockaddr_in6 *in6 = (void *) ret_sa;

  memset (ret_sa, 0, sizeof *ret_sa);
  ret_sa->ss_family = address->family;

  if (address->family == AF_INET)
    {
      memcpy (&in->sin_addr, address->bytes, 4);
      return sizeof *in;
    }

  memcpy (&in6->sin6_addr, address->bytes, 16);
  in6->sin6_scope_id = address->ifindex;

  return sizeof *in6;
}

size_t
pingem_address_n_bytes (const PingemAddress *address)
{
  return address->family == AF_INET ? 4 : address->family == AF_INET6 ? 16 : 0;
}

const char *
pingem_address_format (const PingemAddress *address, char buffer[static PINGEM_ADDRESS_STRLEN])
{
  buffer[0] = '\0';

  if (address->family == 0 ||
      inet_ntop (address->family, address->bytes, buffer, PINGEM_ADDRESS_STRLEN) == NULL)
    return buffer;

  if (address->ifindex != 0)
    {
      size_t length = strlen (buffer);

      snprintf (buffer + length, PINGEM_ADDRESS_STRLEN - length, "%%%u", address->ifindex);
    }

  return buffer;
}

bool
pingem_address_equal (const PingemAddress *a, const PingemAddress *b)
{
  return memcmp (a, b, sizeof *a) == 0;
}

static const char *
refuse_ipv4 (const uint8_t *bytes)
{
  if (bytes[0] == 0)
    return "not a host (0.0.0.0/8)";
  if (bytes[0] >= 224 && bytes[0] < 240)
    return "a multicast address";
  if (bytes[0] == 255 && bytes[1] == 255 && bytes[2] == 255 && bytes[3] == 255)
    return "the broadcast address";
  if (bytes[0] >= 240)
    return "a reserved address (240.0.0.0/4)";

  return NULL;
}

static const char *
refuse_ipv6 (const struct in6_addr *in6, uint32_t ifindex)
{
  if (IN6_IS_ADDR_MULTICAST (in6))
    return "a multicast address";
  if (IN6_IS_ADDR_UNSPECIFIED (in6))
    return "not a host (::)";
  if (IN6_IS_ADDR_V4MAPPED (in6) || IN6_IS_ADDR_V4COMPAT (in6))
    return "an IPv4 address written as IPv6";
  if (IN6_IS_ADDR_SITELOCAL (in6))
    return "a site-local address, which no longer exists (RFC 3879)";
  if (IN6_IS_ADDR_LINKLOCAL (in6) && ifindex == 0)
    return "a link-local address without its interface (write fe80::1%eth0)";

  return NULL;
}

const char *
pingem_address_refusal (const PingemAddress *address)
{
  struct in6_addr in6;

  if (address->family == AF_INET)
    return refuse_ipv4 (address->bytes);
  if (address->family != AF_INET6)
    return "no address";

  memcpy (&in6, address->bytes, sizeof in6);

  return refuse_ipv6 (&in6, address->ifindex);
}
