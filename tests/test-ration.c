/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "helper/ration.h"

#define MS G_GINT64_CONSTANT (1000000)
#define NOW (1000 * 1000 * MS)

static const PingemRates rates[2] = {
  { .destination = { 10, 20 }, .uid = { 250, 500 }, .total = { 1000, 2000 } },
  { .destination = { 1000, 2000 }, .uid = { 20000, 40000 }, .total = { 50000, 100000 } },
};

static PingemClaim
make_claim (guint host, guint32 uid)
{
  const guint8 bytes[4] = { 192, 0, host / 256, host % 256 };
  PingemClaim claim = { .uid = uid };

  g_assert_true (pingem_address_from_bytes (bytes, sizeof bytes, 0, &claim.destination));

  return claim;
}

/* Once in each of @n_ms milliseconds from @start_ms on, as often as may be. */
static guint
take_all (
    PingemRation *ration, const PingemClaim *claims, guint n_claims, gint64 start_ms, gint64 n_ms)
{
  guint n = 0;

  for (gint64 ms = start_ms; ms < start_ms + n_ms; ms++)
    {
      gboolean any = TRUE;

      while (any)
        {
          any = FALSE;
          for (guint i = 0; i < n_claims; i++)
            if (pingem_ration_take (ration, &claims[i], NOW + ms * MS))
              any = TRUE, n++;
        }
    }

  return n;
}

/* The rate and one burst, of each: one host, one user, everybody; ordinary and intensive. */
static void
test_rates (void)
{
  static const struct {
    gboolean is_intensive;
    guint n_hosts;
    guint n_uids;
    guint per_second;
    guint burst;
    guint fair;
  } rows[] = {
    { FALSE, 1, 1, 10, 20, 2 },        { FALSE, 200, 1, 250, 500, 0 },
    { FALSE, 300, 8, 1000, 2000, 0 },  { TRUE, 1, 1, 1000, 2000, 2 },
    { TRUE, 100, 1, 20000, 40000, 0 }, { TRUE, 100, 4, 50000, 100000, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemRation *ration = pingem_ration_new (rates);
      g_autofree PingemClaim *claims = g_new (PingemClaim, rows[i].n_hosts * rows[i].n_uids);
      guint n_claims = 0;
      guint n;

      for (guint host = 0; host < rows[i].n_hosts; host++)
        for (guint uid = 0; uid < rows[i].n_uids; uid++)
          {
            claims[n_claims] = make_claim (host, uid);
            claims[n_claims++].is_intensive = rows[i].is_intensive;
          }
      n = take_all (ration, claims, n_claims, 0, 3000);
      g_assert_cmpuint (n, >=,
                        rows[i].burst + 3 * rows[i].per_second - rows[i].per_second / 1000 - 1);
      g_assert_cmpuint (n, <=, rows[i].burst + 3 * rows[i].per_second + rows[i].fair);
      pingem_ration_free (ration);
    }
}

/* Ten probes a millisecond apart, to one host: the seed's line. */
static void
test_seed_line (void)
{
  PingemRation *ration = pingem_ration_new (rates);
  PingemClaim claim = make_claim (1, 1000);

  for (guint i = 0; i < 10; i++)
    g_assert_true (pingem_ration_take (ration, &claim, NOW + i * MS));
  pingem_ration_free (ration);
}

/* One user floods a host: another still gets two a second, and the host no more in all. */
static void
test_fair (void)
{
  PingemRation *ration = pingem_ration_new (rates);
  PingemClaim flood = make_claim (1, 1000);
  PingemClaim modest = make_claim (1, 1001);
  guint n_flood = 0;
  guint n_modest = 0;

  for (guint ms = 0; ms < 60000; ms++)
    {
      n_flood += pingem_ration_take (ration, &flood, NOW + ms * MS);
      if (ms % 500 == 499)
        n_modest += pingem_ration_take (ration, &modest, NOW + ms * MS);
    }

  g_assert_cmpuint (n_modest, ==, 120);
  g_assert_cmpuint (n_flood + n_modest, >=, 60 * 10);
  g_assert_cmpuint (n_flood + n_modest, <=, 60 * 10 + 20 + 4);
  pingem_ration_free (ration);
}

/* Ordinary and intensive sessions have rations of their own. */
static void
test_kinds (void)
{
  PingemRation *ration = pingem_ration_new (rates);
  PingemClaim claims[2] = { make_claim (1, 1000), make_claim (1, 1001) };

  g_assert_cmpuint (take_all (ration, claims, 2, 0, 1), <=, 20 + 4);
  claims[0].is_intensive = claims[1].is_intensive = TRUE;
  g_assert_cmpuint (take_all (ration, claims, 2, 0, 1), >=, 1000);
  pingem_ration_free (ration);
}

/* What is not sent costs nothing, and what was sent is forgotten when it does not count any more.
 */
static void
test_memory (void)
{
  PingemRation *ration = pingem_ration_new (rates);

  for (guint ms = 0; ms < 60000; ms++)
    {
      PingemClaim claim = make_claim (ms, 1000 + ms % 4);

      pingem_ration_take (ration, &claim, NOW + ms * MS);
    }
  /* A host and its share last a second at most, at a thousand probes a second. */
  g_assert_cmpuint (pingem_ration_size (ration), <=, 3000);
  pingem_ration_free (ration);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/helper/ration/R12 rates", test_rates);
  g_test_add_func ("/helper/ration/R12 seed line", test_seed_line);
  g_test_add_func ("/helper/ration/R12 fair", test_fair);
  g_test_add_func ("/helper/ration/R12 kinds", test_kinds);
  g_test_add_func ("/helper/ration/R12 memory", test_memory);

  return g_test_run ();
}
