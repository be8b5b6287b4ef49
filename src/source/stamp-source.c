/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "source/stamp-source.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "source/check-socket.h"
#include "source/check-source.h"
#include "source/datagram.h"
#include "source/stamp-clock.h"
#include "source/stamp-packet.h"

#define PINGEM_TYPE_STAMP_SOURCE (pingem_stamp_source_get_type ())

G_DECLARE_FINAL_TYPE (
    PingemStampSource, pingem_stamp_source, PINGEM, STAMP_SOURCE, PingemCheckSource)

#define MAX_READS 64
#define NS_PER_US 1000
/* RFC 3550 section 6.4.1. */
#define JITTER_SHARE 16.0
/* A clock was set meanwhile. */
#define MAX_VARIATION_NS G_GINT64_CONSTANT (10000000000)
/* The kernel's stamp is older by so much at most: else the clock was stepped. */
#define MAX_STAMP_AGE_NS G_GINT64_CONSTANT (50000000)

/**
 * PingemStampSource:
 *
 * A session for each target.
 */
struct _PingemStampSource {
  PingemCheckSource parent_instance;

  GHashTable *sessions; /* (owned): of Session, by target id */
  GHashTable *packets;  /* (owned): of Packet, by number */
  GHashTable *keys;     /* (owned): of GBytes, by target id */
};

G_DEFINE_FINAL_TYPE (PingemStampSource, pingem_stamp_source, PINGEM_TYPE_CHECK_SOURCE)

typedef enum {
  REFLECTOR_UNKNOWN,
  REFLECTOR_STATEFUL,
  REFLECTOR_STATELESS,
} ReflectorKind;

typedef struct {
  gboolean is_known;
  gint64 delay_ns; /* of the last packet, off by what the clocks differ */
  gboolean has_jitter;
  double jitter_ns;
} Way;

typedef struct {
  PingemStampSource *source;
  int fd;
  GBytes *key;    /* (owned) (nullable) */
  GSource *watch; /* (owned) */
  guint32 next_seq;
  guint32 n_sent;
  GHashTable *by_seq; /* (owned): of Packet (unowned) */
  ReflectorKind kind;
  gboolean has_last;  /* a packet was answered and is over */
  guint32 last_place; /* ... which one it was of those sent */
  guint32 last_reflected;
  guint64 n_open; /* over without an answer, since the last one with */
  Way up;
  Way down;
  PingemPath path;
} Session;

typedef struct {
  guint64 number;   /* first: it is the key */
  Session *session; /* (nullable): its target was removed */
  guint32 seq;
  guint32 place; /* of those sent */
  guint64 sent;
  gint64 mono_ns;
  guint32 reflected;
  gboolean is_answered;
} Packet;

static void
session_free (gpointer data)
{
  Session *session = data;
  GHashTableIter iter;
  gpointer packet;

  g_hash_table_iter_init (&iter, session->by_seq);
  while (g_hash_table_iter_next (&iter, NULL, &packet))
    ((Packet *) packet)->session = NULL;

  g_source_destroy (session->watch);
  g_source_unref (session->watch);
  g_hash_table_unref (session->by_seq);
  g_clear_pointer (&session->key, g_bytes_unref);
  close (session->fd);
  g_free (session);
}

static void
note_delay (Way *way, gint64 delay_ns)
{
  gint64 variation_ns = ABS (delay_ns - way->delay_ns);

  if (way->is_known && variation_ns < MAX_VARIATION_NS)
    {
      way->jitter_ns += ((double) variation_ns - way->jitter_ns) / JITTER_SHARE;
      way->has_jitter = TRUE;
    }
  way->is_known = TRUE;
  way->delay_ns = delay_ns;
}

static void
learn_kind (Session *session, const Packet *packet, const PingemStampReply *reply)
{
  /* Of the first packet both kinds say 0. */
  if (packet->seq == 0 || session->kind == REFLECTOR_STATEFUL)
    return;

  session->kind = reply->seq == packet->seq ? REFLECTOR_STATELESS : REFLECTOR_STATEFUL;
}

/* @packet, which is answered, is over, as all before it: so it is known what of them got there. */
static void
count_losses (Session *session, const Packet *packet)
{
  gint64 n_sent = (gint64) packet->place - session->last_place;
  gint64 n_reflected = (gint64) (guint32) (packet->reflected - session->last_reflected);
  gint64 n_up = n_sent - n_reflected;
  gint64 n_down = n_reflected - 1;

  if (session->has_last && session->kind == REFLECTOR_STATEFUL && n_up >= 0 && n_down >= 0 &&
      n_up + n_down == (gint64) session->n_open)
    {
      session->path.lost_up += (guint64) n_up;
      session->path.lost_down += (guint64) n_down;
    }
  else
    session->path.lost += session->n_open;

  session->n_open = 0;
  session->has_last = TRUE;
  session->last_place = packet->place;
  session->last_reflected = packet->reflected;
}

static void
settle (Packet *packet)
{
  Session *session = packet->session;

  if (packet->is_answered)
    count_losses (session, packet);
  else
    session->n_open++;

  g_hash_table_remove (session->by_seq, GUINT_TO_POINTER (packet->seq));
}

static gint64
correct_rtt (gint64 rtt_ns, const PingemTime *now, gint64 stamp_ns, guint8 *ret_flags)
{
  gint64 age_ns = now->real_ns - stamp_ns;

  if (stamp_ns == 0 || age_ns < 0 || age_ns > MIN (MAX_STAMP_AGE_NS, rtt_ns))
    return rtt_ns;

  *ret_flags |= PINGEM_RECORD_KERNEL_STAMP;

  return rtt_ns - age_ns;
}

static void
take_reply (Session *session, const PingemStampReply *reply, const PingemDatagram *datagram)
{
  PingemTime now = pingem_clock_kernel (NULL);
  Packet *packet = g_hash_table_lookup (session->by_seq, GUINT_TO_POINTER (reply->request.seq));
  PingemAnswer answer = { .ttl = datagram->ttl };
  gint64 here_ns = datagram->stamp_ns != 0 ? datagram->stamp_ns : now.real_ns;

  if (packet == NULL || packet->sent != reply->request.sent)
    return;

  if (!packet->is_answered)
    {
      packet->is_answered = TRUE;
      packet->reflected = reply->seq;
      learn_kind (session, packet, reply);
      note_delay (&session->up, pingem_stamp_clock_diff_ns (reply->received, packet->sent));
      note_delay (&session->down,
                  pingem_stamp_clock_diff_ns (pingem_stamp_clock_from_unix (here_ns), reply->sent));
    }

  answer.rtt_ns =
      correct_rtt (now.mono_ns - packet->mono_ns, &now, datagram->stamp_ns, &answer.flags);
  pingem_check_source_answer (PINGEM_CHECK_SOURCE (session->source), packet->number, answer);
}

static void
take_error (Session *session, const PingemDatagram *datagram)
{
  PingemAnswer answer = { .rtt_ns = -1,
                          .flags = PINGEM_RECORD_UNAUTHENTICATED,
                          .icmp_type = datagram->icmp_type,
                          .icmp_code = datagram->icmp_code };
  Packet *packet;
  guint32 seq;

  if (!datagram->is_error || datagram->n_bytes < sizeof seq)
    return;

  /* What it quotes begins with our number. */
  memcpy (&seq, datagram->bytes, sizeof seq);
  packet = g_hash_table_lookup (session->by_seq, GUINT_TO_POINTER (g_ntohl (seq)));
  if (packet == NULL || packet->is_answered)
    return;

  pingem_address_from_sockaddr ((const void *) &datagram->offender, &answer.from);
  pingem_check_source_fail (PINGEM_CHECK_SOURCE (session->source), packet->number, &answer);
}

/* FALSE: there is nothing more. */
static gboolean
read_one (Session *session, int flags)
{
  PingemDatagram datagram;
  PingemStampReply reply;

  if (!pingem_datagram_receive (session->fd, flags, &datagram))
    return FALSE;

  if (flags == MSG_ERRQUEUE)
    take_error (session, &datagram);
  else if (pingem_stamp_read_reply (datagram.bytes, datagram.n_bytes, session->key, &reply))
    take_reply (session, &reply, &datagram);

  return TRUE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  /* A handler may drop the last reference. */
  PingemStampSource *self = g_object_ref (((Session *) user_data)->source);

  for (guint i = 0; i < MAX_READS && read_one (user_data, MSG_ERRQUEUE); i++)
    ;
  for (guint i = 0; i < MAX_READS && read_one (user_data, 0); i++)
    ;
  g_object_unref (self);

  return G_SOURCE_CONTINUE;
}

/* Opens one where there is none. Returns: 0 or -errno */
static int
get_session (PingemStampSource *self, const PingemTargetSpec *spec, Session **ret_session)
{
  GBytes *key = g_hash_table_lookup (self->keys, GUINT_TO_POINTER (spec->id));
  int error = 0;
  int fd;

  *ret_session = g_hash_table_lookup (self->sessions, GUINT_TO_POINTER (spec->id));
  if (*ret_session != NULL)
    return 0;

  fd = pingem_check_socket_open (spec, SOCK_DGRAM, &error);
  if (fd < 0)
    return fd;

  pingem_datagram_prepare (fd, (int) spec->address.family, TRUE);
  *ret_session = g_new0 (Session, 1);
  **ret_session = (Session){
    .source = self,
    .fd = fd,
    .key = key != NULL ? g_bytes_ref (key) : NULL,
    .watch = pingem_check_socket_watch (fd, G_IO_IN, G_SOURCE_FUNC (on_readable), *ret_session),
    .by_seq = g_hash_table_new (NULL, NULL),
  };
  g_hash_table_insert (self->sessions, GUINT_TO_POINTER (spec->id), *ret_session);

  return 0;
}

/* A pending ICMP error of another packet is told by the next send, once. */
static int
send_bytes (int fd, const guint8 *bytes, gsize n_bytes)
{
  for (guint i = 0; i < 2; i++)
    if (send (fd, bytes, n_bytes, MSG_NOSIGNAL) >= 0)
      return 0;

  return -errno;
}

static int
send_check (PingemCheckSource *source, const PingemTargetSpec *spec, guint64 number)
{
  PingemStampSource *self = PINGEM_STAMP_SOURCE (source);
  guint8 bytes[PINGEM_STAMP_AUTH_SIZE];
  PingemStampRequest request;
  Session *session;
  PingemTime now;
  Packet *packet;
  gsize n_bytes;
  int r = get_session (self, spec, &session);

  if (r < 0)
    return r;

  now = pingem_clock_kernel (NULL);
  request = (PingemStampRequest){ .seq = session->next_seq,
                                  .sent = pingem_stamp_clock_from_unix (now.real_ns),
                                  .error = pingem_stamp_clock_error_estimate () };
  n_bytes = pingem_stamp_write_request (&request, session->key, bytes);
  r = send_bytes (session->fd, bytes, n_bytes);
  if (r < 0)
    {
      /* The way there may be another one now, and so the address to send from. */
      g_hash_table_remove (self->sessions, GUINT_TO_POINTER (spec->id));
      return r;
    }

  packet = g_new0 (Packet, 1);
  *packet = (Packet){ .number = number,
                      .session = session,
                      .seq = request.seq,
                      .place = session->n_sent++,
                      .sent = request.sent,
                      .mono_ns = now.mono_ns };
  g_hash_table_insert (self->packets, &packet->number, packet);
  g_hash_table_insert (session->by_seq, GUINT_TO_POINTER (packet->seq), packet);
  session->next_seq += session->next_seq == 0 ? 2 : 1;

  return 0;
}

static void
forget (PingemCheckSource *source, guint64 number)
{
  PingemStampSource *self = PINGEM_STAMP_SOURCE (source);
  Packet *packet = g_hash_table_lookup (self->packets, &number);

  if (packet->session != NULL)
    settle (packet);
  g_hash_table_remove (self->packets, &number);
}

static void
removed (PingemCheckSource *source, guint32 id)
{
  PingemStampSource *self = PINGEM_STAMP_SOURCE (source);

  g_hash_table_remove (self->sessions, GUINT_TO_POINTER (id));
  g_hash_table_remove (self->keys, GUINT_TO_POINTER (id));
}

static const char *
get_kind (PingemCheckSource *source)
{
  return "udp";
}

static void
pingem_stamp_source_finalize (GObject *object)
{
  PingemStampSource *self = PINGEM_STAMP_SOURCE (object);

  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->packets);
  g_hash_table_unref (self->keys);

  G_OBJECT_CLASS (pingem_stamp_source_parent_class)->finalize (object);
}

static void
pingem_stamp_source_class_init (PingemStampSourceClass *klass)
{
  PingemCheckSourceClass *check_class = PINGEM_CHECK_SOURCE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pingem_stamp_source_finalize;
  check_class->get_kind = get_kind;
  check_class->send = send_check;
  check_class->forget = forget;
  check_class->removed = removed;
}

static void
pingem_stamp_source_init (PingemStampSource *self)
{
  self->sessions = g_hash_table_new_full (NULL, NULL, NULL, session_free);
  self->packets = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  self->keys = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_bytes_unref);
}

PingemSource *
pingem_stamp_source_new (void)
{
  return g_object_new (PINGEM_TYPE_STAMP_SOURCE, NULL);
}

void
pingem_stamp_source_set_key (PingemSource *source, guint32 id, GBytes *key)
{
  PingemStampSource *self = PINGEM_STAMP_SOURCE (source);

  if (key != NULL)
    g_hash_table_insert (self->keys, GUINT_TO_POINTER (id), g_bytes_ref (key));
}

static gint64
get_jitter_us (const Way *way)
{
  return way->has_jitter ? (gint64) way->jitter_ns / NS_PER_US : -1;
}

PingemPath
pingem_stamp_source_get_path (PingemSource *source, guint32 id)
{
  Session *session =
      g_hash_table_lookup (PINGEM_STAMP_SOURCE (source)->sessions, GUINT_TO_POINTER (id));
  PingemPath path = PINGEM_PATH_NONE;

  if (session == NULL)
    return path;

  path = session->path;
  path.jitter_up_us = get_jitter_us (&session->up);
  path.jitter_down_us = get_jitter_us (&session->down);

  return path;
}
