/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ipc/channel.h"
#include "ipc/error.h"
#include "lab/helper.h"

/* Values that are refused in an ordinary session; 0 in a column: as usual. */
static const struct {
  const char *address;
  guint32 count, interval_ms, timeout_ms, hold_ms, size, ttl, dscp, flags;
  PingemError code;
} bad_targets[] = {
  { "224.0.0.1", .code = PINGEM_ERROR_BAD_ADDRESS },
  { "255.255.255.255", .code = PINGEM_ERROR_BAD_ADDRESS },
  { "0.0.0.0", .code = PINGEM_ERROR_BAD_ADDRESS },
  { "240.0.0.1", .code = PINGEM_ERROR_BAD_ADDRESS },
  { "ff02::1", .code = PINGEM_ERROR_BAD_ADDRESS },
  { "::", .code = PINGEM_ERROR_BAD_ADDRESS },
  { "::ffff:127.0.0.1", .code = PINGEM_ERROR_BAD_ADDRESS },
  { "fe80::1", .code = PINGEM_ERROR_BAD_ADDRESS },
  { "127.0.0.1", .count = 11, .interval_ms = 99, .code = PINGEM_ERROR_BAD_VALUE },
  { "127.0.0.1", .interval_ms = 3600001, .code = PINGEM_ERROR_BAD_VALUE },
  { "127.0.0.1", .timeout_ms = 10001, .code = PINGEM_ERROR_BAD_VALUE },
  { "127.0.0.1", .hold_ms = 120001, .code = PINGEM_ERROR_BAD_VALUE },
  { "127.0.0.1", .size = 15, .code = PINGEM_ERROR_BAD_VALUE },
  { "127.0.0.1", .size = 57, .code = PINGEM_ERROR_BAD_VALUE },
  { "127.0.0.1", .ttl = 256, .code = PINGEM_ERROR_BAD_VALUE },
  { "127.0.0.1", .dscp = 64, .code = PINGEM_ERROR_BAD_VALUE },
  { "127.0.0.1", .flags = 8, .code = PINGEM_ERROR_BAD_VALUE },
  { "127.0.0.1", .flags = PINGEM_TARGET_HOP, .interval_ms = 1000, .code = PINGEM_ERROR_BAD_VALUE },
  { "127.0.0.1", .flags = PINGEM_TARGET_HOP, .ttl = 1, .code = PINGEM_ERROR_BAD_VALUE },
};

static PingemTargetSpec
make_bad_spec (guint i)
{
  PingemTargetSpec spec = lab_make_spec (2, bad_targets[i].address);

#define TAKE(field) spec.field = bad_targets[i].field != 0 ? bad_targets[i].field : spec.field
  TAKE (count);
  TAKE (interval_ms);
  TAKE (timeout_ms);
  TAKE (hold_ms);
  TAKE (size);
  TAKE (ttl);
  TAKE (dscp);
  TAKE (flags);
#undef TAKE

  return spec;
}

/* Each beside a good one, which must not be left behind. */
static void
test_bad_targets (LabHelper *f, gconstpointer data)
{
  PingemTargetSpec specs[2];
  LabClient client;
  g_autoptr (GError) last_error = NULL;

  client = lab_client_open (f, 0);
  specs[0] = lab_make_spec (1, "127.0.0.1");

  for (guint i = 0; i < G_N_ELEMENTS (bad_targets); i++)
    {
      g_autoptr (GError) error = NULL;

      specs[1] = make_bad_spec (i);
      g_assert_false (lab_client_add (f, &client, specs, 2, &error));
      g_assert_error (error, PINGEM_ERROR, (int) bad_targets[i].code);
    }

  lab_client_add (f, &client, specs, 1, &last_error);
  g_assert_no_error (last_error);
  lab_client_free (&client);
}

static void
test_bad_bytes (LabHelper *f, gconstpointer data)
{
  LabClient client;

  client = lab_client_open (f, 0);
  for (guint n = 0; n <= 20; n++)
    {
      const guint8 bytes[20] = { 127, 0, 0, 1 };
      GVariant *address = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, n, 1);
      GVariant *target =
          g_variant_new ("(u@ayuuuuuuuuu)", n, address, 0, 1, 1000, 1000, 0, 56, 0, 0, 0);
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply =
          lab_client_call (f, &client, "AddTargets",
                           g_variant_new ("(@ay@a" PINGEM_TARGET_SPEC_TYPE ")", client.token,
                                          g_variant_new_array (NULL, &target, 1)),
                           &error);

      g_assert_true ((reply != NULL) == (n == 4 || n == 16));
      if (reply != NULL)
        g_assert_no_error (error);
      else
        g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS);
    }

  lab_client_free (&client);
}

static void
test_same_id (LabHelper *f, gconstpointer data)
{
  PingemTargetSpec specs[2];
  LabClient client;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) twice = NULL;
  g_autoptr (GError) again = NULL;

  client = lab_client_open (f, 0);
  specs[0] = specs[1] = lab_make_spec (1, "127.0.0.1");

  g_assert_false (lab_client_add (f, &client, specs, 2, &twice));
  g_assert_error (twice, PINGEM_ERROR, PINGEM_ERROR_EXISTS);
  g_assert_true (lab_client_add (f, &client, specs, 1, NULL));
  g_assert_false (lab_client_add (f, &client, specs, 1, &again));
  g_assert_error (again, PINGEM_ERROR, PINGEM_ERROR_EXISTS);

  reply =
      lab_client_call (f, &client, "RemoveTarget", g_variant_new ("(@ayu)", client.token, 1), NULL);
  g_assert_nonnull (reply);
  g_assert_true (lab_client_add (f, &client, specs, 1, NULL));
  lab_client_free (&client);
}

static gboolean
change (LabHelper *f, LabClient *client, const PingemTargetSpec *spec, GError **error)
{
  g_autoptr (GVariant) reply =
      lab_client_call (f, client, "ChangeTarget",
                       g_variant_new ("(@ay@" PINGEM_TARGET_SPEC_TYPE ")", client->token,
                                      pingem_target_spec_to_variant (spec)),
                       error);

  return reply != NULL;
}

static void
test_change (LabHelper *f, gconstpointer data)
{
  PingemTargetSpec spec;
  LabClient client;
  g_autoptr (GError) unknown = NULL;
  g_autoptr (GError) bad = NULL;

  client = lab_client_open (f, 0);
  spec = lab_make_spec (1, "127.0.0.1");
  g_assert_false (change (f, &client, &spec, &unknown));
  g_assert_error (unknown, PINGEM_ERROR, PINGEM_ERROR_NOT_FOUND);

  g_assert_true (lab_client_add (f, &client, &spec, 1, NULL));
  spec.timeout_ms = 1000;
  g_assert_true (change (f, &client, &spec, NULL));
  spec.timeout_ms = 0;
  g_assert_false (change (f, &client, &spec, &bad));
  g_assert_error (bad, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE);
  lab_client_free (&client);
}

static void
test_intensive (LabHelper *f, gconstpointer data)
{
  PingemTargetSpec spec;
  LabClient ordinary, intensive;
  g_autoptr (GError) error = NULL;

  ordinary = lab_client_open (f, 0);
  intensive = lab_client_open (f, PINGEM_SESSION_INTENSIVE);
  spec = lab_make_spec (1, "127.0.0.1");
  spec.count = 11;
  spec.interval_ms = 1;
  g_assert_false (lab_client_add (f, &ordinary, &spec, 1, NULL));
  g_assert_true (lab_client_add (f, &intensive, &spec, 1, NULL));

  /* As fast as the limits allow: not even as a burst in an ordinary session, and never for a hop.
   */
  spec.id = 2;
  spec.interval_ms = 0;
  g_assert_false (lab_client_add (f, &ordinary, &spec, 1, NULL));
  spec.count = 1;
  g_assert_false (lab_client_add (f, &ordinary, &spec, 1, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE);
  g_assert_true (lab_client_add (f, &intensive, &spec, 1, NULL));
  spec.id = 3;
  spec.flags = PINGEM_TARGET_HOP;
  spec.ttl = 1;
  g_assert_false (lab_client_add (f, &intensive, &spec, 1, NULL));
  lab_client_free (&ordinary);
  lab_client_free (&intensive);
}

static void
test_target_limits (LabHelper *f, gconstpointer data)
{
  g_autofree PingemTargetSpec *specs = g_new (PingemTargetSpec, 257);
  LabClient client;
  g_autoptr (GError) session_error = NULL;
  g_autoptr (GError) call_error = NULL;

  client = lab_client_open (f, 0);
  for (guint i = 0; i < 257; i++)
    {
      specs[i] = lab_make_spec (i, "127.0.0.1");
      specs[i].count = 1;
    }

  g_assert_false (lab_client_add (f, &client, specs, 257, &call_error));
  g_assert_error (call_error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY);
  g_assert_true (lab_client_add (f, &client, specs, 256, NULL));
  g_assert_false (lab_client_add (f, &client, specs + 256, 1, &session_error));
  g_assert_error (session_error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY);
  lab_client_free (&client);
}

static gboolean
add_many (LabHelper *f, LabClient *client, guint first_id, guint n, GError **error)
{
  g_autofree PingemTargetSpec *specs = g_new (PingemTargetSpec, n);

  for (guint i = 0; i < n; i++)
    {
      specs[i] = lab_make_spec (first_id + i, "127.0.0.1");
      specs[i].interval_ms = 3600000;
    }

  return lab_client_add (f, client, specs, n, error);
}

/* So many of a user, in all its sessions; what is given back may be had again. */
static void
test_user_targets (LabHelper *f, gconstpointer data)
{
  gboolean is_intensive = GPOINTER_TO_INT (data);
  guint flags = is_intensive ? PINGEM_SESSION_INTENSIVE : 0;
  guint n_per_session = is_intensive ? 2048 : 256;
  LabClient clients[3];
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  for (guint i = 0; i < 3; i++)
    clients[i] = lab_client_open (f, flags);
  for (guint i = 0; i < 2; i++)
    for (guint id = 0; id < n_per_session; id += 256)
      g_assert_true (add_many (f, &clients[i], id, 256, NULL));

  g_assert_false (add_many (f, &clients[2], 0, 1, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY);
  reply = lab_client_call (f, &clients[0], "RemoveTarget",
                           g_variant_new ("(@ayu)", clients[0].token, 0), NULL);
  g_assert_nonnull (reply);
  g_assert_true (add_many (f, &clients[2], 0, 1, NULL));
  g_assert_false (add_many (f, &clients[2], 1, 1, NULL));

  lab_client_free (&clients[0]);
  lab_wait_until (add_many (f, &clients[2], 1, 1, NULL));
  lab_client_free (&clients[1]);
  lab_client_free (&clients[2]);
}

/* Of everybody, as the property says. */
static void
test_all_targets (LabHelper *f, gconstpointer data)
{
  LabClient client;
  g_autoptr (GError) error = NULL;

  f->limits = pingem_default_limits;
  g_assert_cmpuint (f->limits.targets_in_all, ==, 8192);
  f->limits.targets_in_all = 100;
  lab_helper_start (f);
  client = lab_client_open (f, 0);
  g_assert_true (add_many (f, &client, 0, 100, NULL));
  g_assert_false (add_many (f, &client, 100, 1, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY);
  lab_client_free (&client);
}

/* Beyond the default size only by an administrator, and then in one piece. */
static void
test_size (LabHelper *f, gconstpointer data)
{
  PingemTargetSpec spec = lab_make_spec (1, "127.0.0.1");
  LabClient client;

  client = lab_client_open (f, PINGEM_SESSION_INTENSIVE);
  spec.size = 1473;
  g_assert_false (lab_client_add (f, &client, &spec, 1, NULL));
  spec.size = 1472;
  g_assert_true (lab_client_add (f, &client, &spec, 1, NULL));
  lab_client_free (&client);
}

#define ADD(path, set_up, function)                                                                \
  g_test_add ("/helper/targets/" path, LabHelper, NULL, set_up, function, lab_helper_tear_down)

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  if (!lab_helper_init ())
    return 0;

  ADD ("R9 bad-targets", lab_helper_set_up, test_bad_targets);
  ADD ("R9 bad-bytes", lab_helper_set_up, test_bad_bytes);
  ADD ("same-id", lab_helper_set_up, test_same_id);
  ADD ("change", lab_helper_set_up, test_change);
  ADD ("intensive", lab_helper_set_up, test_intensive);
  ADD ("R12 target-limits", lab_helper_set_up, test_target_limits);
  g_test_add ("/helper/targets/R12 user-targets", LabHelper, GINT_TO_POINTER (FALSE),
              lab_helper_set_up, test_user_targets, lab_helper_tear_down);
  g_test_add ("/helper/targets/R12 user-targets-intensive", LabHelper, GINT_TO_POINTER (TRUE),
              lab_helper_set_up, test_user_targets, lab_helper_tear_down);
  ADD ("R12 all-targets", NULL, test_all_targets);
  ADD ("R12 size", lab_helper_set_up, test_size);
  status = g_test_run ();
  lab_helper_finish ();

  return status;
}
