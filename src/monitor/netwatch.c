/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/netwatch.h"

#include <errno.h>
#include <string.h>

#include <glib-unix.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "ipc/error.h"

/* A dump that the kernel changed meanwhile is asked for again, this often at most. */
#define MAX_TRIES 8

/* The kernel fills as much of it as one message of a dump may take. */
#define BUFFER_SIZE 32768

/* What the kernel says now. No hidden padding. */
typedef struct {
  PingemRoute inet;
  PingemRoute inet6;
  guint32 has_inet;
  guint32 has_inet6;
  guint32 link_up;
} State;

/**
 * PingemNetwatch:
 *
 * The default routes of the main table, and whether any link is up. Policy routing (a VPN with a
 * table of its own) is not its matter. Emits `changed` after any of it changed.
 */
struct _PingemNetwatch {
  GObject parent_instance;

  struct mnl_socket *events; /* (owned) (nullable) */
  guint events_id;
  guint reread_id;
  guint32 seq;
  State state;
};

enum {
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemNetwatch, pingem_netwatch, G_TYPE_OBJECT)

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
parse_route (const struct nlmsghdr *message, int family, PingemRoute *ret_route)
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
}

static int
on_route (const struct nlmsghdr *message, void *data)
{
  const struct rtmsg *header = mnl_nlmsg_get_payload (message);
  State *state = data;
  PingemRoute route;
  PingemRoute *best = header->rtm_family == AF_INET ? &state->inet : &state->inet6;
  guint32 *has_best = header->rtm_family == AF_INET ? &state->has_inet : &state->has_inet6;

  if (message->nlmsg_type != RTM_NEWROUTE || !is_default_route (message))
    return MNL_CB_OK;

  parse_route (message, header->rtm_family, &route);

  if (!*has_best || route.metric < best->metric)
    *best = route;

  *has_best = TRUE;

  return MNL_CB_OK;
}

static int
on_link (const struct nlmsghdr *message, void *data)
{
  const struct ifinfomsg *header = mnl_nlmsg_get_payload (message);
  State *state = data;

  if (message->nlmsg_type == RTM_NEWLINK && mnl_nlmsg_get_payload_len (message) >= sizeof *header &&
      (header->ifi_flags & (IFF_UP | IFF_RUNNING | IFF_LOOPBACK)) == (IFF_UP | IFF_RUNNING))
    state->link_up = TRUE;

  return MNL_CB_OK;
}

static gboolean
send_request (struct mnl_socket *socket, guint16 type, guint32 seq)
{
  guint8 buffer[256] = { 0 };
  struct nlmsghdr *message = mnl_nlmsg_put_header (buffer);

  message->nlmsg_type = type;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  message->nlmsg_seq = seq;

  /* Both headers begin with the family: 0 means every one. */
  if (type == RTM_GETROUTE)
    mnl_nlmsg_put_extra_header (message, sizeof (struct rtmsg));
  else
    mnl_nlmsg_put_extra_header (message, sizeof (struct ifinfomsg));

  return mnl_socket_sendto (socket, message, message->nlmsg_len) >= 0;
}

/* On a socket of its own, so that nothing of an earlier dump is left in it. Sets errno. */
static gboolean
dump_once (guint16 type, guint32 seq, mnl_cb_t func, State *state)
{
  struct mnl_socket *socket = mnl_socket_open2 (NETLINK_ROUTE, SOCK_CLOEXEC);
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  int result = -1;
  int saved_errno;

  if (socket != NULL && mnl_socket_bind (socket, 0, MNL_SOCKET_AUTOPID) == 0 &&
      send_request (socket, type, seq))
    do
      {
        ssize_t n = mnl_socket_recvfrom (socket, buffer, BUFFER_SIZE);

        result = n < 0 ? -1
                       : mnl_cb_run (buffer, (size_t) n, seq, mnl_socket_get_portid (socket), func,
                                     state);
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
dump (PingemNetwatch *self, guint16 type, mnl_cb_t func, State *state)
{
  State before = *state;

  for (guint i = 0; i < MAX_TRIES; i++)
    {
      *state = before;

      if (dump_once (type, ++self->seq, func, state))
        return TRUE;

      if (errno != EINTR)
        return FALSE;
    }

  return FALSE;
}

static gboolean
read_state (PingemNetwatch *self, State *ret_state)
{
  *ret_state = (State){ 0 };

  return dump (self, RTM_GETROUTE, on_route, ret_state) &&
         dump (self, RTM_GETLINK, on_link, ret_state);
}

static gboolean
reread (gpointer user_data)
{
  PingemNetwatch *self = user_data;
  State state;

  self->reread_id = 0;

  if (!read_state (self, &state) || memcmp (&state, &self->state, sizeof state) == 0)
    return G_SOURCE_REMOVE;

  self->state = state;
  g_signal_emit (self, signals[CHANGED], 0);

  return G_SOURCE_REMOVE;
}

/* A router's table may change a thousand times a second; only its default routes concern us. */
static int
on_event (const struct nlmsghdr *message, void *data)
{
  gboolean *concerns_us = data;
  const struct rtmsg *header = mnl_nlmsg_get_payload (message);

  if ((message->nlmsg_type != RTM_NEWROUTE && message->nlmsg_type != RTM_DELROUTE) ||
      mnl_nlmsg_get_payload_len (message) < sizeof *header || header->rtm_dst_len == 0)
    *concerns_us = TRUE;

  return MNL_CB_OK;
}

static gboolean
on_events (int fd, GIOCondition condition, gpointer user_data)
{
  PingemNetwatch *self = user_data;
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  gboolean concerns_us = FALSE;
  ssize_t n;
  int code;

  while ((n = mnl_socket_recvfrom (self->events, buffer, BUFFER_SIZE)) > 0 ||
         (n < 0 && (errno == ENOBUFS || errno == EINTR)))
    if (n < 0 || mnl_cb_run (buffer, (size_t) n, 0, 0, on_event, &concerns_us) < 0)
      concerns_us = TRUE;

  code = errno;

  if (concerns_us && self->reread_id == 0)
    self->reread_id = g_idle_add (reread, self);

  if (n < 0 && code == EAGAIN)
    return G_SOURCE_CONTINUE;

  self->events_id = 0;

  return G_SOURCE_REMOVE;
}

static struct mnl_socket *
open_events (void)
{
  struct mnl_socket *socket = mnl_socket_open2 (NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (socket == NULL)
    return NULL;

  if (mnl_socket_bind (socket,
                       RTMGRP_LINK | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE | RTMGRP_IPV4_IFADDR |
                           RTMGRP_IPV6_IFADDR,
                       MNL_SOCKET_AUTOPID) == 0)
    return socket;

  mnl_socket_close (socket);

  return NULL;
}

static void
pingem_netwatch_finalize (GObject *object)
{
  PingemNetwatch *self = PINGEM_NETWATCH (object);

  g_clear_handle_id (&self->events_id, g_source_remove);
  g_clear_handle_id (&self->reread_id, g_source_remove);
  g_clear_pointer (&self->events, mnl_socket_close);

  G_OBJECT_CLASS (pingem_netwatch_parent_class)->finalize (object);
}

static void
pingem_netwatch_class_init (PingemNetwatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = pingem_netwatch_finalize;

  signals[CHANGED] = g_signal_new ("changed", PINGEM_TYPE_NETWATCH, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
pingem_netwatch_init (PingemNetwatch *self)
{
}

PingemNetwatch *
pingem_netwatch_new (GError **error)
{
  g_autoptr (PingemNetwatch) self = g_object_new (PINGEM_TYPE_NETWATCH, NULL);

  /* Listens before it reads: what changes in between is read again. */
  self->events = open_events ();

  if (self->events == NULL || !read_state (self, &self->state))
    {
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                   "The kernel does not tell the routes (%s), so the router is not known: allow "
                   "AF_NETLINK sockets",
                   g_strerror (errno));
      return NULL;
    }

  self->events_id = g_unix_fd_add (mnl_socket_get_fd (self->events), G_IO_IN | G_IO_ERR | G_IO_HUP,
                                   on_events, self);

  return g_steal_pointer (&self);
}

gboolean
pingem_netwatch_get_route (PingemNetwatch *self, int family, PingemRoute *ret_route)
{
  g_return_val_if_fail (PINGEM_IS_NETWATCH (self), FALSE);

  if (family == AF_INET ? !self->state.has_inet : !self->state.has_inet6)
    return FALSE;

  *ret_route = family == AF_INET ? self->state.inet : self->state.inet6;

  return TRUE;
}

gboolean
pingem_netwatch_get_link_up (PingemNetwatch *self)
{
  g_return_val_if_fail (PINGEM_IS_NETWATCH (self), FALSE);

  return self->state.link_up != 0;
}
