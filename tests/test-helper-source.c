/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ipc/error.h"
#include "ipc/names.h"
#include "lab/helper.h"
#include "lab/source.h"

/* Both ends of the channel, with a bus between them. */
typedef struct {
  LabHelper helper;
  guint name_id;
  gboolean owned;
  LabSource lab;
} Fixture;

static void
on_owned (GDBusConnection *connection, const char *name, gpointer user_data)
{
  ((Fixture *) user_data)->owned = TRUE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  lab_helper_set_up (&f->helper, NULL);
  f->name_id = g_bus_own_name_on_connection (f->helper.connection, PINGEM_HELPER_NAME,
                                             G_BUS_NAME_OWNER_FLAGS_NONE, on_owned, NULL, f, NULL);
  lab_wait_until (f->owned);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  lab_source_clear (&f->lab);
  g_bus_unown_name (f->name_id);
  lab_helper_tear_down (&f->helper, NULL);
}

static void
test_replies (Fixture *f, gconstpointer flags)
{
  const PingemTargetSpec spec = lab_make_spec (4000000000, "127.0.0.1");

  lab_source_open (&f->lab, "auto", GPOINTER_TO_UINT (flags));
  g_assert_no_error (f->lab.error);
  g_assert_cmpstr (pingem_source_get_kind (f->lab.source), ==, "helper");
  g_assert_nonnull (strstr (f->lab.why, "helper"));
  lab_source_add (&f->lab, &spec, 1);
  g_assert_no_error (f->lab.error);
  lab_wait_until (f->lab.n_replies == 2);
  g_assert_cmpuint (f->lab.last_target, ==, 4000000000);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  lab_bus->authorized = FALSE;
  lab_source_open (&f->lab, "helper", PINGEM_SOURCE_FLAGS_NONE);
  g_assert_error (f->lab.error, PINGEM_ERROR, PINGEM_ERROR_NO_SOURCE);
  g_assert_nonnull (strstr (f->lab.error->message, "log in to a local desktop session"));
  g_assert_null (strstr (f->lab.error->message, "GDBus.Error"));
  g_clear_error (&f->lab.error);

  lab_source_open (&f->lab, "auto", PINGEM_SOURCE_FLAGS_NONE);
  g_assert_no_error (f->lab.error);
  g_assert_cmpstr (pingem_source_get_kind (f->lab.source), ==, "raw");
  g_assert_nonnull (strstr (f->lab.why, "the helper refuses: polkit does not allow"));
}

static void
test_intensive_may_ask (Fixture *f, gconstpointer data)
{
  lab_bus->authorized = FALSE;
  lab_bus->challenge = TRUE;
  lab_source_open (&f->lab, "helper", PINGEM_SOURCE_INTENSIVE);
  lab_bus->challenge = FALSE;
  g_assert_nonnull (f->lab.error);
  g_clear_error (&f->lab.error);
  g_assert_cmpstr (lab_bus->action, ==, PINGEM_ACTION_PROBE_INTENSIVE);
  g_assert_cmpuint (lab_bus->flags, ==, 1);
}

static void
test_closed_at_once (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      lab_source_open (&f->lab, "helper", PINGEM_SOURCE_FLAGS_NONE);
      g_assert_no_error (f->lab.error);
      lab_source_clear (&f->lab);
    }

  lab_wait_until (pingem_service_count_sessions (f->helper.service) == 0);
}

static void
test_helper_ends (Fixture *f, gconstpointer data)
{
  lab_source_open (&f->lab, "helper", PINGEM_SOURCE_FLAGS_NONE);
  g_clear_object (&f->helper.service);
  lab_wait_until (f->lab.gone != NULL);
  g_assert_error (f->lab.gone, PINGEM_ERROR, PINGEM_ERROR_FAILED);
}

static void
test_refused_targets (Fixture *f, gconstpointer data)
{
  PingemTargetSpec specs[2] = { lab_make_spec (1, "127.0.0.1"), lab_make_spec (2, "224.0.0.1") };

  lab_source_open (&f->lab, "helper", PINGEM_SOURCE_FLAGS_NONE);
  lab_source_add (&f->lab, specs, 2);
  g_assert_error (f->lab.error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS);
  lab_source_add (&f->lab, specs, 1);
  g_assert_no_error (f->lab.error);
  lab_source_add (&f->lab, specs, 1);
  g_assert_error (f->lab.error, PINGEM_ERROR, PINGEM_ERROR_EXISTS);
  lab_wait_until (f->lab.n_replies == 2);
}

/* More than one call's worth: 256 of them fit, and none of 300 stays behind. */
static void
test_many_targets (Fixture *f, gconstpointer data)
{
  PingemTargetSpec specs[300];

  for (guint i = 0; i < G_N_ELEMENTS (specs); i++)
    {
      specs[i] = lab_make_spec (i, "127.0.0.1");
      specs[i].count = 1;
    }

  lab_source_open (&f->lab, "helper", PINGEM_SOURCE_FLAGS_NONE);
  lab_source_add (&f->lab, specs, G_N_ELEMENTS (specs));
  g_assert_error (f->lab.error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY);
  lab_source_add (&f->lab, specs, 256);
  g_assert_no_error (f->lab.error);
  lab_source_clear (&f->lab);

  lab_source_open (&f->lab, "helper", PINGEM_SOURCE_INTENSIVE);
  lab_source_add (&f->lab, specs, G_N_ELEMENTS (specs));
  g_assert_no_error (f->lab.error);
}

/* A refusal ends it at once: nobody is asked to take the rest, or to take it back. */
static void
test_million_targets (Fixture *f, gconstpointer data)
{
  const guint n = 1000000;
  g_autofree PingemTargetSpec *specs = g_new (PingemTargetSpec, n);

  for (guint i = 0; i < n; i++)
    {
      specs[i] = lab_make_spec (i, "127.0.0.1");
      specs[i].count = 1;
    }

  lab_source_open (&f->lab, "helper", PINGEM_SOURCE_INTENSIVE);
  lab_source_add (&f->lab, specs, n);
  g_assert_error (f->lab.error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY);
  g_assert_cmpstr (f->lab.error->message, ==,
                   "A session has at most 2048 targets: remove some first");

  lab_source_add (&f->lab, specs, 2048);
  g_assert_no_error (f->lab.error);
}

static void
test_removed (Fixture *f, gconstpointer data)
{
  PingemTargetSpec spec = lab_make_spec (1, "127.0.0.1");

  spec.count = 0;
  spec.interval_ms = 100;
  lab_source_open (&f->lab, "helper", PINGEM_SOURCE_FLAGS_NONE);
  lab_source_add (&f->lab, &spec, 1);
  lab_wait_until (f->lab.n_replies > 0);

  /* What was under way when it left is not told, and its number is free at once. */
  pingem_source_remove_target (f->lab.source, 1);
  spec.id = 2;
  f->lab.n_replies = 0;
  lab_source_add (&f->lab, &spec, 1);
  g_assert_no_error (f->lab.error);
  f->lab.last_target = 2;
  lab_wait_until (f->lab.n_replies > 2);
  g_assert_cmpuint (f->lab.last_target, ==, 2);
  spec.id = 1;
  lab_source_add (&f->lab, &spec, 1);
  g_assert_no_error (f->lab.error);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/helper/source/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  if (!lab_helper_init ())
    return 0;

  ADD ("replies", test_replies);
  g_test_add ("/helper/source/batch", Fixture, GUINT_TO_POINTER (PINGEM_SOURCE_BATCH), set_up,
              test_replies, tear_down);
  ADD ("refused", test_refused);
  ADD ("intensive-may-ask", test_intensive_may_ask);
  ADD ("closed-at-once", test_closed_at_once);
  ADD ("helper-ends", test_helper_ends);
  ADD ("refused-targets", test_refused_targets);
  ADD ("many-targets", test_many_targets);
  ADD ("million-targets", test_million_targets);
  ADD ("removed", test_removed);
  status = g_test_run ();
  lab_helper_finish ();

  return status;
}
