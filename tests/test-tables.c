/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib.h>
#include <string.h>

#include "engine/agenda.h"
#include "engine/answer.h"
#include "engine/heap.h"
#include "engine/profile.h"

/* The heap against the plain truth: always the earliest, whatever moves or goes. */
static void
test_heap (void)
{
  gint64 times[100];
  PingemHeap heap = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    times[i] = -1;

  for (guint step = 0; step < 20000; step++)
    {
      guint32 id = g_test_rand_int_range (0, G_N_ELEMENTS (times));
      gint64 earliest = G_MAXINT64;

      times[id] = g_test_rand_bit () ? g_test_rand_int_range (0, 1000) : -1;
      g_assert_true (pingem_heap_reserve (&heap, id));
      if (times[id] >= 0)
        pingem_heap_set (&heap, id, times[id]);
      else
        pingem_heap_remove (&heap, id);

      for (guint i = 0; i < G_N_ELEMENTS (times); i++)
        if (times[i] >= 0)
          earliest = MIN (earliest, times[i]);
      if (earliest == G_MAXINT64)
        g_assert_null (pingem_heap_first (&heap));
      else
        g_assert_cmpint (pingem_heap_first (&heap)->time_ns, ==, earliest);
    }

  pingem_heap_clear (&heap);
}

static guint64
key_of_item (const void *data, const void *item)
{
  return *(const guint64 *) item;
}

/* The index against a hash table, with keys that crowd. */
static void
test_index (void)
{
  PingemPool pool;
  PingemIndex index;
  guint32 items[300];

  pingem_pool_init (&pool, sizeof (guint64));
  pingem_index_init (&index, &pool, key_of_item, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    items[i] = PINGEM_NONE;

  for (guint step = 0; step < 100000; step++)
    {
      guint key = g_test_rand_int_range (0, G_N_ELEMENTS (items));

      g_assert_cmpuint (pingem_index_find (&index, key), ==, items[key]);
      if (items[key] != PINGEM_NONE)
        {
          pingem_index_remove (&index, items[key]);
          pingem_pool_give (&pool, items[key]);
          items[key] = PINGEM_NONE;
          continue;
        }

      g_assert_true (pingem_index_reserve (&index));
      items[key] = pingem_pool_take (&pool);
      *(guint64 *) pingem_pool_at (&pool, items[key]) = key;
      pingem_index_add (&index, items[key]);
    }

  for (guint key = 0; key < G_N_ELEMENTS (items); key++)
    g_assert_cmpuint (pingem_index_find (&index, key), ==, items[key]);
  pingem_index_clear (&index);
  pingem_pool_clear (&pool);
}

/* The agenda against the plain truth, as the heap above. */
static void
test_agenda (void)
{
  gint64 *due;
  PingemPool pool;
  PingemAgenda agenda;
  gboolean is_there[100] = { FALSE };

  pingem_pool_init (&pool, sizeof *due);
  pingem_agenda_init (&agenda, &pool);
  for (guint i = 0; i < G_N_ELEMENTS (is_there); i++)
    g_assert_cmpuint (pingem_pool_take (&pool), ==, i);
  due = (gint64 *) pool.items;

  for (guint step = 0; step < 20000; step++)
    {
      guint item = g_test_rand_int_range (0, G_N_ELEMENTS (is_there));
      gint64 earliest = G_MAXINT64;

      g_assert_true (pingem_agenda_reserve (&agenda, agenda.n + 1));
      if (!is_there[item])
        {
          due[item] = g_test_rand_int_range (0, 1000);
          pingem_agenda_add (&agenda, item);
          is_there[item] = TRUE;
        }
      else if (g_test_rand_bit ())
        {
          due[item] += g_test_rand_int_range (0, 100);
          pingem_agenda_delay (&agenda, item);
        }
      else
        {
          pingem_agenda_remove (&agenda, item);
          pingem_agenda_trim (&agenda);
          is_there[item] = FALSE;
        }

      for (guint i = 0; i < G_N_ELEMENTS (is_there); i++)
        if (is_there[i])
          earliest = MIN (earliest, due[i]);
      g_assert_cmpint (pingem_agenda_due (&agenda), ==, earliest);
      g_assert_cmpint (pingem_agenda_first (&agenda) == PINGEM_NONE, ==, earliest == G_MAXINT64);
    }

  while (agenda.n > 0)
    pingem_agenda_remove (&agenda, pingem_agenda_first (&agenda));
  pingem_agenda_trim (&agenda);
  g_assert_cmpuint (agenda.n_allocated, <, 20);
  pingem_agenda_clear (&agenda);
  pingem_pool_clear (&pool);
}

/* One profile for all targets that differ in id and host alone. */
static void
test_profiles (void)
{
  static const guint8 hash_key[PINGEM_SIPHASH_KEY_SIZE];
  PingemTargetSpec a = { .id = 1,
                         .interval_ms = 1000,
                         .address = { { 192, 0, 2, 1 }, 0, AF_INET } };
  PingemTargetSpec b = a, c = a, d = a;
  PingemProfiles profiles;
  guint32 profile;

  pingem_profiles_init (&profiles, hash_key);
  b.id = 2;
  b.address.bytes[3] = 9;
  c.address.ifindex = 3;
  d.count = 5;
  profile = pingem_profiles_get (&profiles, &a);
  g_assert_cmpuint (pingem_profiles_get (&profiles, &b), ==, profile);
  g_assert_cmpuint (pingem_profiles_get (&profiles, &c), !=, profile);
  g_assert_cmpuint (pingem_profiles_get (&profiles, &d), !=, profile);
  g_assert_cmpuint (profiles.pool.n_live, ==, 3);
  g_assert_cmpuint (pingem_profiles_at (&profiles, profile)->spec.interval_ms, ==, 1000);

  g_assert_false (pingem_profiles_release (&profiles, profile));
  g_assert_true (pingem_profiles_release (&profiles, profile));
  g_assert_cmpuint (profiles.pool.n_live, ==, 2);
  pingem_profiles_clear (&profiles);
}

/* With a sender and without: each comes back whole. */
static void
test_answers (void)
{
  PingemAnswer reply = { .rtt_ns = 7, .ttl = 57, .flags = PINGEM_RECORD_KERNEL_STAMP };
  PingemAnswer error = { .rtt_ns = -1, .icmp_type = 3, .from = { { 192, 0, 2, 1 }, 0, AF_INET } };
  PingemAnswers answers;
  PingemAnswer got;
  guint32 a, b;

  pingem_answers_init (&answers);
  a = pingem_answers_add (&answers, &reply);
  b = pingem_answers_add (&answers, &error);
  pingem_answers_add_duplicate (&answers, a);
  pingem_answers_add_duplicate (&answers, a);
  pingem_answers_add_duplicate (&answers, b);

  reply.duplicates = 2;
  got = pingem_answers_get (&answers, a);
  g_assert_cmpmem (&got, sizeof got, &reply, sizeof reply);
  error.duplicates = 1;
  got = pingem_answers_get (&answers, b);
  g_assert_cmpmem (&got, sizeof got, &error, sizeof error);

  pingem_answers_remove (&answers, a);
  pingem_answers_remove (&answers, b);
  g_assert_cmpuint (answers.replies.n_live + answers.others.n_live, ==, 0);
  pingem_answers_clear (&answers);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/tables/heap", test_heap);
  g_test_add_func ("/engine/tables/index", test_index);
  g_test_add_func ("/engine/tables/agenda", test_agenda);
  g_test_add_func ("/engine/tables/profiles", test_profiles);
  g_test_add_func ("/engine/tables/answers", test_answers);

  return g_test_run ();
}
