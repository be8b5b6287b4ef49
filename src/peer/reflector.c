/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/reflector.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "ipc/probe-address.h"
#include "peer/notice.h"
#include "source/check-socket.h"
#include "source/stamp-clock.h"
#include "source/stamp-packet.h"

/* Of one turn of the loop. */
#define MAX_READS 64
/* Nothing that goes over an Ethernet is longer. */
#define MAX_PACKET 1500
#define UNPRIVILEGED_PORT 8862
#define MAX_SESSIONS 1024
#define MAX_SESSIONS_PER_HOST 16
#define IDLE_US (60 * G_USEC_PER_SEC)
#define RATE 100.0
#define BURST 200.0

/* A sender. */
typedef struct {
  struct sockaddr_in6 address; /* first: it is the key */
  guint32 n_reflected;
  gint64 last_us; /* g_get_monotonic_time() */
} Session;

typedef struct {
  struct in6_addr address; /* first: it is the key */
  guint n_sessions;
  double tokens;
  gint64 last_us;
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

/* What came, and by which way an answer goes. */
typedef struct {
  guint8 bytes[MAX_PACKET];
  gsize n_bytes;
  struct sockaddr_in6 from;
  gint64 stamp_ns; /* Unix time */
  guint8 ttl;
  struct in6_pktinfo to; /* an address of ours */
  gboolean has_to;
} Packet;

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

/* (transfer none): NULL where there is no room. */
static Host *
get_host (PingemReflector *self, const struct in6_addr *address)
{
  Host *host = g_hash_table_lookup (self->hosts, address);

  if (host == NULL)
    {
      host = g_new0 (Host, 1);
      host->address = *address;
      host->tokens = BURST;
      host->last_us = g_get_monotonic_time ();
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
    g_hash_table_foreach_remove (self->sessions, forget_session, self);
  host = get_host (self, &address->sin6_addr);
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
  gint64 now_us = g_get_monotonic_time ();

  host->tokens =
      MIN (BURST, host->tokens + RATE * (double) (now_us - host->last_us) / G_USEC_PER_SEC);
  host->last_us = now_us;
  if (host->tokens < 1)
    return FALSE;

  host->tokens--;

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
send_reply (PingemReflector *self, Packet *packet, guint8 *bytes)
{
  _Alignas(struct cmsghdr) char control[CMSG_SPACE (sizeof packet->to)] = { 0 };
  struct iovec part = { .iov_base = bytes, .iov_len = packet->n_bytes };
  struct msghdr message = {
    .msg_name = &packet->from, .msg_namelen = sizeof packet->from, .msg_iov = &part, .msg_iovlen = 1
  };

  if (packet->has_to)
    {
      struct cmsghdr *c = (struct cmsghdr *) control;

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

/* FALSE: it gets no answer. As long as what came, as section 4.3 wants it. */
static gboolean
reflect (PingemReflector *self, Packet *packet)
{
  guint8 bytes[MAX_PACKET] = { 0 };
  PingemStampReply reply = { .ttl = packet->ttl };
  Session *session;

  if (!is_welcome (self, &packet->from) ||
      !pingem_stamp_read_request (packet->bytes, packet->n_bytes, self->key, &reply.request))
    return FALSE;

  session = get_session (self, &packet->from);
  if (session == NULL || !take_token (get_host (self, &packet->from.sin6_addr)))
    return FALSE;

  session->last_us = g_get_monotonic_time ();
  reply.seq = session->n_reflected++;
  reply.received = pingem_stamp_clock_from_unix (packet->stamp_ns);
  reply.error = pingem_stamp_clock_error_estimate ();
  reply.sent = pingem_stamp_clock_from_unix (g_get_real_time () * 1000);
  pingem_stamp_write_reply (&reply, self->key, bytes);
  send_reply (self, packet, bytes);

  return TRUE;
}

static void
read_control (struct msghdr *message, Packet *packet)
{
  packet->stamp_ns = g_get_real_time () * 1000;
  packet->ttl = 255;
  packet->has_to = FALSE;

  for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c != NULL; c = CMSG_NXTHDR (message, c))
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
      {
        const struct timespec *time = (const void *) CMSG_DATA (c);

        packet->stamp_ns = time->tv_sec * G_GINT64_CONSTANT (1000000000) + time->tv_nsec;
      }
    else if ((c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT) ||
             (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL))
      packet->ttl = (guint8) * (const int *) (const void *) CMSG_DATA (c);
    else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
      {
        memcpy (&packet->to, CMSG_DATA (c), sizeof packet->to);
        /* By the routes, but for where an address says nothing without it. */
        if (!IN6_IS_ADDR_LINKLOCAL (&packet->to.ipi6_addr))
          packet->to.ipi6_ifindex = 0;
        packet->has_to = TRUE;
      }
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
read_packet (PingemReflector *self, Packet *packet)
{
  struct iovec part = { .iov_base = packet->bytes, .iov_len = sizeof packet->bytes };
  _Alignas(struct cmsghdr) char control[256];
  struct msghdr message = { .msg_name = &packet->from,
                            .msg_namelen = sizeof packet->from,
                            .msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control };
  gssize n = recvmsg (g_socket_get_fd (self->socket), &message, MSG_DONTWAIT);

  if (n < 0)
    return errno != EAGAIN;

  packet->n_bytes = (gsize) n;
  read_control (&message, packet);
  if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0 && reflect (self, packet))
    self->counts.n_reflected++;
  else
    refuse (self, &packet->from);

  return TRUE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Packet packet;

  for (guint i = 0; i < MAX_READS && read_packet (user_data, &packet); i++)
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
  const int on = 1;
  int fd;

  self->socket =
      g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  if (self->socket == NULL)
    return FALSE;

  fd = g_socket_get_fd (self->socket);
  setsockopt (fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  setsockopt (fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
  setsockopt (fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof on);
  setsockopt (fd, IPPROTO_IP, IP_RECVTTL, &on, sizeof on);

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
