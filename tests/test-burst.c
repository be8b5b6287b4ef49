/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>

#include <glib.h>

#include "stats/burst.h"

/* '.' reply, 'l' late, 'x' lost, 'e' ICMP error, 'u' unsent, 'h' held back, '?' in flight */
static void
add (PingemBursts *bursts, char slot)
{
  static const struct {
    char letter;
    PingemState state;
    int error;
  } rows[] = {
    { '.', PINGEM_STATE_REPLY, 0 },        { 'l', PINGEM_STATE_LATE, 0 },
    { 'x', PINGEM_STATE_LOST, 0 },         { 'e', PINGEM_STATE_ERROR, 0 },
    { 'u', PINGEM_STATE_UNSENT, ENOBUFS }, { 'h', PINGEM_STATE_UNSENT, EAGAIN },
    { '?', PINGEM_STATE_IN_FLIGHT, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].letter == slot)
      pingem_bursts_add (bursts, rows[i].state, rows[i].error);
}

static void
test_rule (void)
{
  static const struct {
    const char *slots;
    guint n;
    guint longest;
  } rows[] = {
    { "", 0, 0 },      { "....", 0, 0 },  { "x", 1, 1 },   { "xxx", 1, 3 },      { ".x.xx.", 2, 2 },
    { "xxlxx", 2, 2 }, { "xeu", 1, 3 },   { "xhx", 1, 2 }, { "x?x", 1, 2 },      { "x?.?x", 2, 1 },
    { "hh??", 0, 0 },  { "xx..x", 2, 2 }, { "h.h", 0, 0 }, { "xxxx.xxx", 2, 4 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemBursts bursts = { 0 };

      for (const char *slot = rows[i].slots; *slot != '\0'; slot++)
        add (&bursts, *slot);
      g_assert_cmpuint (bursts.n, ==, rows[i].n);
      g_assert_cmpuint (bursts.longest, ==, rows[i].longest);
    }
}

static void
test_sum (void)
{
  PingemBursts a = { .n = 2, .longest = 5, .current = 1 };
  const PingemBursts b = { .n = 3, .longest = 4, .current = 2 };

  pingem_bursts_merge (&a, &b);
  g_assert_cmpuint (a.n, ==, 5);
  g_assert_cmpuint (a.longest, ==, 5);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/burst/rule", test_rule);
  g_test_add_func ("/stats/burst/sum", test_sum);

  return g_test_run ();
}
