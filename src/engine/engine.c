/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/engine.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/engine-private.h"

#define NS_PER_S INT64_C (1000000000)
/* So many more messages than probes in flight are no flood. */
#define MAX_SURPLUS 16
#define FLOODED_NS (60 * NS_PER_S)

PingemTime
pingem_engine_read_clock (PingemEngine *engine)
{
  engine->now = engine->clock (engine->clock_data);

  return engine->now;
}

void
pingem_engine_tell (PingemEngine *engine, const PingemSlot *slot)
{
  const PingemTarget *target = pingem_ledger_target_of (&engine->ledger, slot);
  PingemRecord record = pingem_ledger_record (&engine->ledger, slot);

  if (pingem_targets_is_wanted (&engine->ledger.targets, target))
    engine->func (&record, engine->func_data);
}

static void
expire (PingemEngine *engine, int64_t mono_ns)
{
  PingemSlot *slot;

  while ((slot = pingem_ledger_expire (&engine->ledger, mono_ns)) != NULL)
    {
      pingem_engine_tell (engine, slot);
      if (slot->is_final)
        pingem_ledger_drop (&engine->ledger, slot);
    }
}

static int
set_up (PingemEngine *engine, PingemSocketKind kind, PingemRawSockets *raw)
{
  uint8_t hash_key[PINGEM_SIPHASH_KEY_SIZE];
  int r = pingem_wire_fill_random (hash_key, sizeof hash_key);
  int s = raw != NULL ? pingem_wire_open_on (&engine->wire, raw)
                      : pingem_wire_open (&engine->wire, kind);

  pingem_ledger_init (&engine->ledger, hash_key);

  return r < 0 ? r : s;
}

/* @raw: (nullable): sockets of @kind are opened */
static int
create (PingemSocketKind kind,
        PingemRawSockets *raw,
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

  r = set_up (engine, kind, raw);
  if (r < 0)
    {
      pingem_engine_free (engine);
      return r;
    }

  *ret_engine = engine;

  return 0;
}

int
pingem_engine_new (PingemSocketKind kind,
                   PingemClock clock,
                   void *clock_data,
                   PingemRecordFunc func,
                   void *func_data,
                   PingemEngine **ret_engine)
{
  return create (kind, NULL, clock, clock_data, func, func_data, ret_engine);
}

int
pingem_engine_new_on (PingemRawSockets *sockets,
                      PingemClock clock,
                      void *clock_data,
                      PingemRecordFunc func,
                      void *func_data,
                      PingemEngine **ret_engine)
{
  return create (PINGEM_SOCKET_RAW, sockets, clock, clock_data, func, func_data, ret_engine);
}

void
pingem_engine_set_admission (PingemEngine *engine, PingemAdmitFunc func, void *data)
{
  engine->ledger.admit = func;
  engine->ledger.admit_data = data;
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
  return pingem_ledger_add_target (&engine->ledger, spec,
                                   pingem_engine_read_clock (engine).boot_ns);
}

int
pingem_engine_change (PingemEngine *engine, const PingemTargetSpec *spec)
{
  return pingem_ledger_change_target (&engine->ledger, spec,
                                      pingem_engine_read_clock (engine).boot_ns);
}

int
pingem_engine_remove (PingemEngine *engine, uint32_t id)
{
  return pingem_ledger_remove_target (&engine->ledger, id);
}

/* Whether replies may lie in the buffer until the caller's next tick: they need room and stamps. */
static bool
may_wait (const PingemEngine *engine)
{
  return engine->is_batch && engine->has_stamps &&
         engine->ledger.in_flight_weight <= engine->wire.room / 2 &&
         engine->now.boot_ns >= engine->flooded_until_ns;
}

/* Whether they may lie there for a millisecond, as they come thick. */
static bool
may_tick (const PingemEngine *engine)
{
  return engine->has_stamps && engine->n_replies > 0 &&
         engine->ledger.in_flight_weight <= engine->wire.room &&
         (engine->is_batch || pingem_targets_has_ticks (&engine->ledger.targets));
}

static void
choose_watch (PingemEngine *engine)
{
  bool is_waiting = may_wait (engine);

  engine->is_ticking = !is_waiting && may_tick (engine);
  pingem_wire_ignore_replies (&engine->wire, is_waiting || engine->is_ticking);
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

bool
pingem_engine_is_urgent (const PingemEngine *engine)
{
  return engine->is_behind || engine->is_ticking || engine->retries.n > 0;
}

int64_t
pingem_engine_deadline (const PingemEngine *engine)
{
  int64_t due_ns =
      pingem_retries_deadline (&engine->retries, pingem_targets_deadline (&engine->ledger.targets));
  int64_t expiry_ns = pingem_ledger_deadline (&engine->ledger);
  int64_t tick_ns = pingem_round_to_tick (engine->now.boot_ns + 1);

  if (engine->is_behind)
    return engine->now.boot_ns;
  if (engine->is_ticking && tick_ns < due_ns)
    due_ns = tick_ns;
  if (expiry_ns != INT64_MAX)
    expiry_ns += engine->now.boot_ns - engine->now.mono_ns;

  return pingem_ledger_choose_wake (&engine->ledger, due_ns, expiry_ns);
}

void
pingem_engine_run (PingemEngine *engine)
{
  /* Read before the sockets: whatever came in time is counted before anything expires. */
  PingemTime now = pingem_engine_read_clock (engine);
  int64_t n_expected = engine->ledger.n_in_flight;

  engine->n_replies = 0;
  pingem_engine_read (engine, pingem_ledger_deadline (&engine->ledger) <= now.mono_ns);
  if (engine->n_replies > n_expected + MAX_SURPLUS)
    engine->flooded_until_ns = now.boot_ns + FLOODED_NS;
  if (!engine->is_behind)
    expire (engine, now.mono_ns);
  pingem_engine_send_due (engine, &now);
  choose_watch (engine);
}

uint64_t
pingem_engine_overflows (const PingemEngine *engine)
{
  return engine->n_overflows;
}
