/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ctl/json.h"
#include "ctl/table.h"
#include "ctl/time-arg.h"
#include "ipc/channel.h"
#include "ipc/error.h"
#include "ipc/helper-dbus.h"
#include "ipc/names.h"

/* An entry of Helper1's ListSessions. */
typedef struct {
  guint32 uid;
  const char *sender; /* (unowned) */
  guint32 flags;
  gint64 since_ms;
  guint32 targets;
  guint64 sent;
  guint64 replied;
  guint64 held;
} Session;

static gboolean
parse_options (char **argv, gboolean *ret_all, gboolean *ret_json, GError **error)
{
  const GOptionEntry entries[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, ret_all,
      N_ ("Also those of other users: an administrator may see them"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, ret_json, N_ ("JSON: an array"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) arguments = pingem_arguments_parse (
      argv, entries, NULL, N_ ("Lists for whom the helper sends probes."), error);

  return arguments != NULL && pingem_arguments_are_none (arguments, error);
}

/* polkit may ask for a password for --all: a person takes longer than a bus. */
static GVariant *
list_sessions (gboolean all, GError **error)
{
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, error);
  g_autoptr (GVariant) reply = NULL;

  if (connection == NULL)
    return NULL;

  g_dbus_connection_set_exit_on_close (connection, FALSE);
  reply = g_dbus_connection_call_sync (
      connection, PINGEM_HELPER_NAME, PINGEM_HELPER_PATH, PINGEM_HELPER_INTERFACE, "ListSessions",
      g_variant_new ("(b)", all), G_VARIANT_TYPE ("(a(usuxuttt))"),
      G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, G_MAXINT, NULL, error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

static gboolean
read_session (GVariantIter *iter, Session *ret_session)
{
  return g_variant_iter_loop (iter, "(u&suxuttt)", &ret_session->uid, &ret_session->sender,
                              &ret_session->flags, &ret_session->since_ms, &ret_session->targets,
                              &ret_session->sent, &ret_session->replied, &ret_session->held);
}

static void
add_json (JsonBuilder *builder, const Session *session)
{
  gboolean is_intensive = (session->flags & PINGEM_SESSION_INTENSIVE) != 0;

  json_builder_begin_object (builder);
  pingem_json_add_number (builder, "uid", session->uid);
  pingem_json_add_string (builder, "bus_name", session->sender);
  json_builder_set_member_name (builder, "intensive");
  json_builder_add_boolean_value (builder, is_intensive);
  pingem_json_add_seconds (builder, "since", session->since_ms);
  pingem_json_add_number (builder, "targets", session->targets);
  pingem_json_add_number (builder, "sent", (gint64) session->sent);
  pingem_json_add_number (builder, "replied", (gint64) session->replied);
  pingem_json_add_number (builder, "held", (gint64) session->held);
  json_builder_end_object (builder);
}

static void
print_json (GVariant *sessions)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autofree char *text = NULL;
  GVariantIter iter;
  Session session;

  json_builder_begin_array (builder);
  g_variant_iter_init (&iter, sessions);
  while (read_session (&iter, &session))
    add_json (builder, &session);
  json_builder_end_array (builder);
  text = pingem_json_print (builder);
  puts (text);
}

static void
add_row (PingemTable *table, const Session *session, GTimeZone *zone)
{
  gboolean is_intensive = (session->flags & PINGEM_SESSION_INTENSIVE) != 0;
  g_autofree char *uid = g_strdup_printf ("%u", session->uid);
  g_autofree char *since = pingem_time_format (session->since_ms, zone);
  g_autofree char *targets = g_strdup_printf ("%u", session->targets);
  g_autofree char *sent = g_strdup_printf ("%" G_GUINT64_FORMAT, session->sent);
  g_autofree char *replied = g_strdup_printf ("%" G_GUINT64_FORMAT, session->replied);
  g_autofree char *held = g_strdup_printf ("%" G_GUINT64_FORMAT, session->held);

  pingem_table_add (table, uid, session->sender, since, targets, sent, replied, held,
                    is_intensive ? _ ("intensive") : _ ("ordinary"), NULL);
}

static void
print_text (GVariant *sessions)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autoptr (PingemTable) table = pingem_table_new ("> >>>>> ");
  g_autofree char *text = NULL;
  GVariantIter iter;
  Session session;

  pingem_table_add (table, _ ("User"), _ ("Bus name"), _ ("Since"), _ ("Targets"), _ ("Sent"),
                    _ ("Answered"), _ ("Held back"), _ ("Limits"), NULL);
  g_variant_iter_init (&iter, sessions);
  while (read_session (&iter, &session))
    add_row (table, &session, local);
  text = pingem_table_print (table);
  fputs (text, stdout);
}

static int
complain (GError *error)
{
  g_dbus_error_strip_remote_error (error);

  if (error->domain == PINGEM_ERROR)
    pingem_complain ("%s", error->message);
  else
    pingem_complain (_ ("There is no helper to ask (%s): install it, or start the system bus."),
                     error->message);

  return PINGEM_EXIT_CANNOT;
}

int
pingem_command_helper (char **argv)
{
  gboolean all = FALSE;
  gboolean json = FALSE;
  g_autoptr (GVariant) sessions = NULL;
  g_autoptr (GError) error = NULL;

  /* So that the helper's errors are known when they come. */
  pingem_error_quark ();
  if (!parse_options (argv, &all, &json, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  sessions = list_sessions (all, &error);
  if (sessions == NULL)
    return complain (error);

  if (json)
    print_json (sessions);
  else
    print_text (sessions);

  return PINGEM_EXIT_OK;
}
