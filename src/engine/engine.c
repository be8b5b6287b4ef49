/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/engine.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/match.h"
#include "engine/wire.h"

/* Bounds of one run(), so that its caller's loop goes on. */
#define MAX_READS 1024
#define MAX_SENDS 256
/* Replies are drained this often between sends: else the buffer overflows in a burst. */
#define SENDS_PER_READ 64
/* A send that failed is tried again where an ICMP error of another probe may be the cause. */
#define MAX_ATTEMPTS 4
/* Without a grid, what cannot be sent is not tried faster. */
#define RETRY_NS INT64_C (1000000)
/* The smallest receive buffer there is in practice holds the replies to some 180 probes. */
#define MAX_UNREAD 64

struct PingemEngine {
  PingemClock clock;
  void *clock_data;
  PingemRecordFunc func;
  void *func_data;
  PingemLedger ledger;
  PingemWire wire;
  PingemTime now; /* the newest reading */
  bool is_behind; /* a bound was met: there is more to read */
  bool is_batch;
  uint8_t received[PINGEM_MAX_PACKET_SIZE];
};

static PingemTime
read_clock (PingemEngine *engine)
{
  engine->now = engine->clock (engine->clock_data);

  return engine->now;
}

static void
tell (PingemEngine *engine, const PingemSlot *slot)
{
  const PingemTarget *target = pingem_ledger_target_of (&engine->ledger, slot);
  PingemRecord record = pingem_ledger_record (&engine->ledger, slot);

  if (pingem_targets_is_wanted (&engine->ledger.targets, target))
    engine->func (&record, engine->func_data);
}

static void
tell_unsent (PingemEngine *engine, const PingemTarget *target, uint64_t seq, int error)
{
  PingemRecord record = {
    .seq = seq,
    .due_ns = pingem_targets_due_ns (&engine->ledger.targets, target, seq),
    .sent_ns = engine->now.real_ns,
    .rtt_ns = -1,
    .target = target->id,
    .error = error,
    .state = PINGEM_STATE_UNSENT,
    .flags = PINGEM_RECORD_FINAL,
  };

  engine->func (&record, engine->func_data);
}

static PingemAnswer
make_answer (PingemEngine *engine, const PingemSlot *slot, const PingemMessage *message)
{
  PingemTime now = read_clock (engine);
  bool is_corrected;
  PingemAnswer answer = { .ttl = message->ttl };

  answer.rtt_ns = pingem_match_rtt (slot, &now, message->stamp_ns, &is_corrected);
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
    tell (engine, slot);
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

  if (slot == NULL)
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
    tell (engine, slot);
}

/* How many were read, useful or not. */
static int
read_errors (PingemEngine *engine, const PingemSocket *sock)
{
  PingemMessage error;
  int n = 0;

  for (; n < MAX_READS; n++)
    {
      int r = pingem_socket_receive_error (sock, engine->received, &error);

      if (r == -EAGAIN)
        break;
      if (r == 0)
        take_error (engine, sock, &error);
    }

  return n;
}

static int
read_replies (PingemEngine *engine, const PingemSocket *sock)
{
  PingemMessage message;
  int n = 0;

  for (; n < MAX_READS; n++)
    {
      int r = pingem_socket_receive (sock, engine->received, &message);

      if (r == -EAGAIN)
        break;
      if (r == 0)
        take_reply (engine, sock, &message);
    }

  return n;
}

static void
read_sockets (PingemEngine *engine)
{
  engine->is_behind = false;

  for (int i = 0; i < PINGEM_WIRE_N_SOCKETS; i++)
    {
      const PingemSocket *sock = &engine->wire.sockets[i];

      if (sock->fd >= 0)
        {
          engine->is_behind |= read_errors (engine, sock) == MAX_READS;
          engine->is_behind |= read_replies (engine, sock) == MAX_READS;
        }
    }
}

static void
expire (PingemEngine *engine, int64_t mono_ns)
{
  PingemSlot *slot;

  while ((slot = pingem_ledger_expire (&engine->ledger, mono_ns)) != NULL)
    {
      tell (engine, slot);
      if (slot->is_final)
        pingem_ledger_drop (&engine->ledger, slot);
    }
}

/* Returns 0 or -errno; engine->now is the time of the last attempt. */
static int
send_request (PingemEngine *engine,
              const PingemTargetSpec *spec,
              uint16_t wire_seq,
              const PingemSocket *sock)
{
  const PingemLedger *ledger = &engine->ledger;
  int r = 0;

  pingem_wire_build (&engine->wire, spec, pingem_ledger_next_number (ledger), ledger->next_count,
                     wire_seq);

  for (int i = 0; i < MAX_ATTEMPTS; i++)
    {
      read_clock (engine);
      r = pingem_wire_send (&engine->wire, spec);
      if (r == 0)
        return 0;
      /* EAGAIN would read as one of our own limits. */
      if (r == -EAGAIN || r == -ENOBUFS)
        return -ENOBUFS;
      if (read_errors (engine, sock) == 0 && i > 0)
        return r;
    }

  return r;
}

static void
send_slot (PingemEngine *engine, uint32_t index, uint64_t seq)
{
  const PingemTarget *target = pingem_targets_at (&engine->ledger.targets, index);
  const PingemDestination *destination = pingem_ledger_destination_of (&engine->ledger, target);
  PingemTargetSpec spec = pingem_ledger_spec_of (&engine->ledger, target);
  const PingemSocket *sock = pingem_wire_socket (&engine->wire, &spec.address);
  int r;

  if (sock->fd < 0)
    r = -EAFNOSUPPORT;
  else if (destination->n_outstanding >= PINGEM_MAX_OUTSTANDING)
    r = -EAGAIN;
  else if (!pingem_ledger_reserve (&engine->ledger))
    r = -ENOMEM;
  else
    r = send_request (engine, &spec, destination->next_wire_seq, sock);

  if (r == 0)
    tell (engine, pingem_ledger_send (&engine->ledger, index, seq, engine->now.mono_ns,
                                      engine->now.real_ns));
  else
    {
      tell_unsent (engine, target, seq, -r);
      pingem_targets_put_off (&engine->ledger.targets, index, engine->now.boot_ns + RETRY_NS);
    }
}

static void
send_due (PingemEngine *engine, const PingemTime *now)
{
  for (int n = 1; n <= MAX_SENDS; n++)
    {
      uint64_t seq;
      uint32_t target = pingem_ledger_take_due (&engine->ledger, now, &seq);

      if (target == PINGEM_NONE)
        return;

      send_slot (engine, target, seq);
      if (n % SENDS_PER_READ == 0)
        read_sockets (engine);
    }
}

static int
set_up (PingemEngine *engine, PingemSocketKind kind)
{
  uint8_t hash_key[PINGEM_SIPHASH_KEY_SIZE];
  int r = pingem_wire_fill_random (hash_key, sizeof hash_key);
  int s = pingem_wire_open (&engine->wire, kind);

  pingem_ledger_init (&engine->ledger, hash_key);

  return r < 0 ? r : s;
}

int
pingem_engine_new (PingemSocketKind kind,
                   PingemClock clock,
                   void *clock_data,
                   PingemRecordFunc func,
                   void *func_data,
                   PingemEngine **ret_engine)
{
  PingemEngine *engine = calloc (1, sizeof *engine);
  int r;

  if (engine == NULL)
    return -ENOMEM;

  engine->clock = clock;
  engine->clock_data = clock_data;
  engine->func = func;
  engine->func_data = func_data;

  r = set_up (engine, kind);
  if (r < 0)
    {
      pingem_engine_free (engine);
      return r;
    }

  *ret_engine = engine;

  return 0;
}

void
pingem_engine_free (PingemEngine *engine)
{
  if (engine == NULL)
    return;

  pingem_wire_close (&engine->wire);
  pingem_ledger_clear (&engine->ledger);
  free (engine);
}

int
pingem_engine_add (PingemEngine *engine, const PingemTargetSpec *spec)
{
  return pingem_ledger_add_target (&engine->ledger, spec, read_clock (engine).boot_ns);
}

int
pingem_engine_change (PingemEngine *engine, const PingemTargetSpec *spec)
{
  return pingem_ledger_change_target (&engine->ledger, spec, read_clock (engine).boot_ns);
}

int
pingem_engine_remove (PingemEngine *engine, uint32_t id)
{
  return pingem_ledger_remove_target (&engine->ledger, id);
}

/* Whether the replies to come would find room, should nobody read them. */
static void
choose_watch (PingemEngine *engine)
{
  pingem_wire_ignore_replies (&engine->wire,
                              engine->is_batch && engine->ledger.n_in_flight <= MAX_UNREAD);
}

void
pingem_engine_set_batch (PingemEngine *engine, bool batch)
{
  engine->is_batch = batch;
  choose_watch (engine);
}

int
pingem_engine_fd (const PingemEngine *engine)
{
  return engine->wire.epoll_fd;
}

int64_t
pingem_engine_deadline (const PingemEngine *engine)
{
  int64_t due_ns = pingem_targets_deadline (&engine->ledger.targets);
  int64_t expiry_ns = pingem_ledger_deadline (&engine->ledger);

  if (engine->is_behind)
    return engine->now.boot_ns;
  if (expiry_ns != INT64_MAX)
    expiry_ns += engine->now.boot_ns - engine->now.mono_ns;

  return pingem_ledger_choose_wake (&engine->ledger, due_ns, expiry_ns);
}

void
pingem_engine_run (PingemEngine *engine)
{
  /* Read before the sockets: whatever came in time is counted before anything expires. */
  PingemTime now = read_clock (engine);

  read_sockets (engine);
  if (!engine->is_behind)
    expire (engine, now.mono_ns);
  send_due (engine, &now);
  choose_watch (engine);
}

uint64_t
pingem_engine_overflows (const PingemEngine *engine)
{
  return pingem_wire_drops (&engine->wire);
}
