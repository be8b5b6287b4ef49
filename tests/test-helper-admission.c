/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>
#include <unistd.h>

#include "helper/access.h"
#include "helper/door.h"
#include "helper/journal.h"
#include "helper/session.h"
#include "ipc/channel.h"
#include "ipc/error.h"
#include "ipc/names.h"
#include "lab/helper.h"

static GVariant *
list_sessions (LabHelper *f, LabClient *client, gboolean others, GError **error)
{
  g_autoptr (GVariant) reply =
      lab_client_call (f, client, "ListSessions", g_variant_new ("(b)", others), error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/* Every name of the interface has a rule, and nothing else has. */
static void
test_table (void)
{
  GDBusInterfaceInfo *info = pingem_dbus_helper1_interface_info ();
  PingemMember member;
  guint n = 0;

  for (; info->methods[n] != NULL; n++)
    g_assert_true (pingem_member_find (info->methods[n]->name, FALSE, &member));
  g_assert_cmpuint (n, ==, 6);
  for (n = 0; info->properties[n] != NULL; n++)
    {
      g_assert_true (pingem_member_find (info->properties[n]->name, TRUE, &member));
      g_assert_cmpint (pingem_access_get (member, NULL).kind, ==, PINGEM_ACCESS_EVERYBODY);
    }
  g_assert_cmpuint (n, ==, 2);

  g_assert_false (pingem_member_find ("Version", FALSE, &member));
  g_assert_false (pingem_member_find ("Close", TRUE, &member));
  g_assert_cmpint (pingem_access_get ((PingemMember) 99, NULL).kind, ==, PINGEM_ACCESS_NEVER);
}

static void
test_list (LabHelper *f, gconstpointer data)
{
  LabClient client = lab_client_open (f, 0);
  const PingemTargetSpec spec = lab_make_spec (1, "127.0.0.1");
  g_autoptr (GVariant) list = NULL;
  guint64 sent, replied = 0, held;
  guint32 uid, flags, targets;
  const char *sender;
  gint64 since_ms;

  g_assert_true (lab_client_add (f, &client, &spec, 1, NULL));
  for (guint i = 0; replied < 2 && i < 50; i++)
    {
      g_clear_pointer (&list, g_variant_unref);
      list = list_sessions (f, &client, FALSE, NULL);
      g_assert_cmpuint (g_variant_n_children (list), ==, 1);
      g_variant_get_child (list, 0, "(u&suxuttt)", &uid, &sender, &flags, &since_ms, &targets,
                           &sent, &replied, &held);
      g_usleep (100000);
    }

  g_assert_cmpuint (uid, ==, getuid ());
  g_assert_cmpstr (sender, ==, g_dbus_connection_get_unique_name (client.connection));
  g_assert_cmpint (ABS (since_ms - g_get_real_time () / 1000), <, 60000);
  g_assert_cmpuint (targets, ==, 1);
  g_assert_cmpuint (sent, ==, 2);
  g_assert_cmpuint (replied, ==, 2);
  g_assert_cmpuint (held, ==, 0);
  lab_client_free (&client);
}

/* Others' sessions need polkit's yes to an action of their own, one's own none. */
static void
test_list_others (LabHelper *f, gconstpointer data)
{
  LabClient client = lab_client_open (f, 0);
  guint n_asked = lab_bus->n_asked;
  g_autoptr (GVariant) refused = NULL;
  g_autoptr (GVariant) own = NULL;
  g_autoptr (GVariant) all = NULL;
  g_autoptr (GError) error = NULL;

  lab_bus->authorized = FALSE;
  refused = list_sessions (f, &client, TRUE, &error);
  g_assert_null (refused);
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_DENIED);
  g_assert_cmpstr (lab_bus->action, ==, PINGEM_ACTION_INSPECT_OTHERS);
  own = list_sessions (f, &client, FALSE, NULL);
  g_assert_nonnull (own);
  g_assert_cmpuint (lab_bus->n_asked, ==, n_asked + 1);

  lab_bus->authorized = TRUE;
  all = list_sessions (f, &client, TRUE, NULL);
  g_assert_cmpuint (g_variant_n_children (all), ==, 1);
  lab_client_free (&client);
}

static void
test_changed_yes (LabHelper *f, gconstpointer data)
{
  LabClient client = lab_client_open (f, 0);
  guint n_asked = lab_bus->n_asked;

  lab_polkit_change (lab_bus);
  lab_wait_until (lab_bus->n_asked == n_asked + 1);
  g_assert_cmpuint (lab_bus->flags, ==, 0);
  g_variant_unref (list_sessions (f, &client, FALSE, NULL));
  g_assert_cmpuint (pingem_service_count_sessions (f->service), ==, 1);
  lab_client_free (&client);
}

/* A no, a challenge to who was not asked before, and no answer at all end a session alike. */
static void
test_changed_no (LabHelper *f, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      LabClient client;

      lab_bus->authorized = TRUE;
      client = lab_client_open (f, 0);
      lab_bus->authorized = FALSE;
      lab_bus->challenge = i == 1;
      lab_polkit_change (lab_bus);
      if (i == 2)
        lab_polkit_set_present (lab_bus, FALSE);
      lab_wait_until (pingem_service_count_sessions (f->service) == 0);
      lab_polkit_set_present (lab_bus, TRUE);
      lab_client_free (&client);
    }
  lab_bus->challenge = FALSE;
}

static void
on_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* A kept password ends, and the session it allowed goes on; a no ends it. */
static void
test_by_person (LabHelper *f, gconstpointer data)
{
  LabClient client = lab_client_new ();
  g_autoptr (GAsyncResult) opened = NULL; /* and with it the channel */
  g_autoptr (GVariant) list = NULL;
  guint n_asked;

  lab_bus->hold = lab_bus->challenge = TRUE;
  lab_bus->authorized = FALSE;
  g_dbus_connection_call_with_unix_fd_list (
      client.connection, g_dbus_connection_get_unique_name (f->connection), PINGEM_HELPER_PATH,
      PINGEM_HELPER_INTERFACE, "OpenSession",
      g_variant_new ("(uu)", PINGEM_CHANNEL_VERSION, PINGEM_SESSION_INTENSIVE), NULL,
      G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, -1, NULL, NULL, on_opened, &opened);
  lab_wait_until (lab_bus->held != NULL);
  lab_polkit_answer (lab_bus);
  lab_wait_until (lab_bus->held != NULL);
  lab_bus->authorized = TRUE;
  lab_bus->hold = FALSE;
  lab_polkit_answer (lab_bus);
  lab_wait_until (opened != NULL);

  lab_bus->authorized = FALSE;
  n_asked = lab_bus->n_asked;
  lab_polkit_change (lab_bus);
  lab_wait_until (lab_bus->n_asked == n_asked + 1);
  list = list_sessions (f, &client, FALSE, NULL);
  g_assert_cmpuint (g_variant_n_children (list), ==, 1);

  lab_bus->challenge = FALSE;
  lab_polkit_change (lab_bus);
  lab_wait_until (pingem_service_count_sessions (f->service) == 0);
  lab_client_free (&client);
}

/* However often it changed while a round is under way, there is one more. */
static void
test_changes_are_coalesced (LabHelper *f, gconstpointer data)
{
  LabClient client = lab_client_open (f, 0);
  guint n_asked = lab_bus->n_asked;

  lab_bus->hold = TRUE;
  lab_polkit_change (lab_bus);
  lab_wait_until (lab_bus->held != NULL);
  for (guint i = 0; i < 20; i++)
    lab_polkit_change (lab_bus);
  g_variant_unref (list_sessions (f, &client, FALSE, NULL));
  g_assert_cmpuint (lab_bus->n_asked, ==, n_asked + 1);

  lab_bus->hold = FALSE;
  lab_polkit_answer (lab_bus);
  lab_wait_until (lab_bus->n_asked == n_asked + 2);
  g_variant_unref (list_sessions (f, &client, FALSE, NULL));
  g_assert_cmpuint (lab_bus->n_asked, ==, n_asked + 2);
  lab_client_free (&client);
}

/* So many calls pass at once, and what gives back what there is passes always. */
static void
test_calls (LabHelper *f, gconstpointer data)
{
  LabClient client = lab_client_open (f, 0);
  const PingemTargetSpec spec = lab_make_spec (1, "127.0.0.1");
  gint64 begin_us = g_get_monotonic_time ();
  guint n = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GVariant) removed = NULL;
  g_autoptr (GVariant) closed = NULL;

  g_assert_true (lab_client_add (f, &client, &spec, 1, NULL));
  for (; error == NULL && n < 1000; n++)
    {
      g_clear_pointer (&list, g_variant_unref);
      list = list_sessions (f, &client, FALSE, &error);
    }
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY);
  /* OpenSession and the refused one are not among them. */
  g_assert_cmpuint (n, >=, pingem_default_limits.calls.burst - 2);
  g_assert_cmpuint (n, <=,
                    pingem_default_limits.calls.burst + (g_get_monotonic_time () - begin_us) *
                                                            pingem_default_limits.calls.per_second /
                                                            G_USEC_PER_SEC);

  removed =
      lab_client_call (f, &client, "RemoveTarget", g_variant_new ("(@ayu)", client.token, 1), NULL);
  g_assert_nonnull (removed);
  closed = lab_client_call (f, &client, "Close", g_variant_new ("(@ay)", client.token), NULL);
  g_assert_nonnull (closed);
  lab_client_free (&client);
}

static void
test_size (LabHelper *f, gconstpointer data)
{
  LabClient client = lab_client_open (f, 0);
  g_autofree guint8 *bytes = g_malloc0 (PINGEM_CALL_SIZE + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) wrong_token = NULL;
  g_autoptr (GVariant) large = NULL;

  large = lab_client_call (
      f, &client, "Close",
      g_variant_new (
          "(@ay)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, PINGEM_CALL_SIZE + 1, 1)),
      &error);
  g_assert_null (large);
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY);

  large = lab_client_call (
      f, &client, "Close",
      g_variant_new (
          "(@ay)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, PINGEM_CALL_SIZE - 8, 1)),
      &wrong_token);
  g_assert_null (large);
  g_assert_error (wrong_token, PINGEM_ERROR, PINGEM_ERROR_NOT_FOUND);
  lab_client_free (&client);
}

static void
on_closed (gpointer user_data)
{
}

static PingemSession *
make_session (LabHelper *f, PingemQuota *quota, const char *sender)
{
  g_assert_true (pingem_quota_take_session (quota, 1000, NULL));

  return pingem_session_new (f->engine, quota, sender, 1000, 0);
}

/* Guessed ones, and those of other sessions: "-m slow" guesses a million times. */
static void
test_guesses (LabHelper *f, gconstpointer data)
{
  PingemQuota *quota = pingem_quota_new (&f->limits);
  PingemSession *session = make_session (f, quota, ":1.1");
  PingemSession *other = make_session (f, quota, ":1.2");
  g_autoptr (GVariant) own = NULL;
  g_autoptr (GVariant) others = NULL;
  guint n_guesses = g_test_slow () ? 1000000 : 10000;
  int fds[2];

  g_assert_true (pingem_session_open (session, on_closed, NULL, &fds[0], NULL));
  g_assert_true (pingem_session_open (other, on_closed, NULL, &fds[1], NULL));
  own = g_variant_ref_sink (pingem_session_get_token (session));
  others = g_variant_ref_sink (pingem_session_get_token (other));
  g_assert_true (pingem_session_has_token (session, own));
  g_assert_false (pingem_session_has_token (session, others));

  for (guint i = 0; i < n_guesses; i++)
    {
      guint32 words[PINGEM_TOKEN_SIZE / 4];
      g_autoptr (GVariant) guess = NULL;

      for (guint j = 0; j < G_N_ELEMENTS (words); j++)
        words[j] = g_test_rand_int ();
      guess = g_variant_ref_sink (
          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, words, sizeof words, 1));
      g_assert_false (pingem_session_has_token (session, guess));
    }

  pingem_session_free (session);
  pingem_session_free (other);
  pingem_quota_give_session (quota, 1000);
  pingem_quota_give_session (quota, 1000);
  pingem_quota_free (quota);
  close (fds[0]);
  close (fds[1]);
}

static GLogWriterOutput
collect (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  gboolean is_ours = FALSE;
  const char *text = NULL;

  for (gsize i = 0; i < n_fields; i++)
    {
      is_ours = is_ours || g_str_equal (fields[i].key, "PINGEM_UID");
      if (g_str_equal (fields[i].key, "MESSAGE"))
        text = fields[i].value;
    }
  if (is_ours)
    g_ptr_array_add (user_data, g_strdup (text));

  return G_LOG_WRITER_HANDLED;
}

/* 30 lines of each user, then one that tells what was left out; another user's stand beside it. */
static void
test_journal (void)
{
  PingemJournal *journal = pingem_journal_new ();
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  g_log_set_writer_func (collect, lines, NULL);
  for (guint i = 0; i < 200; i++)
    pingem_journal_verdict (journal, 1000, ":1.5", PINGEM_ACTION_PROBE, "refused", i);
  pingem_journal_verdict (journal, 1001, ":1.6", PINGEM_ACTION_PROBE, "allowed", 0);
  for (guint i = 0; i < 5; i++)
    pingem_journal_count_call (journal, 1000);
  g_assert_cmpuint (lines->len, ==, PINGEM_JOURNAL_LINES + 1);
  g_assert_cmpstr (lines->pdata[PINGEM_JOURNAL_LINES], ==,
                   "uid 1001, :1.6: session for io.github.pingem.helper.probe allowed (0 targets)");

  pingem_journal_free (journal);
  g_assert_cmpuint (lines->len, ==, PINGEM_JOURNAL_LINES + 2);
  g_assert_cmpstr (lines->pdata[PINGEM_JOURNAL_LINES + 1], ==,
                   "uid 1000: 170 lines left out, 5 calls refused, as there were too many");
}

#define ADD(path, function)                                                                        \
  g_test_add ("/helper/admission/" path, LabHelper, NULL, lab_helper_set_up, function,             \
              lab_helper_tear_down)

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  if (!lab_helper_init ())
    return 0;

  g_test_add_func ("/helper/admission/R1 table", test_table);
  ADD ("list", test_list);
  ADD ("R13 others", test_list_others);
  ADD ("R6 yes", test_changed_yes);
  ADD ("R6 no", test_changed_no);
  ADD ("R6 by person", test_by_person);
  ADD ("R6 changes are coalesced", test_changes_are_coalesced);
  ADD ("R12 calls", test_calls);
  ADD ("R12 size", test_size);
  ADD ("R11 guesses", test_guesses);
  /* Last: it takes the log over. */
  g_test_add_func ("/helper/admission/R26 journal", test_journal);
  status = g_test_run ();
  lab_helper_finish ();

  return status;
}
