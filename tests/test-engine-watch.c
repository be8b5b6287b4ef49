/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ipc/engine-watch.h"

#include "engine-fixture.h"

#define N_ROUNDS 3
#define GIVE_UP_US (30 * G_USEC_PER_SEC)

typedef struct {
  guint n_targets;
  guint size;
} Load;

static void
set_up_raw (EngineFixture *f, gconstpointer data)
{
  engine_fixture_set_up (f, GINT_TO_POINTER (PINGEM_SOCKET_RAW));
}

static gboolean
on_ready (gpointer user_data)
{
  EngineFixture *f = user_data;

  pingem_engine_run (f->engine);

  return G_SOURCE_CONTINUE;
}

/* On loopback every probe is answered at once, and in a batch nothing may be lost for that: neither
 * where all replies wait for the tick, nor where they would not find room so long. */
static void
test_batch (EngineFixture *f, gconstpointer data)
{
  const Load *load = data;
  g_autoptr (GError) error = NULL;
  gint64 give_up_us = g_get_monotonic_time () + GIVE_UP_US;
  guint n[PINGEM_N_STATES] = { 0 };
  GSource *watch;

  if (engine_fixture_skip ())
    return;

  watch = pingem_engine_watch_new (f->engine, &error);
  g_assert_no_error (error);
  pingem_engine_watch_set_batch (watch, TRUE);
  g_source_set_callback (watch, on_ready, f, NULL);
  g_source_attach (watch, NULL);
  for (guint i = 0; i < load->n_targets; i++)
    {
      g_autofree char *address = g_strdup_printf ("127.1.%u.%u", i / 250, i % 250 + 1);
      PingemTargetSpec spec = engine_fixture_make_spec (i, address);

      spec.count = N_ROUNDS;
      spec.size = load->size;
      spec.flags = PINGEM_TARGET_ALIGNED;
      engine_fixture_add (f, &spec);
      pingem_engine_watch_add_interval (watch, spec.interval_ms);
    }

  while (f->records->len < 2 * N_ROUNDS * load->n_targets)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, give_up_us);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_destroy (watch);
  g_source_unref (watch);

  for (guint i = 0; i < f->records->len; i++)
    n[g_array_index (f->records, PingemRecord, i).state]++;
  g_assert_cmpuint (n[PINGEM_STATE_IN_FLIGHT], ==, N_ROUNDS * load->n_targets);
  g_assert_cmpuint (n[PINGEM_STATE_REPLY], ==, N_ROUNDS * load->n_targets);
  g_assert_cmpuint (pingem_engine_overflows (f->engine), ==, 0);
}

int
main (int argc, char *argv[])
{
  static const Load few = { 5, PINGEM_DEFAULT_SIZE };
  static const Load many = { 2000, 1400 };

  g_test_init (&argc, &argv, NULL);
  engine_fixture_enter_namespace ();

#define ADD(path, load)                                                                            \
  g_test_add ("/ipc/engine-watch/" path, EngineFixture, load, set_up_raw, test_batch,              \
              engine_fixture_tear_down)
  ADD ("few", &few);
  ADD ("many", &many);
#undef ADD

  return g_test_run ();
}
