/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a timeout costs with a million probes in flight: of the timer alone (the lanes), of a timer
 * made of GLib's balanced tree, and of the whole ledger with a target for each probe. One line of
 * keys and values per round, in nanoseconds:
 *
 *   cancel    a reply to a probe in random order, and a new probe in its place
 *   expiry    a probe that times out
 *
 * As the engine does it: some replies are read, what has timed out ends, some probes are sent.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <glib.h>

#include "engine/ledger.h"

#define N_PROBES 1000000u
#define N_BATCH 250u
#define TIMEOUT_MS 1000
#define TIMEOUT_NS (TIMEOUT_MS * INT64_C (1000000))

static const uint8_t key[PINGEM_SIPHASH_KEY_SIZE];

static double
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return now.tv_sec * 1e9 + now.tv_nsec;
}

static void
check (bool is_right, const char *what)
{
  if (is_right)
    return;

  fprintf (stderr, "bench-expiry: %s\n", what);
  exit (1);
}

/* The numbers below N_PROBES in random order, the same in each run. */
static uint32_t *
shuffle (void)
{
  uint32_t *order = malloc (N_PROBES * sizeof *order);

  check (order != NULL, "no memory");
  srandom (1);
  for (uint32_t i = 0; i < N_PROBES; i++)
    {
      uint32_t j = random () % (i + 1);

      order[i] = order[j];
      order[j] = i;
    }

  return order;
}

static void
push (PingemLanes *lanes, PingemPool *slots, uint32_t lane, int64_t mono_ns)
{
  uint32_t index = pingem_pool_take (slots);
  PingemSlot *slot;

  check (index != PINGEM_NONE, "no memory");
  slot = pingem_pool_at (slots, index);
  slot->sent_mono_ns = mono_ns;
  pingem_lanes_push (lanes, lane, false, slots, index);
}

/* A probe that was answered stays in its lane until its time has come, and is dropped then. */
static uint32_t
pop (PingemLanes *lanes, PingemPool *slots, int64_t mono_ns)
{
  uint32_t n = 0, lane, slot;
  bool is_held;

  while ((slot = pingem_lanes_pop (lanes, slots, mono_ns, &lane, &is_held)) != PINGEM_NONE)
    {
      pingem_pool_give (slots, slot);
      n++;
    }

  return n;
}

static void
measure_timer (const uint32_t *order)
{
  PingemLanes lanes;
  PingemPool slots;
  uint32_t lane;
  double begin, middle, end;

  pingem_lanes_init (&lanes);
  pingem_pool_init (&slots, sizeof (PingemSlot));
  lane = pingem_lanes_get (&lanes, TIMEOUT_MS, 0);
  check (lane != PINGEM_NONE, "no memory");
  for (uint32_t i = 0; i < N_PROBES; i++)
    push (&lanes, &slots, lane, i);

  begin = now_ns ();
  for (uint32_t i = 0; i < N_PROBES; i += N_BATCH)
    {
      for (uint32_t j = i; j < i + N_BATCH; j++)
        ((PingemSlot *) pingem_pool_at (&slots, order[j]))->state = PINGEM_STATE_REPLY;
      pop (&lanes, &slots, TIMEOUT_NS + i + N_BATCH - 1);
      for (uint32_t j = i; j < i + N_BATCH; j++)
        push (&lanes, &slots, lane, TIMEOUT_NS + j);
    }
  middle = now_ns ();
  check (pop (&lanes, &slots, 3 * TIMEOUT_NS) == N_PROBES, "a probe was lost");
  end = now_ns ();

  printf ("timer_cancel_ns %.1f timer_expiry_ns %.1f ", (middle - begin) / N_PROBES,
          (end - middle) / N_PROBES);
  pingem_lanes_clear (&lanes);
  pingem_pool_clear (&slots);
}

static int
compare_times (gconstpointer a, gconstpointer b, gpointer data)
{
  int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;

  return x < y ? -1 : x > y;
}

static uint32_t
pop_tree (GSequence *tree, int64_t mono_ns)
{
  uint32_t n = 0;

  for (GSequenceIter *i = g_sequence_get_begin_iter (tree);
       !g_sequence_iter_is_end (i) && *(int64_t *) g_sequence_get (i) <= mono_ns;
       i = g_sequence_get_begin_iter (tree), n++)
    g_sequence_remove (i);

  return n;
}

/* The peer: a timeout is taken out when its probe is answered, and the next one put in its place.
 */
static void
measure_tree (const uint32_t *order)
{
  GSequence *tree = g_sequence_new (NULL);
  GSequenceIter **entries = g_new (GSequenceIter *, N_PROBES);
  int64_t *times = g_new (int64_t, N_PROBES);
  double begin, middle, end;

  for (uint32_t i = 0; i < N_PROBES; i++)
    {
      times[i] = i + TIMEOUT_NS;
      entries[i] = g_sequence_append (tree, &times[i]);
    }

  begin = now_ns ();
  for (uint32_t i = 0; i < N_PROBES; i++)
    {
      uint32_t probe = order[i];

      g_sequence_remove (entries[probe]);
      times[probe] = i + 2 * TIMEOUT_NS;
      entries[probe] = g_sequence_insert_sorted (tree, &times[probe], compare_times, NULL);
    }
  middle = now_ns ();
  check (pop_tree (tree, 4 * TIMEOUT_NS) == N_PROBES, "a probe was lost");
  end = now_ns ();

  printf ("tree_cancel_ns %.1f tree_expiry_ns %.1f ", (middle - begin) / N_PROBES,
          (end - middle) / N_PROBES);
  g_sequence_free (tree);
  g_free (entries);
  g_free (times);
}

static void
send_all (PingemLedger *ledger)
{
  const PingemTime now = { .boot_ns = INT64_MAX / 2 };
  uint64_t seq;

  for (uint32_t i = 0; i < N_PROBES; i++)
    {
      uint32_t target = pingem_ledger_take_due (ledger, &now, &seq);

      check (target != PINGEM_NONE && pingem_ledger_reserve (ledger), "no memory");
      pingem_ledger_send (ledger, target, seq, i, 0);
    }
}

static void
add_all (PingemLedger *ledger)
{
  PingemTargetSpec spec = {
    .count = 1, .interval_ms = 1000, .timeout_ms = TIMEOUT_MS, .size = PINGEM_DEFAULT_SIZE
  };

  pingem_ledger_init (ledger, key);
  for (spec.id = 0; spec.id < N_PROBES; spec.id++)
    {
      uint8_t bytes[4] = { 10, spec.id >> 16, spec.id >> 8, spec.id };

      pingem_address_from_bytes (bytes, sizeof bytes, 0, &spec.address);
      check (pingem_ledger_add_target (ledger, &spec, 0) == 0, "no memory");
    }
}

static uint32_t
expire (PingemLedger *ledger, int64_t mono_ns)
{
  PingemSlot *slot;
  uint32_t n = 0;

  while ((slot = pingem_ledger_expire (ledger, mono_ns)) != NULL)
    if (slot->is_final)
      {
        pingem_ledger_drop (ledger, slot);
        n++;
      }

  return n;
}

static void
answer (PingemLedger *ledger, const uint32_t *order, int64_t mono_ns)
{
  const PingemAnswer reply = { .rtt_ns = 1 };
  PingemSlot *slots = (PingemSlot *) ledger->slots.items;
  uint32_t targets[N_BATCH];

  for (uint32_t i = 0; i < N_BATCH; i++)
    {
      targets[i] = slots[order[i]].target;
      pingem_ledger_reply (ledger, &slots[order[i]], &reply);
    }
  expire (ledger, mono_ns);
  for (uint32_t i = 0; i < N_BATCH; i++)
    {
      check (pingem_ledger_reserve (ledger), "no memory");
      pingem_ledger_send (ledger, targets[i], 1, mono_ns, 0);
    }
}

/* With what else is kept: the target's and the host's counts, and what was answered. */
static void
measure_ledger (const uint32_t *order)
{
  PingemLedger ledger;
  double begin, middle, end;

  add_all (&ledger);
  send_all (&ledger);

  begin = now_ns ();
  for (uint32_t i = 0; i < N_PROBES; i += N_BATCH)
    answer (&ledger, order + i, TIMEOUT_NS + i + N_BATCH - 1);
  middle = now_ns ();
  check (expire (&ledger, 3 * TIMEOUT_NS) == N_PROBES, "a probe was lost");
  end = now_ns ();

  printf ("ledger_cancel_ns %.1f ledger_expiry_ns %.1f\n", (middle - begin) / N_PROBES,
          (end - middle) / N_PROBES);
  pingem_ledger_clear (&ledger);
}

int
main (int argc, char *argv[])
{
  unsigned long n_rounds = argc > 1 ? strtoul (argv[1], NULL, 10) : 5;
  uint32_t *order;

  if (argc > 2 || n_rounds < 1 || n_rounds > 1000)
    {
      fputs ("Usage: bench-expiry [ROUNDS, 1 to 1000]\n", stderr);
      return 2;
    }

  order = shuffle ();
  for (unsigned long i = 0; i < n_rounds; i++)
    {
      measure_timer (order);
      measure_tree (order);
      measure_ledger (order);
      fflush (stdout);
    }
  free (order);

  return 0;
}
