/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/engine-private.h"
#include "engine/match.h"

/* Of one run(), so that its caller's loop goes on. */
#define MAX_READS 1024

/* engine->now: read after the message came */
static PingemAnswer
make_answer (const PingemEngine *engine, const PingemSlot *slot, const PingemMessage *message)
{
  bool is_corrected;
  PingemAnswer answer = { .ttl = message->ttl };

  answer.rtt_ns = pingem_match_rtt (slot, &engine->now, message->stamp_ns, &is_corrected);
  if (is_corrected)
    answer.flags = PINGEM_RECORD_KERNEL_STAMP;

  return answer;
}

static void
take_reply (PingemEngine *engine, const PingemSocket *sock, const PingemMessage *message)
{
  PingemSlot *slot = pingem_match_reply (&engine->ledger, engine->wire.cookie_key, sock, message);
  PingemAnswer answer;

  if (slot == NULL)
    return;

  answer = make_answer (engine, slot, message);
  if (pingem_ledger_reply (&engine->ledger, slot, &answer))
    pingem_engine_tell (engine, slot);
}

static PingemTargetSpec
spec_of (PingemEngine *engine, const PingemSlot *slot)
{
  return pingem_ledger_spec_of (&engine->ledger, pingem_ledger_target_of (&engine->ledger, slot));
}

static void
take_error (PingemEngine *engine, const PingemSocket *sock, const PingemMessage *error)
{
  PingemSlot *slot = pingem_match_error (&engine->ledger, engine->wire.cookie_key, sock, error);
  PingemAnswer answer = { .rtt_ns = -1 };
  bool is_hop, is_changed;

  engine->n_errors++;
  if (slot == NULL || !pingem_match_is_error (sock, error))
    return;

  is_hop =
      pingem_match_is_hop (sock, error) && (spec_of (engine, slot).flags & PINGEM_TARGET_HOP) != 0;
  if (is_hop)
    answer = make_answer (engine, slot, error);
  answer.flags |= PINGEM_RECORD_UNAUTHENTICATED;
  answer.icmp_type = error->icmp_type;
  answer.icmp_code = error->icmp_code;
  answer.from = error->offender;

  is_changed = is_hop ? pingem_ledger_reply (&engine->ledger, slot, &answer)
                      : pingem_ledger_error (&engine->ledger, slot, &answer);
  if (is_changed)
    pingem_engine_tell (engine, slot);
}

static void
take_stamp (PingemEngine *engine, const PingemSocket *sock, const PingemMessage *message)
{
  PingemStamps *stamps = &engine->stamps[sock - engine->wire.sockets];
  uint64_t number;
  PingemSlot *slot;

  if (!pingem_stamps_take (stamps, message->stamp_id, &number))
    return;

  slot = pingem_ledger_find (&engine->ledger, number);
  if (slot != NULL)
    pingem_stamp_apply (slot, message->stamp_ns);
}

static void
take (PingemEngine *engine, const PingemSocket *sock, const PingemMessage *message)
{
  switch (message->kind)
    {
    case PINGEM_ARRIVAL_REPLY:
      engine->has_stamps |= message->stamp_ns != 0;
      take_reply (engine, sock, message);
      break;
    case PINGEM_ARRIVAL_ERROR:
      take_error (engine, sock, message);
      break;
    case PINGEM_ARRIVAL_STAMP:
      take_stamp (engine, sock, message);
      break;
    }
}

/* How many were read, of use or not. One clock reading does for all: the kernel stamped each. */
static int
read_queue (PingemEngine *engine, const PingemSocket *sock, PingemQueueKind queue, bool to_end)
{
  PingemInbox *inbox = &engine->inbox;
  int n_read = 0;
  int n;

  do
    {
      n = pingem_inbox_read (inbox, sock, queue);
      if (inbox->n_messages > 0)
        pingem_engine_read_clock (engine);
      for (int i = 0; i < inbox->n_messages; i++)
        take (engine, sock, &inbox->messages[i]);
      n_read += n;
    }
  while (n_read < MAX_READS && (n == PINGEM_INBOX_SIZE || (to_end && n > 0)));

  engine->is_behind |= n_read >= MAX_READS;

  return n_read;
}

int
pingem_engine_read_errors (PingemEngine *engine, const PingemSocket *sock)
{
  engine->n_errors = 0;
  read_queue (engine, sock, PINGEM_QUEUE_ERRORS, false);

  return engine->n_errors;
}

void
pingem_engine_read (PingemEngine *engine, bool to_end)
{
  struct pollfd fds[PINGEM_WIRE_N_SOCKETS];

  engine->is_behind = false;
  pingem_wire_poll (&engine->wire, fds);

  for (int i = 0; i < PINGEM_WIRE_N_SOCKETS; i++)
    {
      PingemSocket *sock = &engine->wire.sockets[i];

      if ((fds[i].revents & POLLERR) != 0)
        read_queue (engine, sock, PINGEM_QUEUE_ERRORS, to_end);
      if ((fds[i].revents & POLLIN) == 0)
        continue;
      engine->n_overflows += pingem_socket_count_overflows (sock);
      engine->n_replies += read_queue (engine, sock, PINGEM_QUEUE_REPLIES, to_end);
    }
}
