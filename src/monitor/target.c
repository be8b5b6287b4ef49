/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/target.h"

#include <errno.h>

#include "monitor/witness.h"

#define FIRST_RETRY_S 2
#define LAST_RETRY_S 300
#define REFRESH_S 3600
#define FAST_MS 200
#define NS_PER_S G_GINT64_CONSTANT (1000000000)
#define LIMITING_NS (600 * NS_PER_S)
#define WITNESS_AGAIN_NS (30 * NS_PER_S)
/* Silent for so much longer, the way did not just come back. */
#define WITNESS_SURE_NS (5 * NS_PER_S)
/* What was lost has left the window, its timeouts included. */
#define WITNESS_VALID_NS (35 * NS_PER_S)

/**
 * PingemTarget:
 *
 * One address that is watched: what the user chose, where it is now, and its
 * recent slots. What was measured before lives in PingemHistory.
 */
struct _PingemTarget {
  GObject parent_instance;

  PingemTargetConfig *config; /* (owned) */
  PingemRecent *recent;       /* (owned) */
  GCancellable *cancellable;  /* (owned) */
  char *problem;              /* (owned) (nullable) */
  PingemAddress address;
  PingemAddress hop_host; /* of a hop: on the way there */
  guint hop_ttl;          /* 0: it is none */
  guint32 hop_ifindex;
  guint32 source_id;
  guint lookup_id; /* of the timeout until the next lookup */
  guint retry_s;
  gint64 limiting_until_ns; /* CLOCK_BOOTTIME */
  gint64 witness_asked_ns;  /* CLOCK_BOOTTIME; 0: never */
  gint64 alive_until_ns;    /* CLOCK_BOOTTIME */
  gboolean has_witness;     /* of the silence that lasts */
  gboolean is_fast;
  gboolean is_looking_up;
  gboolean is_stale; /* the lookup that goes on began before the network changed */
};

enum {
  ADDRESS_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemTarget, pingem_target, G_TYPE_OBJECT)

static gboolean
on_lookup_due (gpointer user_data)
{
  PingemTarget *self = user_data;

  self->lookup_id = 0;
  pingem_target_start_lookup (self);

  return G_SOURCE_REMOVE;
}

static void
schedule_lookup (PingemTarget *self, guint seconds)
{
  g_clear_handle_id (&self->lookup_id, g_source_remove);
  self->lookup_id = g_timeout_add_seconds (seconds, on_lookup_due, self);
}

static void
fail_lookup (PingemTarget *self, const char *message)
{
  g_autofree char *problem = g_strdup_printf ("The name %s is not found (%s); trying again",
                                              self->config->where.host, message);

  pingem_target_set_problem (self, self->address.family == 0 ? problem : NULL);
  schedule_lookup (self, self->retry_s);
  self->retry_s = MIN (2 * self->retry_s, LAST_RETRY_S);
}

static gboolean
read_address (GInetAddress *inet, PingemAddress *ret_address)
{
  return pingem_address_from_bytes (g_inet_address_to_bytes (inet),
                                    g_inet_address_get_native_size (inet), 0, ret_address) &&
         pingem_address_refusal (ret_address) == NULL;
}

/* The present address where the name still has it, else the resolver's first choice (RFC 6724). */
static gboolean
choose_address (PingemTarget *self, GList *addresses, PingemAddress *ret_address)
{
  PingemAddress address;
  gboolean found = FALSE;

  for (GList *l = addresses; l != NULL; l = l->next)
    if (read_address (l->data, &address))
      {
        if (!found || pingem_address_equal (&address, &self->address))
          *ret_address = address;
        found = TRUE;
      }

  return found;
}

static void
on_looked_up (GObject *resolver, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemTarget) self = user_data;
  g_autoptr (GError) error = NULL;
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (resolver), result, &error);
  PingemAddress address;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->is_looking_up = FALSE;

  if (error != NULL)
    fail_lookup (self, error->message);
  else if (!choose_address (self, addresses, &address))
    fail_lookup (self, "it has no address that may be probed");
  else
    {
      self->retry_s = FIRST_RETRY_S;
      pingem_target_set_problem (self, NULL);
      schedule_lookup (self, REFRESH_S);
      pingem_target_set_address (self, &address);
    }

  g_resolver_free_addresses (addresses);

  if (self->is_stale)
    pingem_target_start_lookup (self);
}

static void
pingem_target_dispose (GObject *object)
{
  PingemTarget *self = PINGEM_TARGET (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->lookup_id, g_source_remove);

  G_OBJECT_CLASS (pingem_target_parent_class)->dispose (object);
}

static void
pingem_target_finalize (GObject *object)
{
  PingemTarget *self = PINGEM_TARGET (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->config, pingem_target_config_free);
  g_clear_pointer (&self->recent, pingem_recent_free);
  g_free (self->problem);

  G_OBJECT_CLASS (pingem_target_parent_class)->finalize (object);
}

static void
pingem_target_class_init (PingemTargetClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = pingem_target_dispose;
  object_class->finalize = pingem_target_finalize;

  signals[ADDRESS_CHANGED] = g_signal_new ("address-changed", G_TYPE_FROM_CLASS (klass),
                                           G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pingem_target_init (PingemTarget *self)
{
  self->cancellable = g_cancellable_new ();
  self->retry_s = FIRST_RETRY_S;
}

PingemTarget *
pingem_target_new (const PingemTargetConfig *config, gint64 window_ns)
{
  PingemTarget *self = g_object_new (PINGEM_TYPE_TARGET, NULL);

  self->config = pingem_target_config_copy (config);
  self->recent = pingem_recent_new (window_ns);

  return self;
}

const PingemTargetConfig *
pingem_target_get_config (PingemTarget *self)
{
  return self->config;
}

void
pingem_target_set_config (PingemTarget *self, const PingemTargetConfig *config)
{
  PingemTargetConfig *copy = pingem_target_config_copy (config);

  pingem_target_config_free (self->config);
  self->config = copy;
}

const char *
pingem_target_get_label (PingemTarget *self)
{
  return self->config->name != NULL ? self->config->name
                                    : pingem_target_config_get_label (self->config);
}

PingemRecent *
pingem_target_get_recent (PingemTarget *self)
{
  return self->recent;
}

const PingemAddress *
pingem_target_get_address (PingemTarget *self)
{
  return &self->address;
}

void
pingem_target_set_address (PingemTarget *self, const PingemAddress *address)
{
  if (pingem_address_equal (&self->address, address))
    return;

  self->address = *address;
  self->limiting_until_ns = 0;
  self->witness_asked_ns = 0;
  self->alive_until_ns = 0;
  self->has_witness = FALSE;
  pingem_recent_clear (self->recent);
  g_signal_emit (self, signals[ADDRESS_CHANGED], 0);
}

void
pingem_target_set_hop (PingemTarget *self, const PingemAddress *host, guint ttl, guint32 ifindex)
{
  self->hop_host = *host;
  self->hop_ttl = ttl;
  self->hop_ifindex = ifindex;
  self->address = (PingemAddress){ 0 };
  self->limiting_until_ns = 0;
  pingem_recent_clear (self->recent);
  g_signal_emit (self, signals[ADDRESS_CHANGED], 0);
}

void
pingem_target_set_answerer (PingemTarget *self, const PingemAddress *address)
{
  self->address = *address;
}

void
pingem_target_start_lookup (PingemTarget *self)
{
  g_autoptr (GResolver) resolver = NULL;
  PingemAddress address;

  if (pingem_address_parse (self->config->where.host, &address))
    {
      pingem_target_set_address (self, &address);
      return;
    }

  self->is_looking_up = TRUE;
  self->is_stale = FALSE;
  resolver = g_resolver_get_default ();
  g_resolver_lookup_by_name_async (resolver, self->config->where.host, self->cancellable,
                                   on_looked_up, g_object_ref (self));
}

void
pingem_target_refresh_lookup (PingemTarget *self)
{
  if (self->is_looking_up)
    self->is_stale = TRUE;
  else if (self->lookup_id != 0)
    pingem_target_start_lookup (self);
}

void
pingem_target_set_problem (PingemTarget *self, const char *problem)
{
  char *copy = g_strdup (problem);

  g_free (self->problem);
  self->problem = copy;
}

guint32
pingem_target_get_source_id (PingemTarget *self)
{
  return self->source_id;
}

void
pingem_target_set_source_id (PingemTarget *self, guint32 id)
{
  self->source_id = id;
}

gboolean
pingem_target_set_fast (PingemTarget *self, gboolean is_fast)
{
  gboolean is_new = self->is_fast != is_fast;

  self->is_fast = is_fast;

  return is_new;
}

void
pingem_target_remember_limiting (PingemTarget *self, gint64 now_ns)
{
  self->limiting_until_ns = now_ns + LIMITING_NS;
}

static void
on_witness (GObject *client, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemTarget) self = user_data;
  gboolean accepts = pingem_witness_ask_finish (client, result);

  /* Is it still of the address that was asked? */
  if (self->witness_asked_ns == 0)
    return;

  self->has_witness = accepts;
  if (!accepts)
    self->alive_until_ns = 0;
}

static gboolean
is_alive (PingemTarget *self, gint64 now_ns)
{
  return (self->has_witness && pingem_recent_streak (self->recent) >= PINGEM_DOWN_STREAK) ||
         now_ns < self->alive_until_ns;
}

gboolean
pingem_target_seek_witness (PingemTarget *self, gint64 now_ns)
{
  gint64 ago_ns = now_ns - self->witness_asked_ns;

  if (self->config->where.probe != PINGEM_PROBE_ICMP || self->address.family == 0 ||
      pingem_recent_streak (self->recent) == 0)
    {
      self->has_witness = FALSE;
      return FALSE;
    }

  if (self->has_witness && ago_ns >= WITNESS_SURE_NS)
    self->alive_until_ns = now_ns + WITNESS_VALID_NS;
  if (self->witness_asked_ns != 0 && ago_ns < WITNESS_AGAIN_NS)
    return FALSE;

  self->witness_asked_ns = now_ns;
  pingem_witness_ask_async (&self->address, self->cancellable, on_witness, g_object_ref (self));

  return TRUE;
}

PingemTargetSpec
pingem_target_build_spec (PingemTarget *self)
{
  gboolean is_hop = self->hop_ttl != 0;

  return (PingemTargetSpec){
    .id = self->source_id,
    .address = is_hop ? self->hop_host : self->address,
    .ifindex = self->hop_ifindex,
    .interval_ms =
        self->is_fast ? MIN (self->config->interval_ms, FAST_MS) : self->config->interval_ms,
    .timeout_ms = self->config->timeout_ms,
    .hold_ms = PINGEM_DEFAULT_HOLD_MS,
    .size = self->config->size,
    .ttl = is_hop ? self->hop_ttl : self->config->ttl,
    .dscp = self->config->dscp,
    .port = self->config->where.port,
    .flags = is_hop ? PINGEM_TARGET_HOP : 0,
  };
}

PingemEvidence
pingem_target_build_evidence (PingemTarget *self, gint64 now_ns)
{
  PingemEvidence evidence = {
    .leg = self->config->leg,
    .family = pingem_target_build_spec (self).address.family,
    .tally = pingem_recent_tally (self->recent),
    .rtts = pingem_recent_rtts (self->recent),
    .streak = pingem_recent_streak (self->recent),
    .unsent_error = pingem_recent_unsent_error (self->recent),
    .has_answered = pingem_recent_has_answered (self->recent),
    .is_alive = is_alive (self, now_ns),
    .is_limiting = now_ns < self->limiting_until_ns,
  };

  pingem_recent_count_seconds (self->recent, now_ns, evidence.seconds);

  return evidence;
}

gboolean
pingem_target_is_called (PingemTarget *self, const char *name)
{
  char numeric[PINGEM_ADDRESS_STRLEN];

  return g_str_equal (name, self->config->address) || g_strcmp0 (name, self->config->name) == 0 ||
         g_str_equal (name, pingem_address_format (&self->address, numeric));
}

static void
add_string (GVariantDict *dict, const char *word, const char *value)
{
  if (value != NULL && *value != '\0')
    g_variant_dict_insert (dict, word, "s", value);
}

static void
add_number (GVariantDict *dict, const char *word, gint64 value)
{
  if (value >= 0)
    g_variant_dict_insert (dict, word, "u", (guint) MIN (value, G_MAXUINT32));
}

/* What stands against it, or what the kernel does when it sends there. */
static const char *
find_problem (PingemTarget *self)
{
  if (self->problem == NULL && is_alive (self, pingem_clock_kernel (NULL).boot_ns))
    return "It does not answer ping, but accepts connections";
  if (self->problem == NULL && pingem_recent_unsent_error (self->recent) == EACCES)
    return "It cannot be probed: this is a broadcast address of the network, or a route forbids it";

  return self->problem;
}

static void
add_config (GVariantDict *dict, PingemTarget *self)
{
  const PingemTargetConfig *config = self->config;
  char numeric[PINGEM_ADDRESS_STRLEN];
  gboolean is_fixed = pingem_target_config_is_fixed (config);

  pingem_address_format (&self->address, numeric);
  add_string (dict, "key", config->address);
  add_string (dict, "address", is_fixed ? numeric : config->address);
  add_string (dict, "numeric", numeric);
  add_string (dict, "name", pingem_target_get_label (self));
  add_string (dict, "leg", config->leg);
  add_string (dict, "probe", pingem_probe_word (config->where.probe));
  add_string (dict, "problem", find_problem (self));
  add_number (dict, "interval-ms", config->interval_ms);
  add_number (dict, "timeout-ms", config->timeout_ms);
  add_number (dict, "size", config->size);
  add_number (dict, "dscp", config->dscp);
  add_number (dict, "ttl", pingem_target_build_spec (self).ttl);
  g_variant_dict_insert (dict, "fixed", "b", is_fixed);
}

static void
add_statistics (GVariantDict *dict, PingemTarget *self)
{
  PingemTally tally = pingem_recent_tally (self->recent);
  PingemRttSummary rtts = pingem_recent_rtts (self->recent);

  add_number (dict, "due", pingem_tally_due (&tally));
  add_number (dict, "reply", tally.reply);
  add_number (dict, "late", tally.late);
  add_number (dict, "lost", tally.lost);
  add_number (dict, "unsent", tally.unsent);
  add_number (dict, "error", tally.error);
  add_number (dict, "held", tally.held);
  add_number (dict, "in-flight", tally.in_flight);
  add_number (dict, "duplicates", tally.duplicates);
  add_number (dict, "rtt-us", rtts.p50);
  add_number (dict, "p95-us", rtts.p95);
  add_number (dict, "jitter-us", rtts.jitter);
  add_number (dict, "last-rtt-us", pingem_recent_last_rtt_us (self->recent));
}

static void
add_path (GVariantDict *dict, const PingemPath *path)
{
  add_number (dict, "lost-up", (gint64) path->lost_up);
  add_number (dict, "lost-down", (gint64) path->lost_down);
  add_number (dict, "lost-somewhere", (gint64) path->lost);
  add_number (dict, "jitter-up-us", path->jitter_up_us);
  add_number (dict, "jitter-down-us", path->jitter_down_us);
}

GVariant *
pingem_target_to_variant (PingemTarget *self,
                          const PingemThresholds *thresholds,
                          const PingemPath *path,
                          gboolean is_paused)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  PingemEvidence evidence = pingem_target_build_evidence (self, pingem_clock_kernel (NULL).boot_ns);
  PingemLevel level =
      is_paused ? PINGEM_LEVEL_PAUSED : pingem_verdict_target_level (thresholds, &evidence);
  double mos = pingem_evidence_mos (&evidence);

  add_config (&dict, self);
  add_statistics (&dict, self);
  if (self->config->where.probe == PINGEM_PROBE_UDP)
    add_path (&dict, path);
  add_string (&dict, "level", pingem_level_word (level));
  if (mos >= 0)
    g_variant_dict_insert (&dict, "mos", "d", mos);

  return g_variant_dict_end (&dict);
}
