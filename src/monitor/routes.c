/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/routes.h"

#include <errno.h>

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

/* A dump that the kernel changed meanwhile is asked for again, this often at most. */
#define MAX_TRIES 8

/* The kernel fills as much of it as one message of a dump may take. */
#define BUFFER_SIZE 32768

/* What wraps packets into others; ppp is not among it, as that is how DSL dials in. */
static const char *const tunnel_kinds[] = { "tun",  "wireguard", "gre",       "gretap", "erspan",
                                            "ipip", "sit",       "ip6tnl",    "vti",    "vti6",
                                            "xfrm", "ip6gre",    "ip6gretap", "ovpn",   NULL };

static void
take_gateway (PingemRoute *route, int family, const void *bytes, gsize n_bytes)
{
  PingemAddress gateway;

  if (n_bytes != (family == AF_INET ? 4 : 16) ||
      !pingem_address_from_bytes (bytes, n_bytes, 0, &gateway))
    return;

  if (family == AF_INET6 && gateway.bytes[0] == 0xfe && (gateway.bytes[1] & 0xc0) == 0x80)
    gateway.ifindex = route->ifindex;

  route->gateway = gateway;
}

/* RTA_VIA: the gateway of an IPv4 route is an IPv6 address. */
static void
take_via (PingemRoute *route, const struct nlattr *attr)
{
  const struct rtvia *via = mnl_attr_get_payload (attr);
  gsize length = mnl_attr_get_payload_len (attr);

  if (length > sizeof *via)
    take_gateway (route, via->rtvia_family, via->rtvia_addr, length - sizeof *via);
}

static void
take_hop_attr (PingemRoute *route, int family, const struct nlattr *attr)
{
  if (mnl_attr_get_type (attr) == RTA_GATEWAY)
    take_gateway (route, family, mnl_attr_get_payload (attr), mnl_attr_get_payload_len (attr));
  else if (mnl_attr_get_type (attr) == RTA_VIA)
    take_via (route, attr);
}

/* Of several next hops the first: each of them leads out. */
static void
take_multipath (PingemRoute *route, int family, const struct nlattr *multipath)
{
  const struct rtnexthop *hop = mnl_attr_get_payload (multipath);
  gsize length = mnl_attr_get_payload_len (multipath);
  const struct nlattr *attr;

  if (length < sizeof *hop || hop->rtnh_len < sizeof *hop || hop->rtnh_len > length)
    return;

  route->ifindex = (guint32) hop->rtnh_ifindex;

  mnl_attr_for_each_payload ((const struct nlattr *) RTNH_DATA (hop), hop->rtnh_len - sizeof *hop)
      take_hop_attr (route, family, attr);
}

static gboolean
attr_has_u32 (const struct nlattr *attr)
{
  return mnl_attr_get_payload_len (attr) == sizeof (guint32);
}

gboolean
pingem_routes_is_tunnel (const PingemRoutes *routes, guint32 ifindex)
{
  for (guint i = 0; i < routes->n_tunnels; i++)
    if (routes->tunnels[i] == ifindex)
      return TRUE;

  return FALSE;
}

/* Of a message of the kernel, whose table may be a number beyond rtm_table. */
static guint32
find_number (const struct nlmsghdr *message, guint16 type, guint32 otherwise)
{
  const struct nlattr *attr;

  mnl_attr_for_each (attr, message,
                     sizeof (struct rtmsg)) if (mnl_attr_get_type (attr) == type &&
                                                attr_has_u32 (attr)) return mnl_attr_get_u32 (attr);

  return otherwise;
}

static gboolean
is_default_route (const struct nlmsghdr *message)
{
  const struct rtmsg *header = mnl_nlmsg_get_payload (message);

  return mnl_nlmsg_get_payload_len (message) >= sizeof *header && header->rtm_dst_len == 0 &&
         header->rtm_type == RTN_UNICAST &&
         (header->rtm_flags & (RTM_F_CLONED | RTNH_F_DEAD)) == 0 &&
         (header->rtm_family == AF_INET || header->rtm_family == AF_INET6) &&
         find_number (message, RTA_TABLE, header->rtm_table) == RT_TABLE_MAIN;
}

static void
parse_route (const struct nlmsghdr *message,
             int family,
             const PingemRoutes *routes,
             PingemRoute *ret_route)
{
  const struct nlattr *attr;

  *ret_route = (PingemRoute){ 0 };
  ret_route->ifindex = find_number (message, RTA_OIF, 0);
  ret_route->metric = find_number (message, RTA_PRIORITY, 0);

  mnl_attr_for_each (attr, message,
                     sizeof (struct rtmsg)) if (mnl_attr_get_type (attr) == RTA_MULTIPATH)
      take_multipath (ret_route, family, attr);
  else take_hop_attr (ret_route, family, attr);

  if (if_indextoname (ret_route->ifindex, ret_route->interface) == NULL)
    ret_route->interface[0] = '\0';

  ret_route->is_tunnel = pingem_routes_is_tunnel (routes, ret_route->ifindex);
  if (ret_route->is_tunnel)
    ret_route->gateway = (PingemAddress){ 0 };
}

static gboolean
is_better (const PingemRoute *a, const PingemRoute *b)
{
  return a->is_tunnel != b->is_tunnel ? b->is_tunnel : a->metric < b->metric;
}

static void
take_route (PingemRoutes *routes, int family, const PingemRoute *route)
{
  PingemRoute *best = family == AF_INET ? &routes->inet : &routes->inet6;
  guint32 *has_best = family == AF_INET ? &routes->has_inet : &routes->has_inet6;

  if (!*has_best || is_better (route, best))
    *best = *route;

  *has_best = TRUE;
}

int
pingem_routes_take_route (const struct nlmsghdr *message, void *data)
{
  const struct rtmsg *header = mnl_nlmsg_get_payload (message);
  PingemRoute route;

  if (message->nlmsg_type != RTM_NEWROUTE || !is_default_route (message))
    return MNL_CB_OK;

  parse_route (message, header->rtm_family, data, &route);
  take_route (data, header->rtm_family, &route);

  return MNL_CB_OK;
}

static gboolean
is_tunnel_kind (const struct nlattr *kind)
{
  for (guint i = 0; tunnel_kinds[i] != NULL; i++)
    if (mnl_attr_validate (kind, MNL_TYPE_NUL_STRING) == 0 &&
        g_str_equal (mnl_attr_get_str (kind), tunnel_kinds[i]))
      return TRUE;

  return FALSE;
}

/* A port of a bridge is the cable of a virtual machine, and carries none of our own packets. */
static gboolean
is_tunnel_link (const struct nlmsghdr *message)
{
  const struct nlattr *attr;
  const struct nlattr *info;
  gboolean is_tunnel = FALSE;

  mnl_attr_for_each (attr, message, sizeof (struct ifinfomsg))
  {
    if (mnl_attr_get_type (attr) == IFLA_MASTER)
      return FALSE;
    if (mnl_attr_get_type (attr) != IFLA_LINKINFO)
      continue;

    mnl_attr_for_each_nested (info, attr) if (mnl_attr_get_type (info) == IFLA_INFO_KIND)
        is_tunnel = is_tunnel_kind (info);
  }

  return is_tunnel;
}

int
pingem_routes_take_link (const struct nlmsghdr *message, void *data)
{
  const struct ifinfomsg *header = mnl_nlmsg_get_payload (message);
  PingemRoutes *state = data;

  if (message->nlmsg_type != RTM_NEWLINK || mnl_nlmsg_get_payload_len (message) < sizeof *header)
    return MNL_CB_OK;

  if ((header->ifi_flags & (IFF_UP | IFF_RUNNING | IFF_LOOPBACK)) == (IFF_UP | IFF_RUNNING))
    state->link_up = TRUE;
  if (state->n_tunnels < PINGEM_ROUTES_MAX_TUNNELS && is_tunnel_link (message))
    state->tunnels[state->n_tunnels++] = (guint32) header->ifi_index;

  return MNL_CB_OK;
}

/* A buffer that a request fits in. */
#define REQUEST_SIZE 256

static struct nlmsghdr *
put_request (guint8 *buffer, guint16 type, guint16 flags)
{
  struct nlmsghdr *message = mnl_nlmsg_put_header (buffer);

  message->nlmsg_type = type;
  message->nlmsg_flags = NLM_F_REQUEST | flags;

  return message;
}

/* On a socket of its own, so that nothing of an earlier answer is left in it. Sets errno. */
static gboolean
ask (struct nlmsghdr *request, guint32 seq, mnl_cb_t func, void *data)
{
  struct mnl_socket *socket = mnl_socket_open2 (NETLINK_ROUTE, SOCK_CLOEXEC);
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  int result = -1;
  int saved_errno;

  request->nlmsg_seq = seq;

  if (socket != NULL && mnl_socket_bind (socket, 0, MNL_SOCKET_AUTOPID) == 0 &&
      mnl_socket_sendto (socket, request, request->nlmsg_len) >= 0)
    do
      {
        ssize_t n = mnl_socket_recvfrom (socket, buffer, BUFFER_SIZE);

        result = n < 0 ? -1
                       : mnl_cb_run (buffer, (size_t) n, seq, mnl_socket_get_portid (socket), func,
                                     data);
      }
    while (result > MNL_CB_STOP);

  saved_errno = errno;

  if (socket != NULL)
    mnl_socket_close (socket);

  errno = saved_errno;

  return result == MNL_CB_STOP;
}

/* EINTR: the kernel's table changed meanwhile, or a signal came. */
static gboolean
dump (guint16 type, gsize n_header, mnl_cb_t func, PingemRoutes *state)
{
  PingemRoutes before = *state;
  guint8 buffer[REQUEST_SIZE] = { 0 };
  struct nlmsghdr *request = put_request (buffer, type, NLM_F_DUMP);

  /* Each header begins with the family: 0 means every one. */
  mnl_nlmsg_put_extra_header (request, n_header);

  for (guint i = 0; i < MAX_TRIES; i++)
    {
      *state = before;

      if (ask (request, i + 1, func, state))
        return TRUE;

      if (errno != EINTR)
        return FALSE;
    }

  return FALSE;
}

gboolean
pingem_routes_read (PingemRoutes *ret_routes)
{
  *ret_routes = (PingemRoutes){ 0 };

  return dump (RTM_GETLINK, sizeof (struct ifinfomsg), pingem_routes_take_link, ret_routes) &&
         dump (RTM_GETROUTE, sizeof (struct rtmsg), pingem_routes_take_route, ret_routes);
}

static int
take_ifindex (const struct nlmsghdr *message, void *data)
{
  const struct rtmsg *header = mnl_nlmsg_get_payload (message);
  guint32 *ifindex = data;

  if (message->nlmsg_type == RTM_NEWROUTE &&
      mnl_nlmsg_get_payload_len (message) >= sizeof *header && header->rtm_type == RTN_UNICAST)
    *ifindex = find_number (message, RTA_OIF, 0);

  return MNL_CB_STOP;
}

gboolean
pingem_routes_find_tunnel (const PingemRoutes *routes,
                           const PingemAddress *address,
                           PingemRoute *ret_route)
{
  guint8 buffer[REQUEST_SIZE] = { 0 };
  struct nlmsghdr *request = put_request (buffer, RTM_GETROUTE, 0);
  struct rtmsg *header = mnl_nlmsg_put_extra_header (request, sizeof *header);
  PingemRoute route = { .is_tunnel = TRUE };

  header->rtm_family = (guint8) address->family;
  header->rtm_dst_len = (guint8) (8 * pingem_address_n_bytes (address));
  mnl_attr_put (request, RTA_DST, pingem_address_n_bytes (address), address->bytes);

  if (routes->n_tunnels == 0 || !ask (request, 1, take_ifindex, &route.ifindex) ||
      !pingem_routes_is_tunnel (routes, route.ifindex) ||
      if_indextoname (route.ifindex, route.interface) == NULL)
    return FALSE;

  *ret_route = route;

  return TRUE;
}
