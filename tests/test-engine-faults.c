/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>

#include "engine-fixture.h"
#include "engine/engine-private.h"

#define N_HOSTS 8
#define COUNT 100

/* Runs in this process's network namespace. */
static void
run_ip (const char *arguments)
{
  g_autofree char *line = g_strconcat ("ip ", arguments, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *told = NULL;
  int status;

  g_spawn_command_line_sync (line, NULL, &told, &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s: %s", line, told);
}

/* A way to 10.99.0.0/24 where nobody answers, not even who has an address. */
static void
add_device (void)
{
  run_ip ("link add mute type veth peer name other");
  run_ip ("address add 10.99.0.1/24 dev mute");
  run_ip ("link set other up");
  run_ip ("link set mute up");
}

/* From now on what is sent to it leaves the machine. */
static void
add_neighbours (void)
{
  for (guint i = 0; i < N_HOSTS; i++)
    {
      g_autofree char *arguments = g_strdup_printf (
          "neigh replace 10.99.0.%u lladdr 02:00:00:00:00:%02u dev mute", i + 2, i);

      run_ip (arguments);
    }
}

static PingemTargetSpec
make_spec (guint32 id, guint count)
{
  g_autofree char *address = g_strdup_printf ("10.99.0.%u", id + 2);
  PingemTargetSpec spec = engine_fixture_make_spec (id, address);

  spec.count = count;
  spec.interval_ms = 1;
  spec.timeout_ms = 20000;
  spec.hold_ms = 0;

  return spec;
}

/* The newest state of each slot of each target, and how many of them there are. */
static void
count_states (EngineFixture *f, guint ret_n[PINGEM_N_STATES], guint *ret_n_no_buffer)
{
  g_autoptr (GHashTable) slots = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer state;

  *ret_n_no_buffer = 0;
  for (guint i = 0; i < f->records->len; i++)
    {
      const PingemRecord *record = &g_array_index (f->records, PingemRecord, i);

      g_hash_table_insert (slots, GUINT_TO_POINTER (record->target << 16 | record->seq),
                           GUINT_TO_POINTER (record->state));
      *ret_n_no_buffer += record->state == PINGEM_STATE_UNSENT && record->error == ENOBUFS;
    }

  memset (ret_n, 0, PINGEM_N_STATES * sizeof *ret_n);
  g_hash_table_iter_init (&iter, slots);
  while (g_hash_table_iter_next (&iter, NULL, &state))
    ret_n[GPOINTER_TO_UINT (state)]++;
}

/* Packets wait for the answer to "who has?", and fill the send buffer. */
static void
test_full_send_buffer (EngineFixture *f, gconstpointer kind)
{
  guint n[PINGEM_N_STATES], n_no_buffer;
  PingemTargetSpec spec;

  if (engine_fixture_skip ())
    return;

  g_assert_cmpint (setsockopt (f->engine->wire.sockets[0].fd, SOL_SOCKET, SO_SNDBUF,
                               &(int){ 106496 }, sizeof (int)),
                   ==, 0);
  add_device ();
  engine_fixture_set_sysctl ("/proc/sys/net/ipv4/neigh/mute/unres_qlen_bytes", "100000000");
  for (guint32 id = 0; id < N_HOSTS; id++)
    {
      spec = make_spec (id, COUNT);
      engine_fixture_add (f, &spec);
    }
  engine_fixture_run_until (f, N_HOSTS * COUNT);

  count_states (f, n, &n_no_buffer);
  g_assert_cmpuint (n[PINGEM_STATE_IN_FLIGHT] + n[PINGEM_STATE_UNSENT], ==, N_HOSTS * COUNT);
  g_assert_cmpuint (n[PINGEM_STATE_IN_FLIGHT], >, COUNT);
  g_assert_cmpuint (n_no_buffer, >, 0);
  g_assert_cmpuint (n_no_buffer, ==, n[PINGEM_STATE_UNSENT]);

  /* There is room again: the engine goes on. */
  add_neighbours ();
  g_array_set_size (f->records, 0);
  spec = make_spec (N_HOSTS, 1);
  engine_fixture_add (f, &spec);
  engine_fixture_run_until (f, 1);
  g_assert_cmpuint (engine_fixture_last (f, N_HOSTS)->state, ==, PINGEM_STATE_IN_FLIGHT);
  run_ip ("link delete mute");
}

/* From now on; the record. */
static PingemRecord
wait_for_state (EngineFixture *f, PingemState state)
{
  for (guint i = f->records->len;; i++)
    {
      engine_fixture_run_until (f, i + 1);
      if (g_array_index (f->records, PingemRecord, i).state == state)
        return g_array_index (f->records, PingemRecord, i);
    }
}

/* What was under way is lost, what is due meanwhile is not sent, and then it goes on. */
static void
test_device_vanishes (EngineFixture *f, gconstpointer kind)
{
  PingemTargetSpec spec = make_spec (0, 0);
  guint n[PINGEM_N_STATES], n_no_buffer;

  if (engine_fixture_skip ())
    return;

  add_device ();
  add_neighbours ();
  spec.interval_ms = 20;
  engine_fixture_add (f, &spec);
  wait_for_state (f, PINGEM_STATE_IN_FLIGHT);

  run_ip ("link delete mute");
  g_assert_cmpint (wait_for_state (f, PINGEM_STATE_UNSENT).error, ==, ENETUNREACH);

  add_device ();
  add_neighbours ();
  wait_for_state (f, PINGEM_STATE_IN_FLIGHT);

  engine_fixture_jump (f, spec.timeout_ms);
  wait_for_state (f, PINGEM_STATE_LOST);
  count_states (f, n, &n_no_buffer);
  g_assert_cmpuint (n[PINGEM_STATE_REPLY] + n[PINGEM_STATE_LATE] + n[PINGEM_STATE_ERROR], ==, 0);
  run_ip ("link delete mute");
}

/* What found no room is lost, and it is known how many that may have been: requests count too. */
static void
test_overflow (EngineFixture *f, gconstpointer kind)
{
  const guint n = 20;
  PingemTargetSpec spec = engine_fixture_make_spec (0, "127.0.0.1");
  guint states[PINGEM_N_STATES], n_no_buffer;

  if (engine_fixture_skip ())
    return;

  g_assert_cmpint (
      setsockopt (f->engine->wire.sockets[0].fd, SOL_SOCKET, SO_RCVBUF, &(int){ 0 }, sizeof (int)),
      ==, 0);
  for (spec.id = 0; spec.id < n; spec.id++)
    engine_fixture_add (f, &spec);
  pingem_engine_run (f->engine);
  g_assert_cmpuint (pingem_engine_overflows (f->engine), ==, 0);

  engine_fixture_jump (f, spec.timeout_ms);
  pingem_engine_run (f->engine);
  count_states (f, states, &n_no_buffer);
  g_assert_cmpuint (states[PINGEM_STATE_LOST], >, 0);
  g_assert_cmpuint (pingem_engine_overflows (f->engine), >=, states[PINGEM_STATE_LOST]);
}

/* Of a size that an ordinary buffer holds few of, no more are under way than are read in time. */
static void
test_large_replies (EngineFixture *f, gconstpointer kind)
{
  const guint n = 20, ordinary = 212992;
  PingemTargetSpec spec = engine_fixture_make_spec (0, "127.0.0.1");
  guint states[PINGEM_N_STATES], n_no_buffer;

  if (engine_fixture_skip ())
    return;

  g_assert_cmpint (
      setsockopt (f->engine->wire.sockets[0].fd, SOL_SOCKET, SO_RCVBUF, &ordinary, sizeof ordinary),
      ==, 0);
  f->engine->wire.room = 2 * ordinary; /* as the kernel has it */
  for (spec.size = 1000; spec.size < PINGEM_MAX_SIZE; spec.size += 8000)
    {
      for (guint i = 0; i < n; i++, spec.id++)
        engine_fixture_add (f, &spec);
      engine_fixture_run_until (f, 2 * spec.id);
    }

  count_states (f, states, &n_no_buffer);
  g_assert_cmpuint (states[PINGEM_STATE_REPLY], ==, spec.id);
  g_assert_cmpuint (pingem_engine_overflows (f->engine), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  engine_fixture_enter_namespace ();

  ENGINE_TEST ("faults/R18 full-send-buffer", test_full_send_buffer);
  ENGINE_TEST ("faults/device-vanishes", test_device_vanishes);
  ENGINE_TEST ("faults/R18 overflow", test_overflow);
  ENGINE_TEST ("faults/large-replies", test_large_replies);

  return g_test_run ();
}
