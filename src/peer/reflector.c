/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/reflector.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "engine/bucket.h"
#include "ipc/probe-address.h"
#include "peer/notice.h"
#include "source/check-socket.h"
#include "source/datagram.h"
#include "source/stamp-clock.h"
#include "source/stamp-packet.h"

/* Of one turn of the loop. */
#define MAX_READS 64
#define UNPRIVILEGED_PORT 8862
#define MAX_SESSIONS 1024
#define MAX_SESSIONS_PER_HOST 16
#define IDLE_US (60 * G_USEC_PER_SEC)

/* A sender. */
typedef struct {
  struct sockaddr_in6 address; /* first: it is the key */
  guint32 n_reflected;
  gint64 last_us; /* g_get_monotonic_time() */
} Session;

typedef struct {
  struct in6_addr address; /* first: it is the key */
  guint n_sessions;
  PingemBucket bucket;
} Host;

struct PingemReflector {
  GSocket *socket;          /* (owned) */
  GSource *watch;           /* (owned) */
  PingemNetworks *networks; /* (owned) */
  GBytes *key;              /* (owned) (nullable) */
  guint16 port;
  GHashTable *sessions; /* (owned): set of Session */
  GHashTable *hosts;    /* (owned): set of Host */
  PingemReflectorCounts counts;
  PingemNotice notice;
};

static guint
session_hash (gconstpointer key)
{
  const Session *session = key;
  guint hash = session->address.sin6_port;

  for (guint i = 0; i < 4; i++)
    hash = hash * 31 + session->address.sin6_addr.s6_addr32[i];

  return hash;
}

static gboolean
session_equal (gconstpointer a, gconstpointer b)
{
  const Session *x = a, *y = b;

  return x->address.sin6_port == y->address.sin6_port &&
         memcmp (&x->address.sin6_addr, &y->address.sin6_addr, sizeof x->address.sin6_addr) == 0;
}

static guint
host_hash (gconstpointer key)
{
  const Host *host = key;
  guint hash = 0;

  for (guint i = 0; i < 4; i++)
    hash = hash * 31 + host->address.s6_addr32[i];

  return hash;
}

static gboolean
host_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (struct in6_addr)) == 0;
}

static gboolean
forget_session (gpointer key, gpointer value, gpointer user_data)
{
  PingemReflector *self = user_data;
  Session *session = key;
  Host *host;

  if (g_get_monotonic_time () - session->last_us < IDLE_US)
    return FALSE;

  host = g_hash_table_lookup (self->hosts, &session->address.sin6_addr);
  if (--host->n_sessions == 0)
    g_hash_table_remove (self->hosts, host);

  return TRUE;
}

/* (transfer none) */
static Host *
get_host (PingemReflector *self, const struct in6_addr *address)
{
  Host *host = g_hash_table_lookup (self->hosts, address);

  if (host == NULL)
    {
      host = g_new0 (Host, 1);
      host->address = *address;
      g_hash_table_add (self->hosts, host);
    }

  return host;
}

/* (transfer none): NULL where there are too many. */
static Session *
get_session (PingemReflector *self, const struct sockaddr_in6 *address)
{
  Session *session = g_hash_table_lookup (self->sessions, address);
  Host *host;

  if (session != NULL)
    return session;

  if (g_hash_table_size (self->sessions) >= MAX_SESSIONS)
    g_hash_table_foreach_remove (self->sessions, forget_session, self);
  if (g_hash_table_size (self->sessions) >= MAX_SESSIONS)
    return NULL;

  host = get_host (self, &address->sin6_addr);
  if (host->n_sessions >= MAX_SESSIONS_PER_HOST)
    {
      g_hash_table_foreach_remove (self->sessions, forget_session, self);
      host = get_host (self, &address->sin6_addr);
    }
  if (host->n_sessions >= MAX_SESSIONS_PER_HOST)
    return NULL;

  host->n_sessions++;
  session = g_new0 (Session, 1);
  session->address = *address;
  g_hash_table_add (self->sessions, session);

  return session;
}

static gboolean
take_token (Host *host)
{
  static const PingemRate rate = { .per_second = 100, .burst = 200 };
  gint64 now_ns = g_get_monotonic_time () * 1000;

  if (!pingem_bucket_has_token (&host->bucket, &rate, now_ns))
    return FALSE;

  pingem_bucket_take (&host->bucket, &rate, now_ns);

  return TRUE;
}

/* Another reflector would answer the answer. */
static gboolean
is_reflector (const PingemReflector *self, guint16 port)
{
  return port == self->port || port == PINGEM_STAMP_PORT || port == UNPRIVILEGED_PORT;
}

static gboolean
is_welcome (const PingemReflector *self, const struct sockaddr_in6 *from)
{
  g_autoptr (GInetAddress) address =
      g_inet_address_new_from_bytes (from->sin6_addr.s6_addr, G_SOCKET_FAMILY_IPV6);

  return !is_reflector (self, g_ntohs (from->sin6_port)) &&
         pingem_networks_contain (self->networks, address);
}

/* From the address that was asked. */
static void
send_reply (PingemReflector *self, PingemDatagram *packet, guint8 *bytes)
{
  _Alignas(struct cmsghdr) char control[CMSG_SPACE (sizeof packet->to)] = { 0 };
  struct iovec part = { .iov_base = bytes, .iov_len = packet->n_bytes };
  struct msghdr message = { .msg_name = &packet->from,
                            .msg_namelen = sizeof (struct sockaddr_in6),
                            .msg_iov = &part,
                            .msg_iovlen = 1 };

  if (packet->has_to)
    {
      struct cmsghdr *c = (struct cmsghdr *) control;

      /* By the routes, but for where an address says nothing without it. */
      if (!IN6_IS_ADDR_LINKLOCAL (&packet->to.ipi6_addr))
        packet->to.ipi6_ifindex = 0;
      c->cmsg_level = IPPROTO_IPV6;
      c->cmsg_type = IPV6_PKTINFO;
      c->cmsg_len = CMSG_LEN (sizeof packet->to);
      memcpy (CMSG_DATA (c), &packet->to, sizeof packet->to);
      message.msg_control = control;
      message.msg_controllen = sizeof control;
    }

  /* What finds no room is lost, as on any way. */
  (void) !sendmsg (g_socket_get_fd (self->socket), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* The socket is of IPv6. */
static const struct sockaddr_in6 *
get_sender (const PingemDatagram *packet)
{
  return (const struct sockaddr_in6 *) &packet->from;
}

/* FALSE: it gets no answer. As long as what came, as section 4.3 wants it. */
static gboolean
reflect (PingemReflector *self, PingemDatagram *packet)
{
  const struct sockaddr_in6 *from = get_sender (packet);
  guint8 bytes[PINGEM_DATAGRAM_MAX] = { 0 };
  PingemStampReply reply = { .ttl = packet->ttl };
  gint64 now_ns = g_get_real_time () * 1000;
  Session *session;

  if (packet->is_cut || !is_welcome (self, from) ||
      !pingem_stamp_read_request (packet->bytes, packet->n_bytes, self->key, &reply.request))
    return FALSE;

  session = get_session (self, from);
  if (session == NULL || !take_token (get_host (self, &from->sin6_addr)))
    return FALSE;

  session->last_us = g_get_monotonic_time ();
  reply.seq = session->n_reflected++;
  reply.received = pingem_stamp_clock_from_unix (packet->stamp_ns != 0 ? packet->stamp_ns : now_ns);
  reply.error = pingem_stamp_clock_error_estimate ();
  reply.sent = pingem_stamp_clock_from_unix (g_get_real_time () * 1000);
  pingem_stamp_write_reply (&reply, self->key, bytes);
  send_reply (self, packet, bytes);

  return TRUE;
}

static void
refuse (PingemReflector *self, const struct sockaddr_in6 *from)
{
  g_autoptr (GInetAddress) address =
      g_inet_address_new_from_bytes (from->sin6_addr.s6_addr, G_SOCKET_FAMILY_IPV6);
  g_autofree char *text = g_inet_address_to_string (address);

  self->counts.n_refused++;
  pingem_notice_say (&self->notice, "[stamp]", text,
                     "no answer: not of its networks, no STAMP or without the key, or too many");
}

/* FALSE: there is nothing more. */
static gboolean
read_packet (PingemReflector *self)
{
  PingemDatagram packet;
  int fd = g_socket_get_fd (self->socket);

  if (!pingem_datagram_receive (fd, 0, &packet))
    return FALSE;

  if (packet.from.ss_family == AF_UNSPEC)
    return TRUE;

  if (reflect (self, &packet))
    self->counts.n_reflected++;
  else
    refuse (self, get_sender (&packet));

  return TRUE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  for (guint i = 0; i < MAX_READS && read_packet (user_data); i++)
    ;

  return G_SOURCE_CONTINUE;
}

/* One socket of IPv6 serves both families: IPv4 as mapped addresses. (transfer full) */
static GSocketAddress *
map (GSocketAddress *address)
{
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
  GInetAddress *host = g_inet_socket_address_get_address (inet);
  guint8 bytes[16] = { [10] = 0xff, [11] = 0xff };
  g_autoptr (GInetAddress) mapped = NULL;

  if (g_inet_address_get_family (host) == G_SOCKET_FAMILY_IPV6)
    return g_object_ref (address);

  memcpy (bytes + 12, g_inet_address_to_bytes (host), 4);
  mapped = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV6);

  return g_inet_socket_address_new (mapped, g_inet_socket_address_get_port (inet));
}

static gboolean
open_socket (PingemReflector *self, GSocketAddress *listen, GError **error)
{
  g_autoptr (GSocketAddress) address = map (listen);

  self->socket =
      g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  if (self->socket == NULL)
    return FALSE;

  pingem_datagram_prepare (g_socket_get_fd (self->socket), AF_INET6, FALSE);

  return g_socket_bind (self->socket, address, FALSE, error);
}

PingemReflector *
pingem_reflector_new (const PingemResponderConfig *config, GError **error)
{
  g_autoptr (PingemReflector) self = g_new0 (PingemReflector, 1);

  self->networks = pingem_networks_copy (config->networks);
  self->key = config->key != NULL ? g_bytes_ref (config->key) : NULL;
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (config->listen));
  self->sessions = g_hash_table_new_full (session_hash, session_equal, g_free, NULL);
  self->hosts = g_hash_table_new_full (host_hash, host_equal, g_free, NULL);

  if (!open_socket (self, config->listen, error))
    return NULL;

  self->watch = pingem_check_socket_watch (g_socket_get_fd (self->socket), G_IO_IN,
                                           G_SOURCE_FUNC (on_readable), self);

  return g_steal_pointer (&self);
}

void
pingem_reflector_free (PingemReflector *self)
{
  if (self == NULL)
    return;

  if (self->watch != NULL)
    g_source_destroy (self->watch);
  g_clear_pointer (&self->watch, g_source_unref);
  g_clear_object (&self->socket);
  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->hosts);
  pingem_networks_free (self->networks);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_free (self);
}

PingemReflectorCounts
pingem_reflector_get_counts (const PingemReflector *reflector)
{
  return reflector->counts;
}
