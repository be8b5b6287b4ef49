/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "helper/outlet.h"
#include "ipc/channel.h"
#include "ipc/error.h"
#include "lab/system-bus.h"
#include "source/channel-reader.h"

#define BACKLOG 8

typedef struct {
  PingemOutlet *outlet;
  int client_fd;
  gboolean closed;
  PingemChannelReader *reader;
  guint64 n_records;
  guint64 n_dropped;
  guint64 n_overflows;
  guint64 last_seq;
  gboolean closes_at_record;
  GError *gone;
} Fixture;

static void
test_parse (void)
{
  const PingemMessage probe = { .version = PINGEM_CHANNEL_VERSION,
                                .kind = PINGEM_MESSAGE_PROBE,
                                .number = 7,
                                .probe = { .seq = 3, .state = PINGEM_STATE_ERROR } };
  PingemMessage wrong, parsed;

  g_assert_true (pingem_message_parse (&probe, &parsed));
  g_assert_cmpuint (parsed.number, ==, 7);
  g_assert_cmpuint (parsed.probe.seq, ==, 3);

  wrong = probe;
  wrong.version++;
  g_assert_false (pingem_message_parse (&wrong, &parsed));
  wrong = probe;
  wrong.kind = PINGEM_MESSAGE_OVERFLOW + 1;
  g_assert_false (pingem_message_parse (&wrong, &parsed));
  wrong = probe;
  wrong.probe.state = PINGEM_N_STATES;
  g_assert_false (pingem_message_parse (&wrong, &parsed));
  wrong = (PingemMessage){
    .version = PINGEM_CHANNEL_VERSION, .kind = PINGEM_MESSAGE_DROPPED, .number = 7, .dropped_to = 6
  };
  g_assert_false (pingem_message_parse (&wrong, &parsed));
}

static void
test_packet (void)
{
  const gsize size = sizeof (PingemMessage);

  g_assert_cmpuint (pingem_packet_count_messages (size), ==, 1);
  g_assert_cmpuint (pingem_packet_count_messages (PINGEM_CHANNEL_MAX_BATCH * size), ==,
                    PINGEM_CHANNEL_MAX_BATCH);
  g_assert_cmpuint (pingem_packet_count_messages (0), ==, 0);
  g_assert_cmpuint (pingem_packet_count_messages (size - 1), ==, 0);
  g_assert_cmpuint (pingem_packet_count_messages (size + 1), ==, 0);
  g_assert_cmpuint (pingem_packet_count_messages ((PINGEM_CHANNEL_MAX_BATCH + 1) * size), ==, 0);
}

static void
on_closed (gpointer user_data)
{
  ((Fixture *) user_data)->closed = TRUE;
}

static void
on_record (const PingemRecord *record, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_records++;
  f->last_seq = record->seq;
  if (f->closes_at_record)
    g_clear_pointer (&f->reader, pingem_channel_reader_free);
}

static void
on_dropped (guint64 n, gpointer user_data)
{
  ((Fixture *) user_data)->n_dropped += n;
}

static void
on_overflowed (gpointer user_data)
{
  ((Fixture *) user_data)->n_overflows++;
}

static void
on_gone (const GError *error, gpointer user_data)
{
  ((Fixture *) user_data)->gone = g_error_copy (error);
}

static const PingemChannelFuncs funcs = {
  .record = on_record,
  .dropped = on_dropped,
  .overflowed = on_overflowed,
  .gone = on_gone,
};

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->outlet = pingem_outlet_new (BACKLOG, on_closed, f, &f->client_fd, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->outlet, pingem_outlet_free);
  g_clear_pointer (&f->reader, pingem_channel_reader_free);
  g_clear_error (&f->gone);
}

static void
send_seq (Fixture *f, guint64 seq)
{
  pingem_outlet_send (f->outlet, &(PingemRecord){ .seq = seq });
}

static void
start_reading (Fixture *f)
{
  f->reader = pingem_channel_reader_new (f->client_fd, &funcs, f);
}

static void
test_in_order (Fixture *f, gconstpointer data)
{
  start_reading (f);
  for (guint i = 0; i < 3; i++)
    send_seq (f, i);

  lab_wait_until (f->n_records == 3);
  g_assert_cmpuint (f->last_seq, ==, 2);
  g_assert_cmpuint (f->n_dropped, ==, 0);
}

static gssize
read_packet (Fixture *f)
{
  guint8 data[(PINGEM_CHANNEL_MAX_BATCH + 1) * sizeof (PingemMessage)];

  return recv (f->client_fd, data, sizeof data, MSG_DONTWAIT);
}

/* What is told in one turn of the main loop goes together; what fills a packet goes at once. */
static void
test_batch (Fixture *f, gconstpointer data)
{
  const guint n = PINGEM_CHANNEL_MAX_BATCH + 3;

  for (guint i = 0; i < n; i++)
    send_seq (f, i);
  g_assert_cmpint (read_packet (f), ==, PINGEM_CHANNEL_MAX_BATCH * sizeof (PingemMessage));
  g_assert_cmpint (read_packet (f), ==, -1);

  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (read_packet (f), ==, 3 * sizeof (PingemMessage));
  close (f->client_fd);
}

static void
test_overflow (Fixture *f, gconstpointer data)
{
  start_reading (f);
  pingem_outlet_send_overflow (f->outlet);
  send_seq (f, 0);
  pingem_outlet_send_overflow (f->outlet);

  lab_wait_until (f->n_overflows == 2);
  g_assert_cmpuint (f->n_records, ==, 1);
  g_assert_cmpuint (f->n_dropped, ==, 0);
}

/* The rest of its packet is not told. */
static void
test_closed_by_record (Fixture *f, gconstpointer data)
{
  f->closes_at_record = TRUE;
  start_reading (f);
  for (guint i = 0; i < 3; i++)
    send_seq (f, i);

  lab_wait_until (f->closed);
  g_assert_cmpuint (f->n_records, ==, 1);
}

static void
test_slow_reader (Fixture *f, gconstpointer data)
{
  const guint n = 20000;

  for (guint i = 0; i < n; i++)
    send_seq (f, i);
  start_reading (f);

  /* What was dropped is told without a further record. */
  lab_wait_until (f->n_records + f->n_dropped == n);
  g_assert_cmpuint (f->n_dropped, >, 0);
  g_assert_cmpuint (f->n_records, >=, BACKLOG - 1);

  send_seq (f, n);
  lab_wait_until (f->last_seq == n);
  g_assert_cmpuint (f->n_records + f->n_dropped, ==, n + 1);
}

static void
test_client_closes (Fixture *f, gconstpointer data)
{
  close (f->client_fd);
  send_seq (f, 0);
  lab_wait_until (f->closed);
}

static void
test_client_cannot_write (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (send (f->client_fd, "x", 1, MSG_NOSIGNAL), ==, -1);
  g_assert_cmpint (errno, ==, EPIPE);
  close (f->client_fd);
}

static void
test_helper_ends (Fixture *f, gconstpointer data)
{
  start_reading (f);
  send_seq (f, 5);
  g_clear_pointer (&f->outlet, pingem_outlet_free);

  lab_wait_until (f->gone != NULL);
  g_assert_cmpuint (f->last_seq, ==, 5);
  g_assert_error (f->gone, PINGEM_ERROR, PINGEM_ERROR_FAILED);
}

static void
send_raw (int fd, const PingemMessage *message, gsize length)
{
  g_assert_cmpint (send (fd, message, length, MSG_NOSIGNAL), ==, length);
}

/* A helper that speaks otherwise is not believed; what came before in the same packet is. */
static void
test_refused (gconstpointer together)
{
  const struct {
    guint32 version;
    guint64 number;
    gsize length;
  } cases[] = {
    { PINGEM_CHANNEL_VERSION + 1, 3, sizeof (PingemMessage) },
    { PINGEM_CHANNEL_VERSION, 1, sizeof (PingemMessage) },
    { PINGEM_CHANNEL_VERSION, 3, sizeof (PingemMessage) - 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases) - (together != NULL); i++)
    {
      Fixture f = { 0 };
      const PingemMessage messages[] = {
        { .version = PINGEM_CHANNEL_VERSION, .number = 2 },
        { .version = cases[i].version, .number = cases[i].number },
      };
      int fds[2];

      g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, fds), ==, 0);
      f.reader = pingem_channel_reader_new (fds[1], &funcs, &f);
      if (together != NULL)
        send_raw (fds[0], messages, sizeof messages);
      else
        {
          send_raw (fds[0], &messages[0], sizeof *messages);
          send_raw (fds[0], &messages[1], cases[i].length);
        }

      lab_wait_until (f.gone != NULL);
      g_assert_cmpuint (f.n_records, ==, 1);
      /* 0 and 1 never came. */
      g_assert_cmpuint (f.n_dropped, ==, 2);
      close (fds[0]);
      tear_down (&f, NULL);
    }
}

#define ADD(path, function)                                                                        \
  g_test_add ("/channel/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/channel/parse", test_parse);
  g_test_add_func ("/channel/packet", test_packet);
  ADD ("in-order", test_in_order);
  ADD ("batch", test_batch);
  ADD ("overflow", test_overflow);
  ADD ("closed-by-record", test_closed_by_record);
  ADD ("slow-reader", test_slow_reader);
  ADD ("client-closes", test_client_closes);
  ADD ("client-cannot-write", test_client_cannot_write);
  ADD ("helper-ends", test_helper_ends);
  g_test_add_data_func ("/channel/refused", NULL, test_refused);
  g_test_add_data_func ("/channel/refused-together", "together", test_refused);

  return g_test_run ();
}
