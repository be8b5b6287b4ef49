/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ctl/monitor-link.h"
#include "ipc/error.h"
#include "ipc/networks.h"
#include "ipc/probe-address.h"
#include "pingemctl-resources.h"

#define DEFAULT_FILE "/etc/pingem/instance.conf"
#define EXAMPLE "/io/github/pingem/instance.conf"
#define EXAMPLE_NETWORK "192.168.1.0/24"
#define PROGRAM "pingem-monitor"

static gboolean
set_file_error (GError **error, const char *path)
{
  int number = errno;

  if (number == EEXIST)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_EXISTS,
                 _ ("%s is there already, and stays as it is: name another FILE"), path);
  else
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED, _ ("%s cannot be written: %s"), path,
                 g_strerror (number));

  return FALSE;
}

/* The example as it is, or with all that answers switched on for @networks (nullable). (transfer
 * full) */
static char *
build_example (const char *networks)
{
  static const char *const switches[][2] = {
    { "listen=127.0.0.1:9862", "listen=*:9862" },
    { "#[stamp]\n#listen=*:862\n#networks=", "[stamp]\nlisten=*:862\nnetworks=" },
    { "#[echo]\n#listen=*:8862\n#networks=", "[echo]\nlisten=*:8862\nnetworks=" },
  };
  g_autoptr (GBytes) example = g_resource_lookup_data (pingem_ctl_get_resource (), EXAMPLE,
                                                       G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  GString *text =
      g_string_new_len (g_bytes_get_data (example, NULL), (gssize) g_bytes_get_size (example));

  if (networks == NULL)
    return g_string_free (text, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    g_string_replace (text, switches[i][0], switches[i][1], 1);
  g_string_replace (text, EXAMPLE_NETWORK, networks, 0);

  return g_string_free (text, FALSE);
}

/* Never over one that is there. */
static gboolean
write_example (const char *path, const char *text, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  gboolean is_written;
  int fd;

  if (g_mkdir_with_parents (folder, 0755) != 0)
    return set_file_error (error, path);
  fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0)
    return set_file_error (error, path);

  is_written = write (fd, text, strlen (text)) == (gssize) strlen (text);
  is_written = close (fd) == 0 && is_written;
  if (!is_written)
    {
      set_file_error (error, path);
      g_unlink (path);
    }

  return is_written;
}

static gboolean
check_networks (const char *text, GError **error)
{
  g_autoptr (PingemNetworks) networks = pingem_networks_parse (text, error);

  return networks != NULL;
}

static int
run_init (char **argv)
{
  g_autofree char *networks = NULL;
  const GOptionEntry entries[] = {
    { "networks", 0, 0, G_OPTION_ARG_STRING, &networks,
      N_ ("Switch on what other instances need, for these"), N_ ("NETWORKS") },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) arguments = pingem_arguments_parse (
      argv, entries, "[FILE]",
      N_ ("Writes an instance's configuration to begin with (/etc/pingem/instance.conf)."), &error);

  if (arguments != NULL && g_strv_length (arguments) > 1)
    g_set_error (&error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE, _ ("Give one FILE at most"));
  if (error != NULL || (networks != NULL && !check_networks (networks, &error)))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  path = g_strdup (arguments[0] != NULL ? arguments[0] : DEFAULT_FILE);
  text = build_example (networks);
  if (!write_example (path, text, &error))
    {
      pingem_complain ("%s", error->message);
      return g_error_matches (error, PINGEM_ERROR, PINGEM_ERROR_EXISTS) ? PINGEM_EXIT_BAD_INPUT
                                                                        : PINGEM_EXIT_CANNOT;
    }

  printf (_ ("%s is written. Change what has to be, then start the instance:\n"
             "  systemctl enable --now pingem-instance\n"
             "or, without systemd or for yourself: pingem-monitor --config %s\n"),
          path, path);

  return PINGEM_EXIT_OK;
}

typedef struct {
  char **peers;  /* (owned) */
  char *metrics; /* (owned) (nullable) */
} RunOptions;

static void
run_options_clear (RunOptions *options)
{
  g_strfreev (options->peers);
  g_free (options->metrics);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RunOptions, run_options_clear)

/* @ret_checks: (transfer full): addresses */
static gboolean
list_checks (char **peers, GStrvBuilder *checks, GError **error)
{
  for (char **peer = peers; *peer != NULL; peer++)
    {
      g_autofree char *udp = pingem_probe_address_compose ("udp", *peer);
      g_auto (PingemProbeAddress) address = { 0 };
      PingemProbeAddress echo;
      g_autofree char *echo_text = NULL;

      if (!pingem_probe_address_parse (udp, &address, error))
        return FALSE;

      echo = (PingemProbeAddress){ PINGEM_PROBE_ECHO, address.host, PINGEM_ECHO_PORT };
      echo_text = pingem_probe_address_format (&echo);
      g_strv_builder_add (checks, address.host);
      g_strv_builder_add (checks, udp);
      g_strv_builder_add (checks, echo_text);
    }

  return TRUE;
}

/* The monitor that runs already checks the peers too. */
static int
join (PingemDbusMonitor1 *monitor, char **checks)
{
  for (char **check = checks; *check != NULL; check++)
    {
      g_autoptr (GError) error = NULL;
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "address", "s", *check);
      g_variant_dict_insert (&dict, "leg", "s", "other");
      if (!pingem_dbus_monitor1_call_add_target_sync (monitor, g_variant_dict_end (&dict), NULL,
                                                      &error) &&
          !g_error_matches (error, PINGEM_ERROR, PINGEM_ERROR_EXISTS))
        return pingem_monitor_complain (error);
    }

  puts (_ ("Your monitor, which is running, checks them from now on: see pingemctl status."));

  return PINGEM_EXIT_OK;
}

/* Becomes the monitor. */
static int
become_monitor (const RunOptions *options)
{
  g_autofree char *found = g_find_program_in_path (PROGRAM);
  g_autofree char *installed = g_build_filename (PINGEM_LIBEXEC_DIR, PROGRAM, NULL);
  const char *path = found != NULL ? found : installed;
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) command = NULL;

  g_strv_builder_add (words, path);
  for (char **peer = options->peers; *peer != NULL; peer++)
    g_strv_builder_add_many (words, "--peer", *peer, NULL);
  if (options->metrics != NULL)
    g_strv_builder_add_many (words, "--metrics", options->metrics, NULL);
  command = g_strv_builder_end (words);

  printf (_ ("Measuring until Ctrl+C; metrics for Prometheus at http://%s/metrics\n"),
          options->metrics != NULL ? options->metrics : "127.0.0.1:9862");
  fflush (stdout);
  execv (path, command);
  pingem_complain (_ ("%s cannot be started: %s"), path, g_strerror (errno));

  return PINGEM_EXIT_CANNOT;
}

static int
run_run (char **argv)
{
  g_auto (RunOptions) options = { 0 };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (PingemDbusMonitor1) monitor = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) checks = NULL;
  const GOptionEntry entries[] = {
    { "peer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.peers,
      N_ ("Check the instance on HOST; may be repeated"), N_ ("HOST[:PORT]") },
    { "metrics", 0, 0, G_OPTION_ARG_STRING, &options.metrics,
      N_ ("Serve Prometheus there (127.0.0.1:9862)"), N_ ("[ADDRESS:]PORT") },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) arguments = pingem_arguments_parse (
      argv, entries, NULL, N_ ("Collects at once, without a file: checks peers, serves metrics."),
      &error);

  if (arguments != NULL && pingem_arguments_are_none (arguments, &error) && options.peers == NULL)
    g_set_error_literal (&error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                         _ ("Give at least one --peer HOST"));
  if (error != NULL || !list_checks (options.peers, builder, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  checks = g_strv_builder_end (builder);
  monitor = pingem_monitor_find_own ();

  return monitor != NULL ? join (monitor, checks) : become_monitor (&options);
}

static const PingemCommand commands[] = {
  { "init", "[FILE] [--networks NETWORKS]", N_ ("Write an instance's configuration to begin with"),
    run_init },
  { "run", "--peer HOST...", N_ ("Collect at once, without a file"), run_run },
};

int
pingem_command_instance (char **argv)
{
  return pingem_command_run_sub (commands, G_N_ELEMENTS (commands), argv);
}
