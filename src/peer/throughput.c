/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/throughput.h"

#include <string.h>
#include <unistd.h>

#include "ipc/error.h"
#include "peer/budget.h"
#include "peer/iperf.h"
#include "peer/lease.h"
#include "peer/throughput-server.h"

#define BYTES_PER_MBIT 125000
#define BYTES_PER_MBYTE 1000000
/* To connect, and to say goodbye. */
#define GRACE_S 15
#define CONNECT_MS "3000"

/* One test, of both ways. Only one runs at a time. */
typedef struct {
  PingemThroughput *self;
  char *peer;
  PingemProbeAddress address;
  int lease;            /* -1: not taken, or given back */
  gboolean is_down;     /* the second way */
  GSubprocess *program; /* (owned) (nullable) */
  guint timeout_id;
  double bps[2];
  guint64 n_bytes;
  gint64 n_retransmits;
} Test;

struct PingemThroughput {
  PingemThroughputConfig config;  /* (owned) */
  PingemBudget *budget;           /* (owned) */
  PingemThroughputServer *server; /* (owned) (nullable) */
  GPtrArray *results;             /* (owned): of PingemThroughputResult */
  GCancellable *cancellable;      /* (owned) */
  PingemLoadFunc func;
  gpointer user_data;
  Test *test; /* (nullable): the one that runs */
  guint next_peer;
  guint schedule_id;
};

static void
result_free (gpointer data)
{
  PingemThroughputResult *result = data;

  g_free (result->peer);
  g_free (result);
}

/* (transfer none) */
static PingemThroughputResult *
get_result (PingemThroughput *self, const char *peer)
{
  PingemThroughputResult *result;

  for (guint i = 0; i < self->results->len; i++)
    if (g_str_equal (((PingemThroughputResult *) self->results->pdata[i])->peer, peer))
      return self->results->pdata[i];

  result = g_new0 (PingemThroughputResult, 1);
  *result = (PingemThroughputResult){
    .peer = g_strdup (peer), .up_bps = -1, .down_bps = -1, .n_retransmits = -1
  };
  g_ptr_array_add (self->results, result);

  return result;
}

/* Afterwards it has no owner any more. */
static void
give_lease (Test *test)
{
  if (test->lease < 0)
    return;

  close (test->lease);
  test->lease = -1;
  test->self->test = NULL;
  test->self->func (FALSE, test->self->user_data);
}

static void
test_free (gpointer data)
{
  Test *test = data;

  g_clear_handle_id (&test->timeout_id, g_source_remove);
  if (test->program != NULL)
    g_subprocess_force_exit (test->program);
  g_clear_object (&test->program);
  give_lease (test);
  pingem_probe_address_clear (&test->address);
  g_free (test->peer);
  g_free (test);
}

gboolean
pingem_throughput_parse_peer (const char *text, PingemProbeAddress *ret_address, GError **error)
{
  g_autofree char *url = pingem_probe_address_compose ("tcp", text);
  g_autofree char *with_port = g_strdup_printf ("%s:%d", url, PINGEM_THROUGHPUT_PORT);

  if (strstr (text, "://") == NULL && (pingem_probe_address_parse (with_port, ret_address, NULL) ||
                                       pingem_probe_address_parse (url, ret_address, NULL)))
    return TRUE;

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS,
               "“%s” is no peer: write HOST or HOST:PORT", text);

  return FALSE;
}

static gboolean
take_output (Test *test, const char *output, GError **error)
{
  PingemIperfResult result;

  if (!pingem_iperf_read_result (output, &result, error))
    {
      g_prefix_error (error, "The test with %s failed: ", test->peer);
      return FALSE;
    }

  test->bps[test->is_down] = result.bps;
  test->n_bytes += result.n_bytes;
  if (!test->is_down)
    test->n_retransmits = result.n_retransmits;

  return TRUE;
}

static GVariant *
finish_test (Test *test)
{
  PingemThroughputResult *result = get_result (test->self, test->peer);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  result->up_bps = test->bps[FALSE];
  result->down_bps = test->bps[TRUE];
  result->n_retransmits = test->n_retransmits;
  result->at_s = g_get_real_time () / G_USEC_PER_SEC;

  g_variant_dict_insert (&dict, "up-bps", "d", result->up_bps);
  g_variant_dict_insert (&dict, "down-bps", "d", result->down_bps);
  g_variant_dict_insert (&dict, "bytes", "t", test->n_bytes);
  if (test->n_retransmits >= 0)
    g_variant_dict_insert (&dict, "retransmits", "u", (guint) test->n_retransmits);

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static gboolean start_way (GTask *task, GError **error);

static void
on_output (GObject *program, GAsyncResult *finished, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_read = g_subprocess_communicate_utf8_finish (G_SUBPROCESS (program), finished,
                                                           &output, NULL, &error);
  Test *test = g_task_get_task_data (task);
  guint64 n_before = test->n_bytes;

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      g_task_return_error_if_cancelled (task);
      return;
    }

  g_clear_handle_id (&test->timeout_id, g_source_remove);
  if (!is_read || !take_output (test, output, &error))
    {
      get_result (test->self, test->peer)->n_failures++;
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  pingem_budget_spend (test->self->budget, test->n_bytes - n_before,
                       g_get_real_time () / G_USEC_PER_SEC);
  if (test->is_down)
    g_task_return_pointer (task, finish_test (test), (GDestroyNotify) g_variant_unref);
  else
    {
      test->is_down = TRUE;
      if (!start_way (task, &error))
        g_task_return_error (task, g_steal_pointer (&error));
    }
}

static gboolean
on_timeout (gpointer user_data)
{
  Test *test = user_data;

  test->timeout_id = 0;
  g_subprocess_force_exit (test->program);

  return G_SOURCE_REMOVE;
}

static gboolean
start_way (GTask *task, GError **error)
{
  Test *test = g_task_get_task_data (task);
  const PingemThroughputConfig *config = &test->self->config;
  g_autofree char *port = g_strdup_printf ("%u", test->address.port);
  g_autofree char *seconds = g_strdup_printf ("%u", config->seconds);
  g_autofree char *bitrate = g_strdup_printf ("%uM", config->max_mbits);
  const char *const argv[] = { "iperf3",
                               "--client",
                               test->address.host,
                               "--port",
                               port,
                               "--json",
                               "--time",
                               seconds,
                               "--bitrate",
                               bitrate,
                               "--connect-timeout",
                               CONNECT_MS,
                               test->is_down ? "--reverse" : NULL,
                               NULL };

  g_clear_object (&test->program);
  test->program = pingem_iperf_spawn (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, argv, error);
  if (test->program == NULL)
    {
      g_prefix_error (error, "iperf3 cannot be started; is it installed? ");
      return FALSE;
    }

  test->timeout_id = g_timeout_add_seconds (config->seconds + GRACE_S, on_timeout, test);
  g_subprocess_communicate_utf8_async (test->program, NULL, g_task_get_cancellable (task),
                                       on_output, g_object_ref (task));

  return TRUE;
}

/* Whether both ways, at full speed, are within what is left of the day. */
static gboolean
check_budget (PingemThroughput *self, GError **error)
{
  guint64 most = (guint64) self->config.seconds * self->config.max_mbits * BYTES_PER_MBIT * 2;

  if (pingem_budget_has (self->budget, most, g_get_real_time () / G_USEC_PER_SEC))
    return TRUE;

  g_set_error (
      error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY,
      "A test may take %" G_GUINT64_FORMAT
      " MB, and so much is not left of today's %u MB: raise daily-mbytes, or lower seconds "
      "or max-mbits",
      most / BYTES_PER_MBYTE, self->config.daily_mbytes);

  return FALSE;
}

static gboolean
take_lease (PingemThroughput *self, Test *test, GError **error)
{
  test->lease = pingem_lease_take ();
  if (test->lease >= 0)
    {
      self->test = test;
      self->func (TRUE, self->user_data);
      return TRUE;
    }

  g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY,
                       "Another test of throughput runs on this machine: try again later");

  return FALSE;
}

void
pingem_throughput_measure_async (PingemThroughput *self,
                                 const char *peer,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, callback, user_data);
  Test *test = g_new0 (Test, 1);
  g_autoptr (GError) error = NULL;

  *test = (Test){ .self = self, .peer = g_strdup (peer), .lease = -1, .n_retransmits = -1 };
  g_task_set_task_data (task, test, test_free);

  if (!pingem_throughput_parse_peer (peer, &test->address, &error) ||
      !check_budget (self, &error) || !take_lease (self, test, &error) || !start_way (task, &error))
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_scheduled_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) measured = g_task_propagate_pointer (G_TASK (result), &error);

  if (measured == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_printerr ("pingem-monitor: %s\n", error->message);
}

static gboolean
on_scheduled (gpointer user_data)
{
  PingemThroughput *self = user_data;
  char **peers = self->config.peers;

  pingem_throughput_measure_async (self, peers[self->next_peer++ % g_strv_length (peers)],
                                   on_scheduled_done, NULL);

  return G_SOURCE_CONTINUE;
}

PingemThroughput *
pingem_throughput_new (const PingemThroughputConfig *config,
                       const char *state_path,
                       PingemLoadFunc func,
                       gpointer user_data)
{
  PingemThroughput *self = g_new0 (PingemThroughput, 1);

  self->config = *config;
  self->config.peers = g_strdupv (config->peers);
  self->config.listen = NULL;
  self->budget = pingem_budget_new (state_path, (guint64) config->daily_mbytes * BYTES_PER_MBYTE);
  self->results = g_ptr_array_new_with_free_func (result_free);
  self->cancellable = g_cancellable_new ();
  self->func = func;
  self->user_data = user_data;

  if (config->listen != NULL)
    self->server = pingem_throughput_server_new (config->listen, func, user_data);
  if (*config->peers != NULL)
    self->schedule_id = g_timeout_add_seconds (config->every_s, on_scheduled, self);

  return self;
}

void
pingem_throughput_free (PingemThroughput *self)
{
  if (self == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  if (self->test != NULL)
    give_lease (self->test);
  g_clear_handle_id (&self->schedule_id, g_source_remove);
  g_clear_pointer (&self->server, pingem_throughput_server_free);
  g_ptr_array_unref (self->results);
  pingem_budget_free (self->budget);
  g_strfreev (self->config.peers);
  g_object_unref (self->cancellable);
  g_free (self);
}

GPtrArray *
pingem_throughput_get_results (PingemThroughput *self)
{
  return self->results;
}

guint64
pingem_throughput_get_bytes_today (PingemThroughput *self)
{
  return pingem_budget_get_spent (self->budget, g_get_real_time () / G_USEC_PER_SEC);
}
