/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <signal.h>

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ctl/host-name.h"
#include "ctl/number.h"
#include "ctl/tracer.h"
#include "ipc/target-spec.h"

typedef struct {
  PingemTraceOptions *options; /* (owned) */
  PingemTracer *tracer;        /* (owned) */
  GCancellable *cancellable;   /* (owned) */
  PingemAddress address;       /* of the host */
} Trace;

static void
trace_clear (Trace *trace)
{
  g_clear_pointer (&trace->tracer, pingem_tracer_free);
  g_clear_pointer (&trace->options, pingem_trace_options_free);
  g_clear_object (&trace->cancellable);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Trace, trace_clear)

static gboolean
on_signal (gpointer user_data)
{
  Trace *trace = user_data;

  g_cancellable_cancel (trace->cancellable);
  pingem_tracer_quit (trace->tracer, PINGEM_EXIT_OK);

  return G_SOURCE_CONTINUE;
}

static void
refuse (Trace *trace, const char *why)
{
  g_autofree char *quoted = pingem_quote (trace->options->host);

  pingem_complain ("%s: %s", quoted, why);
  pingem_tracer_quit (trace->tracer, PINGEM_EXIT_BAD_INPUT);
}

static void
on_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Trace *trace = user_data;
  g_autofree char *why = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PingemSource) source = pingem_source_open_finish (result, &why, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (source == NULL)
    {
      pingem_complain ("%s", error->message);
      pingem_tracer_quit (trace->tracer, PINGEM_EXIT_CANNOT);
      return;
    }

  if (trace->options->is_verbose)
    pingem_complain (_ ("Probes are sent by %s."), why);
  pingem_tracer_start (trace->tracer, source, &trace->address);
}

static void
take_address (Trace *trace, const PingemAddress *address)
{
  const char *refusal = pingem_address_refusal (address);
  char text[PINGEM_ADDRESS_STRLEN];

  if (refusal != NULL)
    {
      g_autofree char *why = g_strdup_printf (_ ("this cannot be probed, as it is %s"), refusal);

      refuse (trace, why);
      return;
    }
  pingem_address_format (address, text);
  if (trace->options->is_verbose && !g_str_equal (text, trace->options->host))
    pingem_complain (_ ("%s is %s"), trace->options->host, text);

  trace->address = *address;
  pingem_source_open_async (trace->options->source_kind,
                            trace->options->spec.size > PINGEM_ORDINARY_SIZE
                                ? PINGEM_SOURCE_INTENSIVE
                                : PINGEM_SOURCE_FLAGS_NONE,
                            trace->cancellable, on_opened, trace);
}

static void
on_looked_up (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Trace *trace = user_data;
  g_autoptr (GError) error = NULL;
  PingemAddress address;

  if (pingem_host_name_look_up_finish (result, &address, &error))
    take_address (trace, &address);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    refuse (trace, error->message);
}

static gboolean
on_start (gpointer user_data)
{
  Trace *trace = user_data;
  const PingemTraceOptions *options = trace->options;
  PingemAddress address;

  if (!pingem_address_parse (options->host, &address))
    pingem_host_name_look_up_async (options->host, options->family, trace->cancellable,
                                    on_looked_up, trace);
  else if (options->family == AF_UNSPEC || options->family == address.family)
    take_address (trace, &address);
  else
    refuse (trace, _ ("this address is of the other family: leave out -4 or -6"));

  return G_SOURCE_REMOVE;
}

int
pingem_command_trace (char **argv)
{
  g_auto (Trace) trace = { 0 };
  g_autoptr (GError) error = NULL;

  trace.options = pingem_trace_options_parse (argv, &error);
  if (trace.options == NULL)
    {
      pingem_complain ("%s", error->message);
      return PINGEM_EXIT_BAD_INPUT;
    }

  trace.tracer = pingem_tracer_new (trace.options);
  trace.cancellable = g_cancellable_new ();
  g_unix_signal_add (SIGINT, on_signal, &trace);
  g_unix_signal_add (SIGTERM, on_signal, &trace);
  g_idle_add (on_start, &trace);

  return pingem_tracer_run (trace.tracer);
}
