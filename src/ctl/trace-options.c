/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/trace-options.h"

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/number.h"
#include "ipc/error.h"
#include "source/source.h"

#define DEFAULT_COUNT 10
#define MAX_COUNT 100000
#define DEFAULT_MAX_HOPS 30
/* Routers limit how often they answer. */
#define MIN_INTERVAL_MS 1000
#define MAX_INTERVAL_MS 3600000
#define MAX_TIMEOUT_MS 10000

/* As written: NULL or FALSE where not given. */
typedef struct {
  char *count;
  char *interval;
  char *timeout;
  char *max_hops;
  char *size;
  char *source_kind;
  gboolean only_ipv4;
  gboolean only_ipv6;
  gboolean numeric;
  gboolean verbose;
  gboolean json;
} Written;

static void
written_clear (Written *written)
{
  g_free (written->count);
  g_free (written->interval);
  g_free (written->timeout);
  g_free (written->max_hops);
  g_free (written->size);
  g_free (written->source_kind);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Written, written_clear)

static const char summary[] =
    N_ ("Shows the hops on the way to a host, with loss and RTT of each. A hop is blamed only\n"
        "where the loss goes on behind it.");

static GStrv
parse_arguments (char **argv, Written *written, GError **error)
{
  const GOptionEntry entries[] = {
    { "count", 'c', 0, G_OPTION_ARG_STRING, &written->count, N_ ("Probes per hop (10)"), N_ ("N") },
    { "interval", 'i', 0, G_OPTION_ARG_STRING, &written->interval,
      N_ ("Time between two probes of a hop (1000, which is the least)"), N_ ("MS") },
    { "timeout", 'W', 0, G_OPTION_ARG_STRING, &written->timeout, N_ ("Wait for an answer (2000)"),
      N_ ("MS") },
    { "ipv4", '4', 0, G_OPTION_ARG_NONE, &written->only_ipv4, N_ ("IPv4 addresses alone"), NULL },
    { "ipv6", '6', 0, G_OPTION_ARG_NONE, &written->only_ipv6, N_ ("IPv6 addresses alone"), NULL },
    { "max-hops", 0, 0, G_OPTION_ARG_STRING, &written->max_hops, N_ ("Hops at most (30)"),
      N_ ("N") },
    { "size", 0, 0, G_OPTION_ARG_STRING, &written->size, N_ ("Payload in bytes (56)"), N_ ("N") },
    { "source", 0, 0, G_OPTION_ARG_STRING, &written->source_kind,
      N_ ("auto, helper, raw or datagram"), N_ ("KIND") },
    { "numeric", 'n', 0, G_OPTION_ARG_NONE, &written->numeric,
      N_ ("Addresses alone, no names of hops"), NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &written->verbose,
      N_ ("Say how the probes are sent, and to which address"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &written->json, N_ ("JSON: an object at the end"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  return pingem_arguments_parse (argv, entries, N_ ("HOST"), summary, error);
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE, message);

  return FALSE;
}

static gboolean
take_host (GStrv arguments, PingemTraceOptions *options, GError **error)
{
  if (g_strv_length (arguments) != 1 || *arguments[0] == '\0')
    return refuse (error, _ ("One host is traced at a time: give its name or its address"));

  return pingem_argument_take (arguments[0], &options->host, error);
}

static gboolean
take_numbers (const Written *written, PingemTraceOptions *options, GError **error)
{
  PingemTargetSpec *spec = &options->spec;
  const PingemNumber numbers[] = {
    { "-c", written->count, 1, MAX_COUNT, "", &spec->count },
    { "-i", written->interval, MIN_INTERVAL_MS, MAX_INTERVAL_MS, " ms", &spec->interval_ms },
    { "-W", written->timeout, 1, MAX_TIMEOUT_MS, " ms", &spec->timeout_ms },
    { "--max-hops", written->max_hops, 1, 255, "", &options->max_hops },
    { "--size", written->size, PINGEM_MIN_SIZE, PINGEM_MAX_SIZE, "", &spec->size },
  };

  options->max_hops = DEFAULT_MAX_HOPS;
  *spec = (PingemTargetSpec){
    .count = DEFAULT_COUNT,
    .interval_ms = PINGEM_DEFAULT_INTERVAL_MS,
    .timeout_ms = PINGEM_DEFAULT_TIMEOUT_MS,
    .hold_ms = PINGEM_DEFAULT_HOLD_MS,
    .size = PINGEM_DEFAULT_SIZE,
  };

  return pingem_numbers_parse (numbers, G_N_ELEMENTS (numbers), error);
}

static gboolean
take_words (Written *written, PingemTraceOptions *options, GError **error)
{
  g_autofree char *quoted = NULL;

  if (written->only_ipv4 && written->only_ipv6)
    return refuse (error, _ ("-4 and -6 exclude each other: give one of them"));

  options->family = written->only_ipv4 ? AF_INET : written->only_ipv6 ? AF_INET6 : AF_UNSPEC;
  options->is_numeric = written->numeric;
  options->is_verbose = written->verbose;
  options->is_json = written->json;
  options->source_kind = g_strdup (written->source_kind != NULL ? written->source_kind : "auto");
  if (pingem_source_kind_is_valid (options->source_kind))
    return TRUE;

  quoted = pingem_quote (options->source_kind);
  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
               _ ("--source must be auto, helper, raw or datagram, not %s"), quoted);

  return FALSE;
}

PingemTraceOptions *
pingem_trace_options_parse (char **argv, GError **error)
{
  g_autoptr (PingemTraceOptions) options = g_new0 (PingemTraceOptions, 1);
  g_auto (Written) written = { 0 };
  g_auto (GStrv) arguments = parse_arguments (argv, &written, error);

  if (arguments == NULL || !take_numbers (&written, options, error) ||
      !take_words (&written, options, error) || !take_host (arguments, options, error))
    return NULL;

  return g_steal_pointer (&options);
}

void
pingem_trace_options_free (PingemTraceOptions *options)
{
  g_free (options->host);
  g_free (options->source_kind);
  g_free (options);
}
