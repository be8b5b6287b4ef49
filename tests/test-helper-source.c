/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ipc/error.h"
#include "ipc/names.h"
#include "lab/helper.h"
#include "source/source.h"

/* Both ends of the channel, with a bus between them. */
typedef struct {
  LabHelper helper;
  guint name_id;
  gboolean owned;
  PingemSource *source;
  char *why;
  GError *error;
  gboolean done;
  guint n_records;
  guint n_replies;
  guint32 last_target;
  GError *gone;
} Fixture;

static void
on_record (PingemSource *source, const PingemRecord *record, Fixture *f)
{
  f->n_records++;
  f->last_target = record->target;
  f->n_replies += record->state == PINGEM_STATE_REPLY && (record->flags & PINGEM_RECORD_FINAL) == 0;
}

static void
on_gone (PingemSource *source, const GError *error, Fixture *f)
{
  g_assert_null (f->gone);
  f->gone = g_error_copy (error);
}

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
clear_source (Fixture *f)
{
  g_clear_object (&f->source);
  g_clear_error (&f->error);
  g_clear_error (&f->gone);
  g_clear_pointer (&f->why, g_free);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  clear_source (f);
  g_bus_unown_name (f->name_id);
  lab_helper_tear_down (&f->helper, NULL);
}

static void
on_open (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  f->source = pingem_source_open_finish (result, &f->why, &f->error);
  f->done = TRUE;
}

static void
open_source (Fixture *f, const char *kind, PingemSourceFlags flags)
{
  f->done = FALSE;
  pingem_source_open_async (kind, flags, NULL, on_open, f);
  lab_wait_until (f->done);

  if (f->source != NULL)
    {
      g_signal_connect (f->source, "record", G_CALLBACK (on_record), f);
      g_signal_connect (f->source, "gone", G_CALLBACK (on_gone), f);
    }
}

static void
on_added (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  pingem_source_add_targets_finish (PINGEM_SOURCE (object), result, &f->error);
  f->done = TRUE;
}

static void
add (Fixture *f, const PingemTargetSpec *specs, guint n)
{
  g_clear_error (&f->error);
  f->done = FALSE;
  pingem_source_add_targets_async (f->source, specs, n, NULL, on_added, f);
  lab_wait_until (f->done);
}

static void
test_replies (Fixture *f, gconstpointer flags)
{
  const PingemTargetSpec spec = lab_make_spec (4000000000, "127.0.0.1");

  open_source (f, "auto", GPOINTER_TO_UINT (flags));
  g_assert_no_error (f->error);
  g_assert_cmpstr (pingem_source_get_kind (f->source), ==, "helper");
  g_assert_nonnull (strstr (f->why, "helper"));
  add (f, &spec, 1);
  g_assert_no_error (f->error);
  lab_wait_until (f->n_replies == 2);
  g_assert_cmpuint (f->last_target, ==, 4000000000);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  lab_bus->authorized = FALSE;
  open_source (f, "helper", PINGEM_SOURCE_FLAGS_NONE);
  g_assert_error (f->error, PINGEM_ERROR, PINGEM_ERROR_NO_SOURCE);
  g_assert_nonnull (strstr (f->error->message, "log in to a local desktop session"));
  g_assert_null (strstr (f->error->message, "GDBus.Error"));
  g_clear_error (&f->error);

  open_source (f, "auto", PINGEM_SOURCE_FLAGS_NONE);
  g_assert_no_error (f->error);
  g_assert_cmpstr (pingem_source_get_kind (f->source), ==, "raw");
  g_assert_nonnull (strstr (f->why, "the helper refuses: polkit does not allow"));
}

static void
test_intensive_may_ask (Fixture *f, gconstpointer data)
{
  open_source (f, "helper", PINGEM_SOURCE_INTENSIVE);
  g_assert_no_error (f->error);
  g_assert_cmpstr (lab_bus->action, ==, PINGEM_ACTION_PROBE_INTENSIVE);
  g_assert_cmpuint (lab_bus->flags, ==, 1);
}

static void
test_closed_at_once (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      open_source (f, "helper", PINGEM_SOURCE_FLAGS_NONE);
      g_assert_no_error (f->error);
      clear_source (f);
    }

  lab_wait_until (pingem_service_count_sessions (f->helper.service) == 0);
}

static void
test_helper_ends (Fixture *f, gconstpointer data)
{
  open_source (f, "helper", PINGEM_SOURCE_FLAGS_NONE);
  g_clear_object (&f->helper.service);
  lab_wait_until (f->gone != NULL);
  g_assert_error (f->gone, PINGEM_ERROR, PINGEM_ERROR_FAILED);
}

static void
test_refused_targets (Fixture *f, gconstpointer data)
{
  PingemTargetSpec specs[2] = { lab_make_spec (1, "127.0.0.1"), lab_make_spec (2, "224.0.0.1") };

  open_source (f, "helper", PINGEM_SOURCE_FLAGS_NONE);
  add (f, specs, 2);
  g_assert_error (f->error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS);
  add (f, specs, 1);
  g_assert_no_error (f->error);
  add (f, specs, 1);
  g_assert_error (f->error, PINGEM_ERROR, PINGEM_ERROR_EXISTS);
  lab_wait_until (f->n_replies == 2);
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

  open_source (f, "helper", PINGEM_SOURCE_FLAGS_NONE);
  add (f, specs, G_N_ELEMENTS (specs));
  g_assert_error (f->error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY);
  add (f, specs, 256);
  g_assert_no_error (f->error);
  clear_source (f);

  open_source (f, "helper", PINGEM_SOURCE_INTENSIVE);
  add (f, specs, G_N_ELEMENTS (specs));
  g_assert_no_error (f->error);
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

  open_source (f, "helper", PINGEM_SOURCE_INTENSIVE);
  add (f, specs, n);
  g_assert_error (f->error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY);
  g_assert_cmpstr (f->error->message, ==, "A session has at most 2048 targets: remove some first");

  add (f, specs, 2048);
  g_assert_no_error (f->error);
}

static void
test_removed (Fixture *f, gconstpointer data)
{
  PingemTargetSpec spec = lab_make_spec (1, "127.0.0.1");

  spec.count = 0;
  spec.interval_ms = 100;
  open_source (f, "helper", PINGEM_SOURCE_FLAGS_NONE);
  add (f, &spec, 1);
  lab_wait_until (f->n_replies > 0);

  /* What was under way when it left is not told, and its number is free at once. */
  pingem_source_remove_target (f->source, 1);
  spec.id = 2;
  f->n_replies = 0;
  add (f, &spec, 1);
  g_assert_no_error (f->error);
  f->last_target = 2;
  lab_wait_until (f->n_replies > 2);
  g_assert_cmpuint (f->last_target, ==, 2);
  spec.id = 1;
  add (f, &spec, 1);
  g_assert_no_error (f->error);
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
