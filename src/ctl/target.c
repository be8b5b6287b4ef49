/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ctl/monitor-link.h"
#include "ctl/target-changes.h"
#include "ctl/target-list.h"
#include "ipc/error.h"

/* An invocation of "add", "set" or "remove". */
typedef struct {
  char *address;     /* (owned) */
  GVariant *changes; /* (owned) floating no more */
  gboolean only_system;
} Invocation;

static void
invocation_clear (Invocation *invocation)
{
  g_free (invocation->address);
  g_clear_pointer (&invocation->changes, g_variant_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Invocation, invocation_clear)

static gboolean
take_address (GStrv arguments, char **ret_address, GError **error)
{
  if (g_strv_length (arguments) == 1)
    return pingem_argument_take (arguments[0], ret_address, error);

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
               _ ("%s takes one ADDRESS, not %u: see %s --help"), g_get_prgname (),
               g_strv_length (arguments), g_get_prgname ());

  return FALSE;
}

/* @has_changes: takes options that say what the target shall be */
static gboolean
parse_invocation (char **argv,
                  const char *summary,
                  gboolean has_changes,
                  Invocation *ret_invocation,
                  GError **error)
{
  g_auto (PingemTargetChanges) changes = { 0 };
  const GOptionEntry system_entries[] = {
    { "system", 0, 0, G_OPTION_ARG_NONE, &ret_invocation->only_system,
      N_ ("The instance on the system bus"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  g_auto (GStrv) arguments = NULL;

  if (has_changes)
    pingem_target_changes_add_entries (&changes, entries);
  g_array_append_vals (entries, system_entries, 1);

  arguments = pingem_arguments_parse (argv, (GOptionEntry *) (void *) entries->data, "ADDRESS",
                                      summary, error);
  if (arguments == NULL || !take_address (arguments, &ret_invocation->address, error))
    return FALSE;

  if (!pingem_target_changes_choose_probe (&changes, &ret_invocation->address, error))
    return FALSE;
  ret_invocation->changes = pingem_target_changes_build (&changes, error);

  return ret_invocation->changes != NULL;
}

static GVariant *
with_address (GVariant *changes, const char *address)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, changes);
  g_variant_dict_insert (&dict, "address", "s", address);

  return g_variant_dict_end (&dict);
}

static int
run_list (char **argv)
{
  g_autoptr (PingemDbusMonitor1) monitor = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) arguments = NULL;
  gboolean json = FALSE;
  gboolean only_system = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("JSON: an array"), NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &only_system, N_ ("The instance on the system bus"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };

  arguments =
      pingem_arguments_parse (argv, entries, NULL, N_ ("Lists what the monitor probes."), &error);
  if (arguments == NULL || !pingem_arguments_are_none (arguments, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  monitor = pingem_monitor_connect (only_system, &error);
  if (monitor == NULL)
    return pingem_monitor_complain (error);

  text = json ? pingem_target_list_json (pingem_dbus_monitor1_get_targets (monitor))
              : pingem_target_list_text (pingem_dbus_monitor1_get_targets (monitor));
  fputs (text, stdout);

  return PINGEM_EXIT_OK;
}

static int
run_add (char **argv)
{
  g_auto (Invocation) invocation = { 0 };
  g_autoptr (PingemDbusMonitor1) monitor = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_invocation (argv, N_ ("Probes one more host, by name or address, from now on."), TRUE,
                         &invocation, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  monitor = pingem_monitor_connect (invocation.only_system, &error);
  if (monitor == NULL ||
      !pingem_dbus_monitor1_call_add_target_sync (
          monitor, with_address (invocation.changes, invocation.address), NULL, &error))
    return pingem_monitor_complain (error);

  return PINGEM_EXIT_OK;
}

static int
run_set (char **argv)
{
  g_auto (Invocation) invocation = { 0 };
  g_autoptr (PingemDbusMonitor1) monitor = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_invocation (argv, N_ ("Changes a target; what is not given stays."), TRUE, &invocation,
                         &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }
  if (g_variant_n_children (invocation.changes) == 0)
    {
      pingem_complain (_ ("There is nothing to set: give --name, --interval or another option."));
      return PINGEM_EXIT_BAD_INPUT;
    }

  monitor = pingem_monitor_connect (invocation.only_system, &error);
  if (monitor == NULL || !pingem_dbus_monitor1_call_change_target_sync (
                             monitor, invocation.address, invocation.changes, NULL, &error))
    return pingem_monitor_complain (error);

  return PINGEM_EXIT_OK;
}

static int
run_remove (char **argv)
{
  g_auto (Invocation) invocation = { 0 };
  g_autoptr (PingemDbusMonitor1) monitor = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_invocation (argv, N_ ("Stops probing a target; its history stays."), FALSE,
                         &invocation, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  monitor = pingem_monitor_connect (invocation.only_system, &error);
  if (monitor == NULL ||
      !pingem_dbus_monitor1_call_remove_target_sync (monitor, invocation.address, NULL, &error))
    return pingem_monitor_complain (error);

  return PINGEM_EXIT_OK;
}

static const PingemCommand commands[] = {
  { "list", "[--json]", N_ ("What the monitor probes"), run_list },
  { "add", "ADDRESS [OPTION...]", N_ ("Probe one more host"), run_add },
  { "set", "ADDRESS OPTION...", N_ ("Change a target"), run_set },
  { "remove", "ADDRESS", N_ ("Stop probing a target; its history stays"), run_remove },
};

int
pingem_command_target (char **argv)
{
  return pingem_command_run_sub (commands, G_N_ELEMENTS (commands), argv);
}
