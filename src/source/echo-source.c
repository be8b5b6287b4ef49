/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "source/echo-source.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "source/check-socket.h"
#include "source/check-source.h"

#define PINGEM_TYPE_ECHO_SOURCE (pingem_echo_source_get_type ())

G_DECLARE_FINAL_TYPE (PingemEchoSource, pingem_echo_source, PINGEM, ECHO_SOURCE, PingemCheckSource)

/* Eight letters, and the check's number in network order. */
#define MAGIC "PingemEc"
#define MESSAGE_SIZE 16
#define MAX_UNSENT (4096 * MESSAGE_SIZE)
#define SILENCE_MS 10000
/* An attempt ends after 7 s, as TCP doubles its waits. */
#define N_SYN_RETRIES 2

/**
 * PingemEchoSource:
 *
 * A line for each target.
 */
struct _PingemEchoSource {
  PingemCheckSource parent_instance;

  GHashTable *lines; /* (owned): of Line, by target id */
};

G_DEFINE_FINAL_TYPE (PingemEchoSource, pingem_echo_source, PINGEM_TYPE_CHECK_SOURCE)

typedef struct {
  PingemEchoSource *source;
  guint32 id;
  PingemAddress address;
  int fd;
  int error;          /* errno: it is broken, and is taken away soon */
  GSource *reader;    /* (owned) */
  GSource *writer;    /* (owned) (nullable): while there is something to write, or no connection */
  GByteArray *unsent; /* (owned) */
  GByteArray *input;  /* (owned): less than a message */
  GArray *waiting;    /* (owned): numbers of the checks that wait for their answer */
} Line;

static void
clear_watch (GSource **watch)
{
  if (*watch != NULL)
    g_source_destroy (*watch);
  g_clear_pointer (watch, g_source_unref);
}

static void
line_free (gpointer data)
{
  Line *line = data;

  clear_watch (&line->reader);
  clear_watch (&line->writer);
  close (line->fd);
  g_byte_array_unref (line->unsent);
  g_byte_array_unref (line->input);
  g_array_unref (line->waiting);
  g_free (line);
}

static gboolean
take_waiting (Line *line, guint64 number)
{
  for (guint i = 0; i < line->waiting->len; i++)
    if (g_array_index (line->waiting, guint64, i) == number)
      {
        g_array_remove_index (line->waiting, i);
        return TRUE;
      }

  return FALSE;
}

/* @error: 0: it was given up, which is no more than silence */
static void
break_line (Line *line, int error)
{
  g_autoptr (PingemEchoSource) self = g_object_ref (line->source);
  g_autoptr (GArray) waiting = g_array_ref (line->waiting);
  PingemAnswer answer = { .rtt_ns = -1, .error = error };

  if (error == ECONNREFUSED)
    answer.from = line->address;
  g_hash_table_remove (self->lines, GUINT_TO_POINTER (line->id));

  for (guint i = 0; error != 0 && error != ETIMEDOUT && i < waiting->len; i++)
    pingem_check_source_fail (PINGEM_CHECK_SOURCE (self), g_array_index (waiting, guint64, i),
                              &answer);
}

/* FALSE: the line is gone. */
static gboolean
take_messages (Line *line)
{
  g_autoptr (PingemEchoSource) self = g_object_ref (line->source);
  g_autoptr (GArray) answered = g_array_new (FALSE, FALSE, sizeof (guint64));
  gboolean is_sound = TRUE;
  guint offset = 0;

  for (; is_sound && line->input->len - offset >= MESSAGE_SIZE; offset += MESSAGE_SIZE)
    {
      const guint8 *message = line->input->data + offset;
      guint64 number;

      memcpy (&number, message + strlen (MAGIC), sizeof number);
      number = GUINT64_FROM_BE (number);
      is_sound = memcmp (message, MAGIC, strlen (MAGIC)) == 0;
      if (is_sound && take_waiting (line, number))
        g_array_append_val (answered, number);
    }

  g_byte_array_remove_range (line->input, 0, offset);

  /* Who gives back something else is no echo server. */
  if (!is_sound)
    break_line (line, EPROTO);
  for (guint i = 0; i < answered->len; i++)
    pingem_check_source_answer (PINGEM_CHECK_SOURCE (self), g_array_index (answered, guint64, i),
                                (PingemAnswer){ .rtt_ns = -1 });

  return is_sound;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Line *line = user_data;
  guint8 bytes[64 * MESSAGE_SIZE];
  gssize n = read (fd, bytes, sizeof bytes);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    {
      /* What broke it may have been told already, by what was sent. */
      break_line (line, line->error != 0 ? line->error : n == 0 ? ECONNRESET : errno);
      return G_SOURCE_REMOVE;
    }

  g_byte_array_append (line->input, bytes, (guint) n);

  return take_messages (line) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Returns: 0, or an errno by which the line is broken */
static int
write_out (Line *line)
{
  gssize n = send (line->fd, line->unsent->data, line->unsent->len, MSG_NOSIGNAL);

  if (n > 0)
    g_byte_array_remove_range (line->unsent, 0, (guint) n);

  return n >= 0 || errno == EAGAIN || errno == EINTR ? 0 : errno;
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  Line *line = user_data;
  socklen_t length = sizeof line->error;

  if (line->error == 0)
    getsockopt (fd, SOL_SOCKET, SO_ERROR, &line->error, &length);
  if (line->error == 0 && line->unsent->len > 0)
    line->error = write_out (line);

  if (line->error != 0)
    {
      break_line (line, line->error);
      return G_SOURCE_REMOVE;
    }
  if (line->unsent->len > 0)
    return G_SOURCE_CONTINUE;

  g_clear_pointer (&line->writer, g_source_unref);

  return G_SOURCE_REMOVE;
}

static void
set_options (int fd)
{
  const int on = 1;
  const int n_retries = N_SYN_RETRIES;
  const guint silence_ms = SILENCE_MS;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt (fd, IPPROTO_TCP, TCP_SYNCNT, &n_retries, sizeof n_retries);
  setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silence_ms, sizeof silence_ms);
}

/* Opens one where there is none. Returns: 0 or -errno */
static int
get_line (PingemEchoSource *self, const PingemTargetSpec *spec, Line **ret_line)
{
  int error = 0;
  int fd;

  *ret_line = g_hash_table_lookup (self->lines, GUINT_TO_POINTER (spec->id));
  if (*ret_line != NULL && (*ret_line)->unsent->len < MAX_UNSENT)
    return 0;
  if (*ret_line != NULL)
    break_line (*ret_line, 0);

  fd = pingem_check_socket_open (spec, SOCK_STREAM, &error);
  if (fd < 0)
    return fd;

  set_options (fd);
  *ret_line = g_new0 (Line, 1);
  **ret_line = (Line){
    .source = self,
    .id = spec->id,
    .address = spec->address,
    .fd = fd,
    .error = error == EINPROGRESS ? 0 : error,
    .unsent = g_byte_array_new (),
    .input = g_byte_array_new (),
    .waiting = g_array_new (FALSE, FALSE, sizeof (guint64)),
    .reader = pingem_check_socket_watch (fd, G_IO_IN, G_SOURCE_FUNC (on_readable), *ret_line),
  };
  g_hash_table_insert (self->lines, GUINT_TO_POINTER (spec->id), *ret_line);

  return 0;
}

static int
send_check (PingemCheckSource *source, const PingemTargetSpec *spec, guint64 number)
{
  guint64 wire_number = GUINT64_TO_BE (number);
  Line *line;
  int r = get_line (PINGEM_ECHO_SOURCE (source), spec, &line);

  if (r < 0)
    return r;

  g_byte_array_append (line->unsent, (const guint8 *) MAGIC, strlen (MAGIC));
  g_byte_array_append (line->unsent, (const guint8 *) &wire_number, sizeof wire_number);
  g_array_append_val (line->waiting, number);

  /* A line that breaks by it says so at the next turn: the check is not in the ledger yet. */
  if (line->writer == NULL && line->error == 0)
    line->error = write_out (line);
  if (line->writer == NULL && (line->error != 0 || line->unsent->len > 0))
    line->writer =
        pingem_check_socket_watch (line->fd, G_IO_OUT, G_SOURCE_FUNC (on_writable), line);

  return 0;
}

static void
forget (PingemCheckSource *source, guint64 number)
{
  GHashTableIter iter;
  gpointer line;

  g_hash_table_iter_init (&iter, PINGEM_ECHO_SOURCE (source)->lines);
  while (g_hash_table_iter_next (&iter, NULL, &line))
    if (take_waiting (line, number))
      return;
}

static void
removed (PingemCheckSource *source, guint32 id)
{
  g_hash_table_remove (PINGEM_ECHO_SOURCE (source)->lines, GUINT_TO_POINTER (id));
}

static const char *
get_kind (PingemCheckSource *source)
{
  return "echo";
}

static void
pingem_echo_source_finalize (GObject *object)
{
  g_hash_table_unref (PINGEM_ECHO_SOURCE (object)->lines);

  G_OBJECT_CLASS (pingem_echo_source_parent_class)->finalize (object);
}

static void
pingem_echo_source_class_init (PingemEchoSourceClass *klass)
{
  PingemCheckSourceClass *check_class = PINGEM_CHECK_SOURCE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pingem_echo_source_finalize;
  check_class->get_kind = get_kind;
  check_class->send = send_check;
  check_class->forget = forget;
  check_class->removed = removed;
}

static void
pingem_echo_source_init (PingemEchoSource *self)
{
  self->lines = g_hash_table_new_full (NULL, NULL, NULL, line_free);
}

PingemSource *
pingem_echo_source_new (void)
{
  return g_object_new (PINGEM_TYPE_ECHO_SOURCE, NULL);
}
