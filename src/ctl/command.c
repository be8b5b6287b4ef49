/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/command.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/number.h"

static const PingemCommand commands[] = {
  { "ping", "HOST... | 'IPv4,COUNT,INTERVAL_MS'...",
    N_ ("Send echo requests and tell what becomes of each"), pingem_command_ping },
  { "trace", "HOST", N_ ("Show the hops on the way to a host, and where probes are lost"),
    pingem_command_trace },
  { "status", "[--json] [--watch]", N_ ("How the connection stands, and who is to blame"),
    pingem_command_status },
  { "history", "TARGET [--from T] [--to T]", N_ ("What was measured"), pingem_command_history },
  { "probes", "TARGET [--from T] [--to T]", N_ ("Every probe that is kept"),
    pingem_command_probes },
  { "events", "[--from T] [--to T]", N_ ("What happened: outages, gaps, changes, notes"),
    pingem_command_events },
  { "report", "[--from T] [--to T] [-o FILE]",
    N_ ("A page for your provider: figures, strips and outages"), pingem_command_report },
  { "note", "TEXT [--at T]", N_ ("Write a note among the events"), pingem_command_note },
  { "target", "list | add | set | remove", N_ ("What the monitor probes"), pingem_command_target },
  { "throughput", "PEER", N_ ("Measure TCP throughput with a peer, there and back"),
    pingem_command_throughput },
  { "instance", "init | run", N_ ("Measure without a desktop, for Prometheus"),
    pingem_command_instance },
  { "pause", "[--for SECONDS]", N_ ("Stop probing"), pingem_command_pause },
  { "resume", "", N_ ("Go on probing"), pingem_command_resume },
  { "helper", "[--all] [--json]", N_ ("For whom the helper sends probes"), pingem_command_helper },
};

const PingemCommand *
pingem_command_find (const PingemCommand *table, guint n_commands, const char *name)
{
  for (guint i = 0; i < n_commands; i++)
    if (g_str_equal (table[i].name, name))
      return &table[i];

  return NULL;
}

char *
pingem_command_usage (const PingemCommand *table, guint n_commands, const char *program)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n_commands; i++)
    g_string_append_printf (text, "  %s %s%s%s\n      %s\n", program, table[i].name,
                            *table[i].parameters != '\0' ? " " : "", table[i].parameters,
                            g_dgettext (GETTEXT_PACKAGE, table[i].summary));

  return g_string_free (text, FALSE);
}

int
pingem_command_run_sub (const PingemCommand *table, guint n_commands, char **argv)
{
  const PingemCommand *command =
      argv[1] != NULL ? pingem_command_find (table, n_commands, argv[1]) : NULL;
  g_autofree char *program = g_strdup_printf ("pingemctl %s", argv[0]);
  g_autofree char *usage = NULL;
  g_autofree char *name = NULL;
  gboolean is_asked = argv[1] != NULL && g_str_equal (argv[1], "--help");

  if (command != NULL)
    {
      name = g_strdup_printf ("%s %s", argv[0], command->name);
      argv[1] = name;
      return command->run (argv + 1);
    }

  usage = pingem_command_usage (table, n_commands, program);
  fprintf (is_asked ? stdout : stderr, _ ("Usage:\n%s"), usage);

  return is_asked ? PINGEM_EXIT_OK : PINGEM_EXIT_BAD_INPUT;
}

static void
print_usage (FILE *stream)
{
  g_autofree char *usage = pingem_command_usage (commands, G_N_ELEMENTS (commands), "pingemctl");

  fprintf (stream,
           _ ("Usage:\n%s"
              "  pingemctl COMMAND --help\n"
              "      All options of a command; everything else is in the manual, pingemctl(1)\n"
              "  pingemctl --version\n"),
           usage);
}

int
pingem_command_run (char **argv)
{
  const PingemCommand *command;
  g_autofree char *quoted = NULL;

  if (argv[1] == NULL)
    {
      print_usage (stderr);
      return PINGEM_EXIT_BAD_INPUT;
    }

  command = pingem_command_find (commands, G_N_ELEMENTS (commands), argv[1]);
  if (command != NULL)
    return command->run (argv + 1);

  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"))
    {
      print_usage (stdout);
      return PINGEM_EXIT_OK;
    }
  if (g_str_equal (argv[1], "--version"))
    {
      puts ("pingemctl " PINGEM_VERSION);
      return PINGEM_EXIT_OK;
    }

  quoted = pingem_quote (argv[1]);
  pingem_complain (_ ("There is no command %s: see pingemctl --help"), quoted);

  return PINGEM_EXIT_BAD_INPUT;
}
