/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <fcntl.h>
#include <unistd.h>

#include "lab/system-bus.h"
#include "monitor/sleep-watch.h"

#define LOGIND_NAME "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"

/* As much of logind as concerns sleep. */
static const char logind_xml[] = "<node><interface name='" LOGIND_INTERFACE "'>"
                                 "  <method name='Inhibit'>"
                                 "    <arg type='s' direction='in'/><arg type='s' direction='in'/>"
                                 "    <arg type='s' direction='in'/><arg type='s' direction='in'/>"
                                 "    <arg type='h' direction='out'/>"
                                 "  </method>"
                                 "  <signal name='PrepareForSleep'><arg type='b'/></signal>"
                                 "</interface></node>";

typedef struct {
  LabSystemBus *bus;
  GDBusConnection *connection; /* the watch's */
  GDBusConnection *logind;
  guint registration;          /* of logind's object */
  GDBusMethodInvocation *held; /* (owned) (nullable): a question for an inhibitor */
  gboolean holds;              /* questions */
  gboolean refuses;
  guint n_asked;
  int inhibitor; /* our end of the newest: at its end once the other one is closed */
  PingemSleepWatch *watch;
  GString *story; /* what happened, a letter each */
} Fixture;

static void
answer (Fixture *f)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  int ends[2];

  g_assert_cmpint (pipe2 (ends, O_CLOEXEC | O_NONBLOCK), ==, 0);
  g_assert_cmpint (g_unix_fd_list_append (fds, ends[1], NULL), ==, 0);
  close (ends[1]);
  if (f->inhibitor >= 0)
    close (f->inhibitor);
  f->inhibitor = ends[0];
  g_dbus_method_invocation_return_value_with_unix_fd_list (g_steal_pointer (&f->held),
                                                           g_variant_new ("(h)", 0), fds);
}

static void
on_method_call (GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *method,
                GVariant *args,
                GDBusMethodInvocation *invocation,
                gpointer user_data)
{
  Fixture *f = user_data;
  const char *what, *who, *why, *mode;

  g_variant_get (args, "(&s&s&s&s)", &what, &who, &why, &mode);
  g_assert_cmpstr (what, ==, "sleep");
  g_assert_cmpstr (who, ==, "Pingem");
  g_assert_cmpstr (mode, ==, "delay");
  f->n_asked++;
  f->held = invocation;

  if (f->refuses)
    g_dbus_method_invocation_return_dbus_error (g_steal_pointer (&f->held),
                                                "org.freedesktop.DBus.Error.AccessDenied", "no");
  else if (!f->holds)
    answer (f);
}

static gboolean
holds_inhibitor (Fixture *f)
{
  char byte;

  return f->inhibitor >= 0 && read (f->inhibitor, &byte, 1) < 0;
}

static void
start_logind (Fixture *f)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_method_call };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (logind_xml, NULL);
  g_autoptr (GError) error = NULL;

  f->logind = lab_system_bus_connect (f->bus);
  f->registration = g_dbus_connection_register_object (f->logind, LOGIND_PATH, node->interfaces[0],
                                                       &vtable, f, NULL, &error);
  g_assert_no_error (error);
  lab_own_name (f->logind, LOGIND_NAME);
}

static void
stop_logind (Fixture *f)
{
  /* A call that waits for the main loop would find no fixture. */
  g_dbus_connection_unregister_object (f->logind, f->registration);
  lab_leave_bus (g_steal_pointer (&f->logind));
}

static void
prepare (GDBusConnection *connection, GVariant *args)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (connection, NULL, LOGIND_PATH, LOGIND_INTERFACE, "PrepareForSleep",
                                 args, &error);
  g_assert_no_error (error);
}

/* logind waits as long as we write. */
static void
on_sleeping (Fixture *f)
{
  g_string_append_c (f->story, holds_inhibitor (f) ? 's' : 'S');
}

static void
on_woken (Fixture *f)
{
  g_string_append_c (f->story, 'w');
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->inhibitor = -1;
  f->story = g_string_new (NULL);
  f->bus = lab_system_bus_new ();
  f->connection = lab_system_bus_connect (f->bus);
  f->watch = pingem_sleep_watch_new (f->connection);
  g_signal_connect_swapped (f->watch, "sleeping", G_CALLBACK (on_sleeping), f);
  g_signal_connect_swapped (f->watch, "woken", G_CALLBACK (on_woken), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->watch);
  if (f->logind != NULL)
    stop_logind (f);
  lab_leave_bus (f->connection);
  if (f->inhibitor >= 0)
    close (f->inhibitor);
  lab_system_bus_free (f->bus);
  g_string_free (f->story, TRUE);
}

static gboolean
story_is (Fixture *f, const char *story)
{
  return g_str_equal (f->story->str, story);
}

static void
test_sleep_waits (Fixture *f, gconstpointer data)
{
  start_logind (f);
  lab_wait_until (holds_inhibitor (f));

  for (guint i = 1; i <= 2; i++)
    {
      prepare (f->logind, g_variant_new ("(b)", TRUE));
      lab_wait_until (story_is (f, i == 1 ? "s" : "sws") && !holds_inhibitor (f));
      prepare (f->logind, g_variant_new ("(b)", FALSE));
      lab_wait_until (story_is (f, i == 1 ? "sw" : "swsw") && holds_inhibitor (f));
      g_assert_cmpuint (f->n_asked, ==, i + 1);
    }

  g_clear_object (&f->watch);
  lab_wait_until (!holds_inhibitor (f));
}

/* It comes late, goes while the machine sleeps, and comes again. */
static void
test_logind_comes_and_goes (Fixture *f, gconstpointer data)
{
  start_logind (f);
  lab_wait_until (holds_inhibitor (f));
  prepare (f->logind, g_variant_new ("(b)", TRUE));
  lab_wait_until (story_is (f, "s"));
  stop_logind (f);
  lab_wait_until (story_is (f, "sw"));

  start_logind (f);
  lab_wait_until (holds_inhibitor (f));
  stop_logind (f);
  lab_wait_until (!holds_inhibitor (f));
  g_assert_true (story_is (f, "sw"));
}

static void
test_goes_on_without_inhibitor (Fixture *f, gconstpointer data)
{
  f->refuses = TRUE;
  start_logind (f);
  lab_wait_until (f->n_asked == 1);
  prepare (f->logind, g_variant_new ("(b)", TRUE));
  prepare (f->logind, g_variant_new ("(b)", FALSE));
  lab_wait_until (story_is (f, "Sw"));
}

/* Nothing keeps a machine awake that fell asleep meanwhile. */
static void
test_late_inhibitor (Fixture *f, gconstpointer data)
{
  f->holds = TRUE;
  start_logind (f);
  lab_wait_until (f->held != NULL);
  prepare (f->logind, g_variant_new ("(b)", TRUE));
  lab_wait_until (story_is (f, "S"));
  answer (f);
  lab_wait_until (!holds_inhibitor (f));
  f->holds = FALSE;
  prepare (f->logind, g_variant_new ("(b)", FALSE));
  lab_wait_until (story_is (f, "Sw") && holds_inhibitor (f));
}

/* What was said before has arrived. */
static void
synchronise (Fixture *f)
{
  g_autoptr (GVariant) reply = NULL;

  g_dbus_connection_flush_sync (f->bus->polkit, NULL, NULL);
  g_dbus_connection_flush_sync (f->logind, NULL, NULL);
  reply = lab_call (f->connection, LOGIND_NAME, LOGIND_PATH, "org.freedesktop.DBus.Peer", "Ping",
                    NULL, G_DBUS_CALL_FLAGS_NONE, NULL, NULL);
  g_assert_nonnull (reply);
}

/* Only logind is believed, each word once, and only what it may say. */
static void
test_strange_signals (Fixture *f, gconstpointer data)
{
  start_logind (f);
  lab_wait_until (holds_inhibitor (f));
  prepare (f->bus->polkit, g_variant_new ("(b)", TRUE));
  prepare (f->logind, g_variant_new ("(s)", "true"));
  prepare (f->logind, NULL);
  prepare (f->logind, g_variant_new ("(b)", FALSE));
  synchronise (f);
  g_assert_cmpstr (f->story->str, ==, "");
  prepare (f->logind, g_variant_new ("(b)", TRUE));
  prepare (f->logind, g_variant_new ("(b)", TRUE));
  synchronise (f);
  g_assert_cmpuint (f->story->len, ==, 1);
}

static void
add_test (const char *path, void (*test) (Fixture *f, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/sleep-watch/sleep-waits", test_sleep_waits);
  add_test ("/sleep-watch/logind-comes-and-goes", test_logind_comes_and_goes);
  add_test ("/sleep-watch/goes-on-without-inhibitor", test_goes_on_without_inhibitor);
  add_test ("/sleep-watch/late-inhibitor", test_late_inhibitor);
  add_test ("/sleep-watch/strange-signals", test_strange_signals);

  return g_test_run ();
}
