/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

#include "engine-fixture.h"

#define N_TARGETS 40
#define COUNT 3
#define MAX_RUNS 2000
#define MILLION 1000000
/* Of an address of its own each; the tables grow in steps. */
#define MAX_BYTES_PER_TARGET 400
#define NS_PER_MS G_GINT64_CONSTANT (1000000)

/*
 * Every allocation of the engine goes through here, by --wrap of the linker: the one of number
 * fail_at fails, and those after it where the memory does not come back.
 */
static struct {
  guint n_asked;
  guint fail_at; /* 0: none fails */
  gboolean stays;
  gint n_live;
  gsize n_bytes;
  gsize max_bytes; /* 0: no limit */
} memory;

void *__real_calloc (size_t n, size_t size);
void *__real_reallocarray (void *block, size_t n, size_t size);
void __real_free (void *block);
void *__wrap_calloc (size_t n, size_t size);
void *__wrap_reallocarray (void *block, size_t n, size_t size);
void __wrap_free (void *block);

static gboolean
fails (gsize n_bytes)
{
  memory.n_asked++;
  if (memory.max_bytes > 0 && memory.n_bytes + n_bytes > memory.max_bytes)
    return TRUE;

  return memory.fail_at > 0 &&
         (memory.stays ? memory.n_asked >= memory.fail_at : memory.n_asked == memory.fail_at);
}

void *
__wrap_calloc (size_t n, size_t size)
{
  void *block = fails (n * size) ? NULL : __real_calloc (n, size);

  memory.n_live += block != NULL;
  memory.n_bytes += malloc_usable_size (block);

  return block;
}

void *
__wrap_reallocarray (void *block, size_t n, size_t size)
{
  gsize n_before = malloc_usable_size (block);
  void *moved = fails (n * size) ? NULL : __real_reallocarray (block, n, size);

  memory.n_live += block == NULL && moved != NULL;
  if (moved != NULL)
    memory.n_bytes += malloc_usable_size (moved) - n_before;

  return moved;
}

void
__wrap_free (void *block)
{
  memory.n_live -= block != NULL;
  memory.n_bytes -= malloc_usable_size (block);
  __real_free (block);
}

/* What the records of one slot said. */
typedef struct {
  guint n_begun;
  guint n_final;
  PingemState state;
  gint error;
} Slot;

typedef struct {
  gint64 offset_ns;
  gboolean accepted[N_TARGETS];
  Slot slots[N_TARGETS][COUNT];
} World;

static PingemTime
read_clock (void *data)
{
  PingemTime now = pingem_clock_kernel (NULL);

  now.mono_ns += ((World *) data)->offset_ns;
  now.boot_ns += ((World *) data)->offset_ns;

  return now;
}

static void
on_record (const PingemRecord *record, void *data)
{
  World *world = data;
  Slot *slot;

  g_assert_cmpuint (record->target, <, N_TARGETS);
  g_assert_cmpuint (record->seq, <, COUNT);
  slot = &world->slots[record->target][record->seq];
  slot->n_begun += record->state == PINGEM_STATE_IN_FLIGHT || record->state == PINGEM_STATE_UNSENT;
  slot->n_final += (record->flags & PINGEM_RECORD_FINAL) != 0;
  slot->state = record->state;
  slot->error = record->error;
}

static int
add (PingemEngine *engine, World *world, guint32 id, const char *address)
{
  PingemTargetSpec spec = engine_fixture_make_spec (id, address);
  int r;

  spec.count = COUNT;
  spec.interval_ms = 5;
  spec.timeout_ms = 200 + id;
  spec.hold_ms = 0;
  r = pingem_engine_add (engine, &spec);
  world->accepted[id] = r == 0;

  return r;
}

/* Refused without memory, and accepted when it is back. */
static void
add_targets (PingemEngine *engine, World *world)
{
  for (guint32 id = 0; id < N_TARGETS; id++)
    {
      g_autofree char *address = g_strdup_printf ("127.0.0.%u", id / 2 + 1);
      int r = add (engine, world, id, address);

      g_assert_true (r == 0 || r == -ENOMEM);
      if (r != 0 && !memory.stays)
        g_assert_cmpint (add (engine, world, id, address), ==, 0);
    }
}

/* A change without memory leaves the target as it was. */
static void
change_target (PingemEngine *engine, const World *world)
{
  PingemTargetSpec spec = engine_fixture_make_spec (0, "127.0.0.1");
  int r;

  spec.count = COUNT;
  spec.interval_ms = 5;
  spec.timeout_ms = 900;
  spec.hold_ms = 0;
  r = pingem_engine_change (engine, &spec);
  g_assert_true (r == 0 || r == -ENOMEM || (r == -ENOENT && !world->accepted[0]));
}

static void
run (PingemEngine *engine, World *world)
{
  for (guint i = 0; pingem_engine_deadline (engine) != INT64_MAX; i++)
    {
      g_assert_cmpuint (i, <, MAX_RUNS);
      pingem_engine_run (engine);
      world->offset_ns += NS_PER_MS;
    }
}

/* Each slot of an accepted target began once and ended once; returns how many are not a reply. */
static guint
check_slots (const World *world)
{
  guint n_other = 0;

  for (guint id = 0; id < N_TARGETS; id++)
    for (guint seq = 0; seq < COUNT; seq++)
      {
        const Slot *slot = &world->slots[id][seq];

        g_assert_cmpuint (slot->n_begun, ==, world->accepted[id]);
        g_assert_cmpuint (slot->n_final, ==, world->accepted[id]);
        if (!world->accepted[id] || slot->state == PINGEM_STATE_REPLY)
          continue;
        n_other++;
        g_assert_true (slot->state == PINGEM_STATE_LOST ||
                       (slot->state == PINGEM_STATE_UNSENT && slot->error == ENOMEM));
      }

  return n_other;
}

/* Whether any allocation failed. */
static gboolean
run_with_failure (guint fail_at, gboolean stays)
{
  World world = { 0 };
  PingemEngine *engine = NULL;
  guint n_other;
  int r;

  memory.n_asked = 0;
  memory.fail_at = fail_at;
  memory.stays = stays;

  r = pingem_engine_new (PINGEM_SOCKET_RAW, read_clock, &world, on_record, &world, &engine);
  if (r == 0)
    {
      add_targets (engine, &world);
      change_target (engine, &world);
      run (engine, &world);
      n_other = check_slots (&world);
      g_assert_cmpuint (n_other, <=, stays ? N_TARGETS * COUNT : 1);
    }
  else
    g_assert_cmpint (r, ==, -ENOMEM);
  pingem_engine_free (engine);

  memory.fail_at = 0;
  g_assert_cmpint (memory.n_live, ==, 0);

  return memory.n_asked >= fail_at;
}

static void
test_each_allocation (gconstpointer stays)
{
  guint n = 0;

  if (engine_fixture_skip ())
    return;

  while (run_with_failure (n + 1, stays != NULL))
    n++;
  /* One for the engine at least, and one for each of its tables. */
  g_assert_cmpuint (n, >, 10);
  g_test_message ("%u allocations", n);
}

/* How many of a million targets fit, each of another host; then they are all gone again. */
static guint
add_million (gsize max_bytes)
{
  World world = { 0 };
  PingemEngine *engine;
  PingemTargetSpec spec = engine_fixture_make_spec (0, "10.0.0.0");
  guint n_added = 0;

  g_assert_cmpint (
      pingem_engine_new (PINGEM_SOCKET_RAW, read_clock, &world, on_record, &world, &engine), ==, 0);
  memory.max_bytes = max_bytes;

  for (spec.id = 0; spec.id < MILLION; spec.id++)
    {
      int r;

      spec.address.bytes[1] = spec.id >> 16;
      spec.address.bytes[2] = spec.id >> 8;
      spec.address.bytes[3] = spec.id;
      r = pingem_engine_add (engine, &spec);
      g_assert_true (r == 0 || r == -ENOMEM);
      n_added += r == 0;
    }
  g_test_message ("%" G_GSIZE_FORMAT " bytes for %u targets", memory.n_bytes, n_added);
  g_assert_cmpuint (memory.n_bytes, <=, MAX_BYTES_PER_TARGET * (gsize) MILLION);

  /* Those that were taken are there, the others are not. */
  for (guint32 id = 0; id < MILLION; id++)
    g_assert_cmpint (pingem_engine_remove (engine, id), ==, id < n_added ? 0 : -ENOENT);
  pingem_engine_free (engine);
  g_assert_cmpint (memory.n_live, ==, 0);
  memory.max_bytes = 0;

  return n_added;
}

static void
test_million_targets (void)
{
  guint n_added;

  if (engine_fixture_skip ())
    return;

  g_assert_cmpuint (add_million (0), ==, MILLION);
  n_added = add_million (1 << 24);
  g_assert_cmpuint (n_added, >, (1 << 24) / MAX_BYTES_PER_TARGET / 2);
  g_assert_cmpuint (n_added, <, MILLION);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  engine_fixture_enter_namespace ();

  g_test_add_data_func ("/engine/memory/one-fails", NULL, test_each_allocation);
  g_test_add_data_func ("/engine/memory/none-is-left", "stays", test_each_allocation);

  g_test_add_func ("/engine/memory/million-targets", test_million_targets);

  return g_test_run ();
}
