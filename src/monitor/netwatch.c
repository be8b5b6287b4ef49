/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/netwatch.h"

#include <errno.h>
#include <string.h>

#include <glib-unix.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "ipc/error.h"

/* As many events at a time as fit. */
#define BUFFER_SIZE 32768

/**
 * PingemNetwatch:
 *
 * The default routes of the main table, the tunnels that carry packets past them by whatever rule
 * and table, and whether any link is up. Emits `changed` after any of it changed; while there are
 * tunnels, also where only what leads into one may have changed.
 */
struct _PingemNetwatch {
  GObject parent_instance;

  struct mnl_socket *events; /* (owned) (nullable) */
  guint events_id;
  guint reread_id;
  PingemRoutes state;
};

enum {
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemNetwatch, pingem_netwatch, G_TYPE_OBJECT)

static gboolean
reread (gpointer user_data)
{
  PingemNetwatch *self = user_data;
  PingemRoutes state;

  self->reread_id = 0;

  if (!pingem_routes_read (&state))
    {
      self->reread_id = g_timeout_add_seconds (1, reread, self);
      return G_SOURCE_REMOVE;
    }

  if (state.n_tunnels == 0 && memcmp (&state, &self->state, sizeof state) == 0)
    return G_SOURCE_REMOVE;

  self->state = state;
  g_signal_emit (self, signals[CHANGED], 0);

  return G_SOURCE_REMOVE;
}

static void
queue_reread (PingemNetwatch *self)
{
  if (self->reread_id == 0)
    self->reread_id = g_idle_add (reread, self);
}

/* Of all tables, and of the halves that stand for all addresses. */
static gboolean
is_default_route (const struct nlmsghdr *message)
{
  const struct rtmsg *header = mnl_nlmsg_get_payload (message);

  return mnl_nlmsg_get_payload_len (message) < sizeof *header || header->rtm_dst_len <= 1;
}

static gboolean
leads_into_tunnel (PingemNetwatch *self, const struct nlmsghdr *message)
{
  const struct nlattr *attr;

  mnl_attr_for_each (attr, message, sizeof (struct rtmsg))
  {
    if (mnl_attr_get_type (attr) == RTA_OIF && mnl_attr_validate (attr, MNL_TYPE_U32) == 0 &&
        pingem_routes_is_tunnel (&self->state, mnl_attr_get_u32 (attr)))
      return TRUE;
  }

  return FALSE;
}

/* A router's table may change a thousand times a second; few of its routes concern us. */
static int
on_event (const struct nlmsghdr *message, void *data)
{
  PingemNetwatch *self = data;
  gboolean is_route = message->nlmsg_type == RTM_NEWROUTE || message->nlmsg_type == RTM_DELROUTE;

  if (!is_route || is_default_route (message) || leads_into_tunnel (self, message))
    queue_reread (self);

  return MNL_CB_OK;
}

static gboolean
on_events (int fd, GIOCondition condition, gpointer user_data)
{
  PingemNetwatch *self = user_data;
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  ssize_t n;
  int code;

  while ((n = mnl_socket_recvfrom (self->events, buffer, BUFFER_SIZE)) > 0 ||
         (n < 0 && (errno == ENOBUFS || errno == EINTR)))
    if (n < 0 || mnl_cb_run (buffer, (size_t) n, 0, 0, on_event, self) < 0)
      queue_reread (self);

  code = errno;

  if (n < 0 && code == EAGAIN)
    return G_SOURCE_CONTINUE;

  self->events_id = 0;

  return G_SOURCE_REMOVE;
}

#define GROUP(number) (1u << ((number) -1))

static const guint groups = RTMGRP_LINK | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE |
                            RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_RULE |
                            GROUP (RTNLGRP_IPV6_RULE);

static struct mnl_socket *
open_events (void)
{
  struct mnl_socket *socket = mnl_socket_open2 (NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (socket == NULL)
    return NULL;

  if (mnl_socket_bind (socket, groups, MNL_SOCKET_AUTOPID) == 0)
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

  if (self->events == NULL || !pingem_routes_read (&self->state))
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
pingem_netwatch_find_tunnel (PingemNetwatch *self,
                             const PingemAddress *address,
                             PingemRoute *ret_route)
{
  g_return_val_if_fail (PINGEM_IS_NETWATCH (self), FALSE);

  return pingem_routes_find_tunnel (&self->state, address, ret_route);
}

gboolean
pingem_netwatch_get_link_up (PingemNetwatch *self)
{
  g_return_val_if_fail (PINGEM_IS_NETWATCH (self), FALSE);

  return self->state.link_up != 0;
}
