/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/iperf.h"

#include <json-glib/json-glib.h>
#include <signal.h>
#include <sys/prctl.h>

#include "ipc/error.h"

static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

GSubprocess *
pingem_iperf_spawn (GSubprocessFlags flags, const char *const *argv, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);

  return g_subprocess_launcher_spawnv (launcher, argv, error);
}

static double
get_number (JsonObject *end, const char *group, const char *key)
{
  JsonObject *object =
      json_object_has_member (end, group) ? json_object_get_object_member (end, group) : NULL;

  return object != NULL ? json_object_get_double_member_with_default (object, key, -1) : -1;
}

gboolean
pingem_iperf_read_result (const char *output, PingemIperfResult *ret_result, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonObject *root = NULL;
  JsonObject *end = NULL;
  double n_sent, n_received;

  if (output != NULL && json_parser_load_from_data (parser, output, -1, NULL) &&
      JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    root = json_node_get_object (json_parser_get_root (parser));
  if (root != NULL && json_object_has_member (root, "error"))
    {
      g_set_error_literal (
          error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
          json_object_get_string_member_with_default (root, "error", "no reason given"));
      return FALSE;
    }
  if (root != NULL && json_object_has_member (root, "end"))
    end = json_object_get_object_member (root, "end");

  /* What was received is what the way has carried. */
  n_sent = end != NULL ? get_number (end, "sum_sent", "bytes") : -1;
  n_received = end != NULL ? get_number (end, "sum_received", "bytes") : -1;
  if (n_received < 0)
    {
      g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_FAILED, "iperf3 gave no result");
      return FALSE;
    }

  ret_result->bps = get_number (end, "sum_received", "bits_per_second");
  ret_result->n_bytes = (guint64) MAX (n_sent, n_received);
  ret_result->n_retransmits = (gint64) get_number (end, "sum_sent", "retransmits");

  return TRUE;
}
