/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ctl/json.h"
#include "ctl/monitor-link.h"
#include "ipc/error.h"

#define BITS_PER_MBIT 1e6
#define BYTES_PER_MBYTE 1e6

typedef struct {
  char *peer; /* (owned) */
  gboolean json;
  gboolean only_system;
} Invocation;

static void
invocation_clear (Invocation *invocation)
{
  g_free (invocation->peer);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Invocation, invocation_clear)

static gboolean
parse_invocation (char **argv, Invocation *ret_invocation, GError **error)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &ret_invocation->json, N_ ("JSON: an object"), NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &ret_invocation->only_system,
      N_ ("The instance on the system bus"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) arguments = pingem_arguments_parse (
      argv, entries, "PEER",
      N_ ("Measures TCP throughput, there and back, with an instance or any “iperf3 -s”."), error);

  if (arguments == NULL)
    return FALSE;
  if (g_strv_length (arguments) == 1)
    return pingem_argument_take (arguments[0], &ret_invocation->peer, error);

  g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                       _ ("Give one PEER: HOST or HOST:PORT"));

  return FALSE;
}

static void
print_json (const char *peer, GVariant *result)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autofree char *text = NULL;
  double up_bps = -1, down_bps = -1;
  guint64 n_bytes = 0;
  guint n_retransmits;

  g_variant_lookup (result, "up-bps", "d", &up_bps);
  g_variant_lookup (result, "down-bps", "d", &down_bps);
  g_variant_lookup (result, "bytes", "t", &n_bytes);

  json_builder_begin_object (builder);
  pingem_json_add_string (builder, "peer", peer);
  pingem_json_add_number (builder, "up_bps", (gint64) up_bps);
  pingem_json_add_number (builder, "down_bps", (gint64) down_bps);
  if (g_variant_lookup (result, "retransmits", "u", &n_retransmits))
    pingem_json_add_number (builder, "retransmits", n_retransmits);
  else
    pingem_json_add_null (builder, "retransmits");
  pingem_json_add_number (builder, "bytes", (gint64) n_bytes);
  json_builder_end_object (builder);

  text = pingem_json_print (builder);
  puts (text);
}

static void
print_text (const char *peer, GVariant *result)
{
  double up_bps = 0, down_bps = 0;
  guint64 n_bytes = 0;
  guint n_retransmits = 0;

  g_variant_lookup (result, "up-bps", "d", &up_bps);
  g_variant_lookup (result, "down-bps", "d", &down_bps);
  g_variant_lookup (result, "bytes", "t", &n_bytes);
  g_variant_lookup (result, "retransmits", "u", &n_retransmits);

  /* Translators: throughput to %s (a host), and from there */
  printf (_ ("%s: %.1f Mbit/s up, %.1f Mbit/s down, %u retransmits; %.0f MB were sent for it\n"),
          peer, up_bps / BITS_PER_MBIT, down_bps / BITS_PER_MBIT, n_retransmits,
          (double) n_bytes / BYTES_PER_MBYTE);
}

int
pingem_command_throughput (char **argv)
{
  g_auto (Invocation) invocation = { 0 };
  g_autoptr (PingemDbusMonitor1) monitor = NULL;
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_invocation (argv, &invocation, &error))
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  monitor = pingem_monitor_connect (invocation.only_system, &error);
  if (monitor == NULL)
    return pingem_monitor_complain (error);

  /* The monitor ends a test that takes too long. */
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (monitor), G_MAXINT);
  if (!pingem_dbus_monitor1_call_measure_throughput_sync (monitor, invocation.peer, &result, NULL,
                                                          &error))
    return pingem_monitor_complain (error);

  (invocation.json ? print_json : print_text) (invocation.peer, result);

  return PINGEM_EXIT_OK;
}
