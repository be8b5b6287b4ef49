/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <sys/socket.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "ipc/channel.h"
#include "source/channel-reader.h"

typedef struct {
  guint64 n_told; /* read or dropped */
  gboolean is_gone;
} Told;

static void
on_record (const PingemRecord *record, gpointer user_data)
{
  Told *told = user_data;

  g_assert_true (!told->is_gone && record->state < PINGEM_N_STATES);
  told->n_told++;
}

static void
on_dropped (guint64 n, gpointer user_data)
{
  Told *told = user_data;

  g_assert_true (!told->is_gone && n > 0);
  told->n_told += n;
}

static void
on_overflowed (gpointer user_data)
{
  ((Told *) user_data)->n_told++;
}

static void
on_gone (const GError *error, gpointer user_data)
{
  Told *told = user_data;

  g_assert_true (!told->is_gone && error != NULL);
  told->is_gone = TRUE;
}

/* Version, kind and number are right unless the first byte has it otherwise. */
static PingemMessage
take_message (FuzzInput *input, guint64 *next_number)
{
  uint8_t choice = fuzz_take_byte (input);
  PingemMessage message;

  fuzz_take (input, &message, sizeof message);
  if ((choice & 1) == 0)
    message.version = PINGEM_CHANNEL_VERSION;
  if ((choice & 2) == 0)
    message.kind %= PINGEM_MESSAGE_OVERFLOW + 1;
  if ((choice & 4) == 0)
    message.number = *next_number + message.number % 3;
  if ((choice & 8) == 0 && message.kind == PINGEM_MESSAGE_DROPPED)
    message.dropped_to = message.number + message.dropped_to % 3;
  *next_number = (message.kind == PINGEM_MESSAGE_DROPPED ? message.dropped_to : message.number) + 1;

  return message;
}

/* Packets of as many messages as the next byte says, and not always whole ones. */
static void
send_packet (FuzzInput *input, int fd, guint64 *next_number)
{
  uint8_t choice = fuzz_take_byte (input);
  gsize n = choice < 0xf0 ? choice % 4 : choice % 4 + PINGEM_CHANNEL_MAX_BATCH - 2;
  gsize length = n * sizeof (PingemMessage) - (choice % 16 == 15 && n > 0);
  g_autofree PingemMessage *messages = g_new0 (PingemMessage, n + 1);

  for (gsize i = 0; i < n; i++)
    messages[i] = take_message (input, next_number);
  send (fd, messages, length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const PingemChannelFuncs funcs = { on_record, on_dropped, on_overflowed, on_gone };
  FuzzInput input = { data, size };
  guint64 next_number = 0;
  Told told = { 0 };
  PingemChannelReader *reader;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, fds), ==, 0);
  reader = pingem_channel_reader_new (fds[1], &funcs, &told);
  while (input.n_bytes > 0 && !told.is_gone)
    {
      send_packet (&input, fds[0], &next_number);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }

  /* Whatever was believed is counted, read or dropped. */
  g_assert_true (told.is_gone || told.n_told == next_number);
  pingem_channel_reader_free (reader);
  close (fds[0]);

  return 0;
}
