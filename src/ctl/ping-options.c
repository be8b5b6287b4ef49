/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/ping-options.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/number.h"
#include "ctl/ping-plan.h"
#include "ctl/seed-line.h"
#include "ctl/way.h"
#include "ipc/error.h"
#include "ipc/target-spec.h"
#include "source/source.h"

/* What everybody may: the helper's ordinary limits. */
#define ORDINARY_COUNT 10
#define ORDINARY_INTERVAL_MS 100
/* Lines that are under way at once. */
#define SOCKET_LINES 65536
/* Late replies of a flood: a minute of it would be millions of slots. */
#define FLOOD_HOLD_MS 1000

#define MAX_INTERVAL_MS 3600000
#define MAX_TIMEOUT_MS 10000
#define MAX_HOLD_MS 120000

/* As written: NULL or FALSE where not given. */
typedef struct {
  char *count;
  char *interval;
  char *timeout;
  char *hold;
  char *ttl;
  char *size;
  char *dscp;
  char *way;
  char *targets_file;
  char *source_kind;
  gboolean is_whole;
  gboolean only_ipv4;
  gboolean only_ipv6;
  gboolean states;
  gboolean quiet;
  gboolean verbose;
  gboolean json;
} Written;

static void
written_clear (Written *written)
{
  g_free (written->count);
  g_free (written->interval);
  g_free (written->timeout);
  g_free (written->hold);
  g_free (written->ttl);
  g_free (written->size);
  g_free (written->dscp);
  g_free (written->way);
  g_free (written->targets_file);
  g_free (written->source_kind);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Written, written_clear)

static const char summary[] =
    N_ ("Sends ICMP echo requests and tells what becomes of each. Without HOST: reads lines\n"
        "IPv4,COUNT,INTERVAL_MS from standard input, and prints IPv4,SEQ,MICROSECONDS per reply.");

static GStrv
parse_arguments (char **argv, Written *written, GError **error)
{
  const GOptionEntry entries[] = {
    { "count", 'c', 0, G_OPTION_ARG_STRING, &written->count,
      N_ ("Probes per host (without: until Ctrl-C)"), N_ ("N") },
    { "interval", 'i', 0, G_OPTION_ARG_STRING, &written->interval,
      N_ ("Time between two probes (1000); 0: as fast as the limits allow"), N_ ("MS") },
    { "timeout", 'W', 0, G_OPTION_ARG_STRING, &written->timeout,
      N_ ("Wait for a reply (2000; of lines 5000)"), N_ ("MS") },
    { "hold", 0, 0, G_OPTION_ARG_STRING, &written->hold,
      N_ ("Wait so much longer for late replies (0)"), N_ ("MS") },
    { "ipv4", '4', 0, G_OPTION_ARG_NONE, &written->only_ipv4, N_ ("IPv4 addresses alone"), NULL },
    { "ipv6", '6', 0, G_OPTION_ARG_NONE, &written->only_ipv6, N_ ("IPv6 addresses alone"), NULL },
    { "ttl", 0, 0, G_OPTION_ARG_STRING, &written->ttl, N_ ("TTL or hop limit"), N_ ("N") },
    { "size", 0, 0, G_OPTION_ARG_STRING, &written->size, N_ ("Payload in bytes (56)"), N_ ("N") },
    { "dscp", 0, 0, G_OPTION_ARG_STRING, &written->dscp, N_ ("Differentiated services (0)"),
      N_ ("N") },
    { "df", 0, 0, G_OPTION_ARG_NONE, &written->is_whole,
      N_ ("Don't fragment: a probe that is too big for the way is an error"), NULL },
    { "interface", 'I', 0, G_OPTION_ARG_STRING, &written->way,
      N_ ("Leave by this interface, or from this own address"), N_ ("NAME|ADDRESS") },
    { "targets", 0, 0, G_OPTION_ARG_FILENAME, &written->targets_file,
      N_ ("Hosts from a file, one per line; -: from standard input"), N_ ("FILE") },
    { "source", 0, 0, G_OPTION_ARG_STRING, &written->source_kind,
      N_ ("auto, helper, raw or datagram"), N_ ("KIND") },
    { "states", 0, 0, G_OPTION_ARG_NONE, &written->states,
      N_ ("With lines: every probe, with state, errno and send time"), NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &written->quiet, N_ ("Only the summary"), NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &written->verbose,
      N_ ("Say how the probes are sent, and to which addresses"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &written->json, N_ ("JSON, one object per line"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  return pingem_arguments_parse (argv, entries, N_ ("HOST... | 'IPv4,COUNT,INTERVAL_MS'..."),
                                 summary, error);
}

static gboolean
refuse (GError **error, const char *format, const char *what)
{
  g_autofree char *quoted = pingem_quote (what);
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);
  g_autofree char *message = g_strjoinv (quoted, parts);

  g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE, message);

  return FALSE;
}

/* Options that belong to the other form. */
static gboolean
check_form (const Written *written, gboolean takes_lines, GError **error)
{
  const struct {
    const char *option;
    gboolean is_given;
    gboolean is_for_lines;
  } rows[] = {
    { "-c", written->count != NULL, FALSE }, { "-i", written->interval != NULL, FALSE },
    { "-4", written->only_ipv4, FALSE },     { "-6", written->only_ipv6, FALSE },
    { "-q", written->quiet, FALSE },         { "--json", written->json, FALSE },
    { "--states", written->states, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].is_given && rows[i].is_for_lines != takes_lines)
      return refuse (error,
                     takes_lines ? _ ("%s needs a host: it does not go with lines "
                                      "IPv4,COUNT,INTERVAL_MS")
                                 : _ ("%s goes only with lines IPv4,COUNT,INTERVAL_MS"),
                     rows[i].option);
  if (written->only_ipv4 && written->only_ipv6)
    return refuse (error, _ ("-4 and %s exclude each other: give one of them"), "-6");

  return TRUE;
}

static gboolean
parse_numbers (const Written *written, PingemPingOptions *options, GError **error)
{
  PingemTargetSpec *spec = &options->spec;
  const PingemNumber numbers[] = {
    { "-c", written->count, 1, G_MAXUINT32, "", &spec->count },
    { "-i", written->interval, 0, MAX_INTERVAL_MS, " ms", &spec->interval_ms },
    { "-W", written->timeout, 1, MAX_TIMEOUT_MS, " ms", &spec->timeout_ms },
    { "--hold", written->hold, 0, MAX_HOLD_MS, " ms", &spec->hold_ms },
    { "--ttl", written->ttl, 1, 255, "", &spec->ttl },
    { "--size", written->size, PINGEM_MIN_SIZE, PINGEM_MAX_SIZE, "", &spec->size },
    { "--dscp", written->dscp, 0, 63, "", &spec->dscp },
  };

  *spec = (PingemTargetSpec){
    .interval_ms = PINGEM_DEFAULT_INTERVAL_MS,
    .timeout_ms = options->takes_lines ? PINGEM_LINE_TIMEOUT_MS : PINGEM_DEFAULT_TIMEOUT_MS,
    .hold_ms = options->takes_lines ? 0 : PINGEM_DEFAULT_HOLD_MS,
    .size = PINGEM_DEFAULT_SIZE,
  };
  options->has_hold = written->hold != NULL;
  if (written->is_whole)
    spec->flags |= PINGEM_TARGET_WHOLE;

  return pingem_numbers_parse (numbers, G_N_ELEMENTS (numbers), error);
}

/* The source address tells which addresses a host may have. */
static gboolean
parse_way (const Written *written, PingemPingOptions *options, GError **error)
{
  PingemTargetSpec *spec = &options->spec;

  if (written->way == NULL)
    return TRUE;
  if (!pingem_way_parse (written->way, spec, error))
    return FALSE;
  if (spec->source.family == 0)
    return TRUE;
  if (options->takes_lines && spec->source.family != AF_INET)
    return refuse (error, _ ("lines are IPv4, and %s is not: give -I another address"),
                   written->way);
  if (options->family != AF_UNSPEC && options->family != spec->source.family)
    return refuse (error, _ ("-4 or -6 and the address %s exclude each other: leave one out"),
                   written->way);

  options->family = spec->source.family;

  return TRUE;
}

static gboolean
parse_source (Written *written, PingemPingOptions *options, GError **error)
{
  if (written->source_kind == NULL)
    written->source_kind = g_strdup ("auto");
  if (!pingem_source_kind_is_valid (written->source_kind))
    return refuse (error, _ ("--source must be auto, helper, raw or datagram, not %s"),
                   written->source_kind);

  options->source_kind = g_steal_pointer (&written->source_kind);

  return TRUE;
}

static gboolean
open_targets_file (Written *written, PingemPingOptions *options, GError **error)
{
  const char *name = written->targets_file;
  gboolean is_input = g_strcmp0 (name, "-") == 0;
  int error_number;

  if (name == NULL)
    return TRUE;

  options->targets_fd =
      is_input ? fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open (name, O_RDONLY | O_CLOEXEC);
  error_number = errno;
  options->targets_file =
      is_input ? g_strdup (_ ("standard input")) : g_filename_display_name (name);
  if (options->targets_fd >= 0)
    return TRUE;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (error_number),
               _ ("%s cannot be opened: %s"), options->targets_file, g_strerror (error_number));

  return FALSE;
}

static gboolean
has_comma (GStrv arguments)
{
  for (char **argument = arguments; *argument != NULL; argument++)
    if (strchr (*argument, ',') != NULL)
      return TRUE;

  return FALSE;
}

static PingemFormat
choose_format (const Written *written, gboolean takes_lines)
{
  if (takes_lines)
    return written->states ? PINGEM_FORMAT_STATES : PINGEM_FORMAT_LINES;

  return written->json ? PINGEM_FORMAT_JSON : PINGEM_FORMAT_TEXT;
}

/* Of all hosts together; those of a file are probed as there is room. */
static gboolean
is_too_fast (const PingemTargetSpec *spec, guint n_hosts)
{
  gboolean is_burst = spec->count > 0 && (guint64) n_hosts * spec->count <= PINGEM_ORDINARY_BURST;

  return !is_burst && (guint64) n_hosts * 1000 > (guint64) spec->interval_ms * PINGEM_ORDINARY_RATE;
}

static void
choose_limits (PingemPingOptions *options)
{
  PingemTargetSpec *spec = &options->spec;
  guint n = g_strv_length (options->arguments);
  gboolean is_short = spec->count > 0 && spec->count <= ORDINARY_COUNT;

  options->is_intensive =
      !options->takes_lines &&
      (spec->interval_ms == 0 || (spec->count == 0 && n > PINGEM_ORDINARY_TARGETS) ||
       (spec->interval_ms < ORDINARY_INTERVAL_MS && !is_short) || is_too_fast (spec, n) ||
       spec->size > PINGEM_ORDINARY_SIZE);
  if (spec->interval_ms == 0 && !options->has_hold)
    spec->hold_ms = FLOOD_HOLD_MS;
}

static gboolean
fill (PingemPingOptions *options, Written *written, GError **error)
{
  gboolean has_file = written->targets_file != NULL;

  options->takes_lines =
      !has_file && (options->arguments[0] == NULL || has_comma (options->arguments));
  options->family = written->only_ipv4 ? AF_INET : written->only_ipv6 ? AF_INET6 : AF_UNSPEC;
  options->format = choose_format (written, options->takes_lines);
  options->is_quiet = written->quiet;
  options->is_verbose = written->verbose;

  if (!check_form (written, options->takes_lines, error) ||
      !parse_numbers (written, options, error) || !parse_way (written, options, error) ||
      !parse_source (written, options, error) || !open_targets_file (written, options, error))
    return FALSE;

  choose_limits (options);

  return TRUE;
}

PingemPingOptions *
pingem_ping_options_parse (char **argv, GError **error)
{
  g_autoptr (PingemPingOptions) options = g_new0 (PingemPingOptions, 1);
  g_auto (Written) written = { 0 };

  options->targets_fd = -1;
  options->arguments = parse_arguments (argv, &written, error);
  if (options->arguments == NULL || !fill (options, &written, error))
    return NULL;

  return g_steal_pointer (&options);
}

static guint
get_rate (const PingemPingOptions *options)
{
  return options->is_intensive ? PINGEM_INTENSIVE_RATE : PINGEM_ORDINARY_RATE;
}

guint
pingem_ping_options_max_targets (const PingemPingOptions *options, const char *source_kind)
{
  guint max = options->is_intensive ? PINGEM_INTENSIVE_TARGETS : PINGEM_ORDINARY_TARGETS;

  if (!g_str_equal (source_kind, "helper"))
    return options->takes_lines ? SOCKET_LINES : G_MAXUINT;
  if (options->targets_file == NULL || options->spec.interval_ms == 0)
    return max;

  return CLAMP (get_rate (options) / pingem_ping_plan_rate (&options->spec), 1, max);
}

guint
pingem_ping_options_max_rate (const PingemPingOptions *options, const char *source_kind)
{
  gboolean is_fed = options->takes_lines || options->targets_file != NULL;

  return is_fed && g_str_equal (source_kind, "helper") ? get_rate (options) * 9 / 10 : 0;
}

void
pingem_ping_options_free (PingemPingOptions *options)
{
  g_strfreev (options->arguments);
  if (options->targets_fd >= 0)
    close (options->targets_fd);
  g_free (options->targets_file);
  g_free (options->source_kind);
  g_free (options);
}
