/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>

#include "engine/engine-private.h"

#define NS_PER_MS INT64_C (1000000)
/* Of one run(), so that its caller's loop goes on. */
#define MAX_SENDS 256
/* Replies are drained this often between sends, or sooner where a quarter of the buffer would fill:
 * else it overflows in a burst. */
#define SENDS_PER_READ 64
/* A send that failed is tried again where an ICMP error of another probe may be the cause: until it
 * failed twice with none there. Once is not enough: the kernel queues an error, and sets the errno
 * a moment later. */
#define MAX_ATTEMPTS 6
#define N_CLEAN 2
/* A transmit stamp costs a fifth of a probe: only where so few are due at once that it is free. */
#define MAX_STAMPED 8
/* What cannot be sent is not tried faster, nor is the next of a target without a grid. */
#define RETRY_NS NS_PER_MS
/* For a target without an interval of its own. */
#define MAX_RETRY_MS 1000

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

static PingemStamps *
stamps_of (PingemEngine *engine, const PingemSocket *sock)
{
  return &engine->stamps[sock - engine->wire.sockets];
}

/* After a send failed that asked for a stamp: the kernel may have counted it. */
static void
restart_stamps (PingemEngine *engine, const PingemSocket *sock)
{
  pingem_socket_reset_stamps (sock);
  *stamps_of (engine, sock) = (PingemStamps){ 0 };
}

/* Returns 0 or -errno; engine->now is the time of the last attempt. */
static int
send_request (PingemEngine *engine,
              const PingemTargetSpec *spec,
              uint16_t wire_seq,
              const PingemSocket *sock,
              bool wants_stamp)
{
  const PingemLedger *ledger = &engine->ledger;
  int n_clean = 0;
  int r = 0;

  pingem_wire_build (&engine->wire, spec, pingem_ledger_next_number (ledger), ledger->next_count,
                     wire_seq);

  for (int i = 0; i < MAX_ATTEMPTS; i++)
    {
      pingem_engine_read_clock (engine);
      r = pingem_wire_send (&engine->wire, spec, wants_stamp);
      if (r == 0)
        return 0;

      n_clean = pingem_engine_read_errors (engine, sock) > 0 ? 0 : n_clean + 1;
      if (wants_stamp)
        restart_stamps (engine, sock);
      /* EAGAIN would read as one of our own limits. */
      if (r == -EAGAIN || r == -ENOBUFS)
        return -ENOBUFS;
      if (n_clean == N_CLEAN)
        return r;
    }

  /* Errors come so fast that nothing is known of this probe yet: it is tried again later. */
  return -ENOBUFS;
}

static int
try_slot (PingemEngine *engine, uint32_t index, uint64_t seq, bool wants_stamp)
{
  PingemLedger *ledger = &engine->ledger;
  const PingemTarget *target = pingem_targets_at (&ledger->targets, index);
  const PingemDestination *destination = pingem_ledger_destination_of (ledger, target);
  PingemTargetSpec spec = pingem_ledger_spec_of (ledger, target);
  const PingemSocket *sock = pingem_wire_socket (&engine->wire, &spec.address);
  PingemSlot *slot;
  int r;

  if (sock->fd < 0)
    return -EAFNOSUPPORT;
  if (destination->n_outstanding >= PINGEM_MAX_OUTSTANDING)
    return -EAGAIN;
  if (!pingem_ledger_reserve (ledger))
    return -ENOMEM;

  r = send_request (engine, &spec, destination->next_wire_seq, sock, wants_stamp);
  if (r < 0)
    return r;

  slot = pingem_ledger_send (ledger, index, seq, engine->now.mono_ns, engine->now.real_ns);
  if (wants_stamp)
    pingem_stamps_add (stamps_of (engine, sock), pingem_ledger_number_of (ledger, slot));
  pingem_engine_tell (engine, slot);

  return 0;
}

/* How long a slot is tried again: never when the next one of its target is due. */
static int64_t
find_give_up (const PingemEngine *engine, const PingemTarget *target, uint64_t seq)
{
  uint32_t interval_ms = pingem_targets_common_of (&engine->ledger.targets, target)->interval_ms;

  if (interval_ms == 0 || interval_ms > MAX_RETRY_MS)
    interval_ms = MAX_RETRY_MS;

  return pingem_targets_due_ns (&engine->ledger.targets, target, seq) + interval_ms * NS_PER_MS;
}

/* The device's queue is full, for a moment mostly: never loss, and unsent only if it stays so. */
static void
keep_for_retry (PingemEngine *engine, PingemTarget *target, const PingemRetry *retry)
{
  if (engine->retries.n == 0)
    engine->retries.next_ns = engine->now.boot_ns + RETRY_NS;
  target->n_refs++;
  target->is_retried = true;
  pingem_retries_add (&engine->retries, retry);
}

/* Those of interval 0 were asked for before it was their turn. */
static bool
is_admitted (const PingemLedger *ledger, uint32_t index, int64_t turn_ns)
{
  const PingemTarget *target = pingem_targets_at (&ledger->targets, index);

  return pingem_targets_common_of (&ledger->targets, target)->interval_ms == 0 ||
         pingem_ledger_admits (ledger, target, turn_ns);
}

/* @turn_ns: when it was its turn, CLOCK_BOOTTIME */
static void
send_slot (PingemEngine *engine, uint32_t index, uint64_t seq, int64_t turn_ns, bool wants_stamp)
{
  int r = is_admitted (&engine->ledger, index, turn_ns) ? try_slot (engine, index, seq, wants_stamp)
                                                        : -EAGAIN;
  PingemTarget *target = pingem_targets_at (&engine->ledger.targets, index);
  PingemRetry retry = { .seq = seq, .target = index };

  if (r == 0)
    {
      pingem_targets_end_turn (&engine->ledger.targets, index, turn_ns);
      return;
    }

  retry.give_up_ns = find_give_up (engine, target, seq);
  if (r == -ENOBUFS && engine->now.boot_ns < retry.give_up_ns)
    keep_for_retry (engine, target, &retry);
  else
    tell_unsent (engine, target, seq, -r);
  pingem_targets_put_off (&engine->ledger.targets, index, engine->now.boot_ns + RETRY_NS);
}

/* Whether @retry is done with, sent or not. One that comes too late is not sent. */
static bool
end_retry (PingemEngine *engine, const PingemRetry *retry, int64_t boot_ns)
{
  const PingemTarget *target = pingem_targets_at (&engine->ledger.targets, retry->target);
  int r = -ENOBUFS;

  if (!pingem_targets_is_wanted (&engine->ledger.targets, target))
    return true;

  if (boot_ns < retry->give_up_ns)
    {
      if (boot_ns >= engine->retries.next_ns)
        r = try_slot (engine, retry->target, retry->seq, false);
      if (r == -ENOBUFS)
        return false;
    }
  if (r < 0)
    tell_unsent (engine, target, retry->seq, -r);

  return true;
}

/* Before anything newer of the same targets is sent. */
static void
send_again (PingemEngine *engine, int64_t boot_ns)
{
  PingemRetries *retries = &engine->retries;
  uint32_t n = retries->n;

  for (uint32_t i = 0; i < n; i++)
    {
      PingemRetry retry = pingem_retries_take (retries);

      if (!end_retry (engine, &retry, boot_ns))
        {
          pingem_retries_add (retries, &retry);
          continue;
        }
      pingem_targets_at (&engine->ledger.targets, retry.target)->is_retried = false;
      pingem_ledger_release_target (&engine->ledger, retry.target);
    }

  if (n > 0 && boot_ns >= retries->next_ns)
    retries->next_ns = engine->now.boot_ns + RETRY_NS;
}

/* Most drivers have stamped the packet when the send returns: so it costs no wake-up. */
static void
read_stamps (PingemEngine *engine)
{
  for (int i = 0; i < PINGEM_WIRE_N_SOCKETS; i++)
    if (engine->stamps[i].n_awaited > 0)
      {
        pingem_engine_read_errors (engine, &engine->wire.sockets[i]);
        engine->stamps[i].n_awaited = 0;
      }
}

/* Whether what answers those @n_sent, and weighs so much more than when it was looked last, is to
 * be read before the next is sent. */
static bool
should_read (const PingemEngine *engine, int n_sent, int64_t weight_before)
{
  int64_t weight = (int64_t) engine->ledger.in_flight_weight - weight_before;

  return n_sent % SENDS_PER_READ == 0 || weight >= engine->wire.room / 4;
}

void
pingem_engine_send_due (PingemEngine *engine, const PingemTime *now)
{
  bool is_calm = engine->n_last_sent < MAX_STAMPED;
  int64_t weight_before = engine->ledger.in_flight_weight;
  int n = 0;

  send_again (engine, now->boot_ns);

  while (n < MAX_SENDS && !pingem_retries_is_full (&engine->retries))
    {
      uint64_t seq;
      uint32_t target = pingem_ledger_take_due (&engine->ledger, now, &seq);

      if (target == PINGEM_NONE)
        break;

      send_slot (engine, target, seq, now->boot_ns, is_calm && n < MAX_STAMPED);
      if (!should_read (engine, ++n, weight_before))
        continue;
      pingem_engine_read (engine, false);
      weight_before = engine->ledger.in_flight_weight;
    }

  if (n > 0)
    engine->n_last_sent = n;
  read_stamps (engine);
}
