/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <sys/socket.h>
#include <unistd.h>

#include "ipc/channel.h"
#include "ipc/error.h"
#include "ipc/names.h"
#include "lab/helper.h"

#define TOKEN_SIZE 16

/* One packet of the channel, and how many messages it held. */
static guint
read_messages (LabClient *client, PingemMessage messages[PINGEM_CHANNEL_MAX_BATCH])
{
  guint8 data[PINGEM_CHANNEL_MAX_BATCH * sizeof (PingemMessage) + 1];
  gssize length = -1;
  guint n;

  lab_wait_until ((length = recv (client->fd, data, sizeof data, MSG_DONTWAIT)) >= 0);
  n = pingem_packet_count_messages (length);
  g_assert_cmpuint (n, >, 0);
  for (guint i = 0; i < n; i++)
    g_assert_true (pingem_message_parse (data + i * sizeof *messages, &messages[i]));

  return n;
}

static gboolean
is_reply (const PingemMessage *message)
{
  g_assert_cmpuint (message->kind, ==, PINGEM_MESSAGE_PROBE);
  g_assert_true (message->probe.target == 7 || message->probe.target == 9);
  g_assert_cmpint (message->probe.state, <=, PINGEM_STATE_REPLY);

  return message->probe.state == PINGEM_STATE_REPLY && message->probe.duplicates == 0 &&
         (message->probe.flags & PINGEM_RECORD_FINAL) == 0;
}

static void
test_allowed (LabHelper *f, gconstpointer flags)
{
  PingemTargetSpec specs[2];
  LabClient client;
  guint n_replies = 0;
  guint64 n_messages = 0;
  g_autoptr (GError) error = NULL;

  client = lab_client_open (f, GPOINTER_TO_UINT (flags));
  specs[0] = lab_make_spec (7, "127.0.0.1");
  specs[1] = lab_make_spec (9, "::1");
  lab_client_add (f, &client, specs, 2, &error);
  g_assert_no_error (error);

  while (n_replies < 4)
    {
      PingemMessage messages[PINGEM_CHANNEL_MAX_BATCH];
      guint n = read_messages (&client, messages);

      for (guint i = 0; i < n; i++)
        {
          g_assert_cmpuint (messages[i].number, ==, n_messages++);
          n_replies += is_reply (&messages[i]);
        }
    }

  lab_client_free (&client);
}

static void
test_refused (LabHelper *f, gconstpointer data)
{
  const struct {
    gboolean challenge;
    gboolean dismissed;
    gboolean absent;
    PingemError code;
  } cases[] = {
    { FALSE, FALSE, FALSE, PINGEM_ERROR_DENIED },
    { TRUE, FALSE, FALSE, PINGEM_ERROR_AUTH_REQUIRED },
    { FALSE, TRUE, FALSE, PINGEM_ERROR_DENIED },
    { FALSE, FALSE, TRUE, PINGEM_ERROR_FAILED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LabClient client = lab_client_new ();
      g_autoptr (GError) error = NULL;

      lab_bus->authorized = FALSE;
      lab_bus->challenge = cases[i].challenge;
      lab_bus->dismissed = cases[i].dismissed;
      lab_polkit_set_present (lab_bus, !cases[i].absent);
      g_assert_false (lab_client_open_session (f, &client, 0, &error));
      g_assert_error (error, PINGEM_ERROR, (int) cases[i].code);
      g_assert_cmpuint (pingem_service_count_sessions (f->service), ==, 0);
      lab_client_free (&client);
    }

  lab_bus->challenge = lab_bus->dismissed = FALSE;
  lab_polkit_set_present (lab_bus, TRUE);
}

static void
test_what_polkit_is_asked (LabHelper *f, gconstpointer data)
{
  const struct {
    guint flags;
    const char *action;
  } cases[] = {
    { 0, PINGEM_ACTION_PROBE },
    { PINGEM_SESSION_BATCH, PINGEM_ACTION_PROBE },
    { PINGEM_SESSION_INTENSIVE, PINGEM_ACTION_PROBE_INTENSIVE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LabClient client = lab_client_new ();

      g_assert_true (lab_client_open_with (f, &client, PINGEM_CHANNEL_VERSION, cases[i].flags,
                                           G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION,
                                           NULL));
      g_assert_cmpuint (lab_bus->n_asked, ==, i + 1);
      g_assert_cmpstr (lab_bus->action, ==, cases[i].action);
      g_assert_cmpuint (lab_bus->flags, ==, 0);
      g_assert_cmpstr (lab_bus->subject, ==, g_dbus_connection_get_unique_name (client.connection));
      lab_client_free (&client);
    }
}

static void
test_bad_request (LabHelper *f, gconstpointer data)
{
  LabClient client;
  g_autoptr (GError) version_error = NULL;
  g_autoptr (GError) flags_error = NULL;

  client = lab_client_new ();
  g_assert_false (lab_client_open_with (f, &client, PINGEM_CHANNEL_VERSION + 1, 0,
                                        G_DBUS_CALL_FLAGS_NONE, &version_error));
  g_assert_error (version_error, PINGEM_ERROR, PINGEM_ERROR_BAD_VERSION);
  g_assert_false (lab_client_open_session (f, &client, 4, &flags_error));
  g_assert_error (flags_error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE);
  g_assert_cmpuint (lab_bus->n_asked, ==, 0);
  lab_client_free (&client);
}

static GVariant *
make_wrong_token (GVariant *token, guint i)
{
  guint8 bytes[TOKEN_SIZE];
  gsize n;

  memcpy (bytes, g_variant_get_fixed_array (token, &n, 1), sizeof bytes);
  g_assert_cmpuint (n, ==, sizeof bytes);
  bytes[i] ^= 1;

  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, sizeof bytes, 1);
}

static void
assert_no_session (LabHelper *f, LabClient *client, GVariant *token)
{
  g_autoptr (GVariant) kept = g_variant_ref_sink (token);
  const PingemTargetSpec spec = lab_make_spec (1, "127.0.0.1");
  const struct {
    const char *method;
    GVariant *args;
  } calls[] = {
    { "AddTargets", g_variant_new_parsed ("(%@ay, @a" PINGEM_TARGET_SPEC_TYPE " [])", kept) },
    { "ChangeTarget", g_variant_new ("(@ay@" PINGEM_TARGET_SPEC_TYPE ")", kept,
                                     pingem_target_spec_to_variant (&spec)) },
    { "RemoveTarget", g_variant_new ("(@ayu)", kept, 1) },
    { "Close", g_variant_new ("(@ay)", kept) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply =
          lab_client_call (f, client, calls[i].method, calls[i].args, &error);

      g_assert_null (reply);
      g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_NOT_FOUND);
    }
}

static void
test_tokens (LabHelper *f, gconstpointer data)
{
  LabClient owner, other, third;
  g_autoptr (GVariant) reply = NULL;

  owner = lab_client_open (f, 0);
  other = lab_client_open (f, 0);
  third = lab_client_new ();
  g_assert_false (g_variant_equal (owner.token, other.token));

  assert_no_session (f, &other, owner.token);
  assert_no_session (f, &third, owner.token);
  for (guint i = 0; i < TOKEN_SIZE; i++)
    assert_no_session (f, &owner, make_wrong_token (owner.token, i));
  assert_no_session (f, &owner, g_variant_new_parsed ("@ay []"));
  g_assert_cmpuint (pingem_service_count_sessions (f->service), ==, 2);

  reply = lab_client_call (f, &owner, "Close", g_variant_new ("(@ay)", owner.token), NULL);
  g_assert_nonnull (reply);
  assert_no_session (f, &owner, owner.token);
  lab_client_free (&owner);
  lab_client_free (&other);
  lab_client_free (&third);
}

static void
test_sessions_per_user (LabHelper *f, gconstpointer data)
{
  LabClient clients[9];
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) twice = NULL;

  for (guint i = 0; i < 8; i++)
    clients[i] = lab_client_open (f, 0);
  g_assert_false (lab_client_open_session (f, &clients[0], 0, &twice));
  g_assert_error (twice, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY);

  clients[8] = lab_client_new ();
  g_assert_false (lab_client_open_session (f, &clients[8], 0, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY);
  g_assert_cmpuint (pingem_service_count_sessions (f->service), ==, 8);

  lab_client_free (&clients[0]);
  lab_wait_until (pingem_service_count_sessions (f->service) == 7);
  g_assert_true (lab_client_open_session (f, &clients[8], 0, NULL));
  for (guint i = 1; i < 9; i++)
    lab_client_free (&clients[i]);
}

static void
set_up_few (LabHelper *f, gconstpointer data)
{
  f->limits = pingem_default_limits;
  f->limits.sessions = 2;
  f->limits.idle_ms = 1;
  lab_helper_start (f);
}

static void
test_sessions_in_all (LabHelper *f, gconstpointer data)
{
  LabClient clients[3];
  g_autoptr (GError) error = NULL;

  clients[0] = lab_client_open (f, 0);
  clients[1] = lab_client_open (f, 0);
  clients[2] = lab_client_new ();
  g_assert_false (lab_client_open_session (f, &clients[2], 0, &error));
  g_assert_error (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY);
  for (guint i = 0; i < 3; i++)
    lab_client_free (&clients[i]);
}

static void
test_caller_vanishes (LabHelper *f, gconstpointer data)
{
  LabClient client;

  client = lab_client_open (f, 0);
  lab_leave_bus (g_steal_pointer (&client.connection));
  lab_wait_until (pingem_service_count_sessions (f->service) == 0);

  /* So its channel is at its end. */
  g_assert_cmpint (recv (client.fd, &(char){ 0 }, 1, 0), ==, 0);
  lab_client_free (&client);
}

static void
test_channel_closes (LabHelper *f, gconstpointer data)
{
  const PingemTargetSpec spec = lab_make_spec (1, "127.0.0.1");
  LabClient client;

  client = lab_client_open (f, 0);
  g_assert_true (lab_client_add (f, &client, &spec, 1, NULL));
  close (client.fd);
  client.fd = -1;
  lab_wait_until (pingem_service_count_sessions (f->service) == 0);
  assert_no_session (f, &client, client.token);
  lab_client_free (&client);
}

/* The answer comes when nobody is there to use it. */
static void
test_vanishes_while_asked (LabHelper *f, gconstpointer data)
{
  LabClient client;

  lab_bus->hold = TRUE;
  client = lab_client_new ();
  g_dbus_connection_call (client.connection, g_dbus_connection_get_unique_name (f->connection),
                          PINGEM_HELPER_PATH, PINGEM_HELPER_INTERFACE, "OpenSession",
                          g_variant_new ("(uu)", PINGEM_CHANNEL_VERSION, 0), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  lab_wait_until (lab_bus->held != NULL);
  g_assert_cmpuint (pingem_service_count_sessions (f->service), ==, 1);

  lab_client_free (&client);
  lab_wait_until (pingem_service_count_sessions (f->service) == 0);
  lab_bus->hold = FALSE;
  lab_polkit_answer (lab_bus);

  /* A later caller is served after the answer was. */
  client = lab_client_open (f, 0);
  g_assert_cmpuint (pingem_service_count_sessions (f->service), ==, 1);
  lab_client_free (&client);
}

static void
test_idle (LabHelper *f, gconstpointer data)
{
  LabClient client;
  guint n_idle;

  lab_wait_until (f->n_idle > 0);
  client = lab_client_open (f, 0);
  n_idle = f->n_idle;
  lab_client_free (&client);
  lab_wait_until (f->n_idle > n_idle);
}

static void
test_properties (LabHelper *f, gconstpointer data)
{
  LabClient client;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) properties = NULL;
  g_autoptr (GVariant) limits = NULL;
  guint32 targets;

  client = lab_client_new ();
  reply =
      lab_call (client.connection, g_dbus_connection_get_unique_name (f->connection),
                PINGEM_HELPER_PATH, "org.freedesktop.DBus.Properties", "GetAll",
                g_variant_new ("(s)", PINGEM_HELPER_INTERFACE), G_DBUS_CALL_FLAGS_NONE, NULL, NULL);
  g_assert_nonnull (reply);
  properties = g_variant_get_child_value (reply, 0);
  g_assert_true (g_variant_lookup (properties, "Limits", "@a{su}", &limits));
  g_assert_true (g_variant_lookup (limits, "targets", "u", &targets));
  g_assert_cmpuint (targets, ==, 256);
  g_assert_true (g_variant_lookup (properties, "Version", "&s", &(const char *){ NULL }));
  g_assert_cmpuint (lab_bus->n_asked, ==, 0);
  lab_client_free (&client);
}

#define ADD(path, set_up, function)                                                                \
  g_test_add ("/helper/service/" path, LabHelper, NULL, set_up, function, lab_helper_tear_down)

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  if (!lab_helper_init ())
    return 0;

  g_test_add ("/helper/service/allowed", LabHelper, NULL, lab_helper_set_up, test_allowed,
              lab_helper_tear_down);
  g_test_add ("/helper/service/allowed-batch", LabHelper, GUINT_TO_POINTER (PINGEM_SESSION_BATCH),
              lab_helper_set_up, test_allowed, lab_helper_tear_down);
  ADD ("refused", lab_helper_set_up, test_refused);
  ADD ("what-polkit-is-asked", lab_helper_set_up, test_what_polkit_is_asked);
  ADD ("bad-request", lab_helper_set_up, test_bad_request);
  ADD ("R11 tokens", lab_helper_set_up, test_tokens);
  ADD ("R12 sessions-per-user", lab_helper_set_up, test_sessions_per_user);
  ADD ("R12 sessions-in-all", set_up_few, test_sessions_in_all);
  ADD ("R24 caller-vanishes", lab_helper_set_up, test_caller_vanishes);
  ADD ("R24 channel-closes", lab_helper_set_up, test_channel_closes);
  ADD ("R5 vanishes-while-asked", lab_helper_set_up, test_vanishes_while_asked);
  ADD ("R24 idle", set_up_few, test_idle);
  ADD ("properties", lab_helper_set_up, test_properties);
  status = g_test_run ();
  lab_helper_finish ();

  return status;
}
