/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "source/tcp-source.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "source/check-socket.h"
#include "source/check-source.h"

#define PINGEM_TYPE_TCP_SOURCE (pingem_tcp_source_get_type ())

G_DECLARE_FINAL_TYPE (PingemTcpSource, pingem_tcp_source, PINGEM, TCP_SOURCE, PingemCheckSource)

/**
 * PingemTcpSource:
 *
 * A connection for each check.
 */
struct _PingemTcpSource {
  PingemCheckSource parent_instance;

  GHashTable *attempts; /* (owned): of Attempt, by number */
};

G_DEFINE_FINAL_TYPE (PingemTcpSource, pingem_tcp_source, PINGEM_TYPE_CHECK_SOURCE)

typedef struct {
  guint64 number; /* first: it is the key */
  PingemTcpSource *source;
  PingemAddress address;
  int fd;
  int error;
  GSource *watch; /* (owned) (nullable) */
} Attempt;

static void
attempt_free (gpointer data)
{
  Attempt *attempt = data;

  if (attempt->watch != NULL)
    g_source_destroy (attempt->watch);
  g_clear_pointer (&attempt->watch, g_source_unref);
  close (attempt->fd);
  g_free (attempt);
}

/* It leaves no trace on the other side: neither a connection that waits for its end here. */
static void
reset (int fd)
{
  const struct linger at_once = { .l_onoff = 1 };

  setsockopt (fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void
tell (PingemTcpSource *self, guint64 number, const PingemAddress *address, int error)
{
  PingemAnswer answer = { .rtt_ns = -1, .error = error };

  /* The refusal is the host's own, or of who speaks for it. */
  if (error == ECONNREFUSED)
    answer.from = *address;

  if (error == 0)
    pingem_check_source_answer (PINGEM_CHECK_SOURCE (self), number, answer);
  /* That TCP gave up is no more than silence. */
  else if (error != ETIMEDOUT)
    pingem_check_source_fail (PINGEM_CHECK_SOURCE (self), number, &answer);
}

static void
finish (Attempt *attempt)
{
  g_autoptr (PingemTcpSource) self = g_object_ref (attempt->source);
  PingemAddress address = attempt->address;
  guint64 number = attempt->number;
  int error = attempt->error;

  reset (attempt->fd);
  g_hash_table_remove (self->attempts, &number);
  tell (self, number, &address, error);
}

static gboolean
on_ready (int fd, GIOCondition condition, gpointer user_data)
{
  Attempt *attempt = user_data;
  socklen_t length = sizeof attempt->error;

  getsockopt (fd, SOL_SOCKET, SO_ERROR, &attempt->error, &length);
  finish (attempt);

  return G_SOURCE_REMOVE;
}

static int
send_check (PingemCheckSource *source, const PingemTargetSpec *spec, guint64 number)
{
  PingemTcpSource *self = PINGEM_TCP_SOURCE (source);
  int error = 0;
  int fd = pingem_check_socket_open (spec, SOCK_STREAM, &error);
  Attempt *attempt;

  if (fd < 0)
    return fd;

  attempt = g_new0 (Attempt, 1);
  attempt->number = number;
  attempt->source = self;
  attempt->address = spec->address;
  attempt->fd = fd;
  attempt->error = error;
  g_hash_table_insert (self->attempts, &attempt->number, attempt);

  return 0;
}

static void
on_sent (PingemCheckSource *source, guint64 number)
{
  Attempt *attempt = g_hash_table_lookup (PINGEM_TCP_SOURCE (source)->attempts, &number);

  if (attempt->error == EINPROGRESS)
    attempt->watch =
        pingem_check_socket_watch (attempt->fd, G_IO_OUT, G_SOURCE_FUNC (on_ready), attempt);
  else
    finish (attempt);
}

static void
forget (PingemCheckSource *source, guint64 number)
{
  g_hash_table_remove (PINGEM_TCP_SOURCE (source)->attempts, &number);
}

static const char *
get_kind (PingemCheckSource *source)
{
  return "tcp";
}

static void
pingem_tcp_source_finalize (GObject *object)
{
  g_hash_table_unref (PINGEM_TCP_SOURCE (object)->attempts);

  G_OBJECT_CLASS (pingem_tcp_source_parent_class)->finalize (object);
}

static void
pingem_tcp_source_class_init (PingemTcpSourceClass *klass)
{
  PingemCheckSourceClass *check_class = PINGEM_CHECK_SOURCE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pingem_tcp_source_finalize;
  check_class->get_kind = get_kind;
  check_class->send = send_check;
  check_class->sent = on_sent;
  check_class->forget = forget;
}

static void
pingem_tcp_source_init (PingemTcpSource *self)
{
  self->attempts = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, attempt_free);
}

PingemSource *
pingem_tcp_source_new (void)
{
  return g_object_new (PINGEM_TYPE_TCP_SOURCE, NULL);
}
