/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/caller-limits.h"

#include "ipc/error.h"
#include "ipc/target-spec.h"

const PingemLimits pingem_default_limits = {
  .sessions_per_uid = 8,
  .sessions = 64,
  .targets = PINGEM_ORDINARY_TARGETS,
  .targets_intensive = PINGEM_INTENSIVE_TARGETS,
  .targets_per_uid = 512,
  .targets_per_uid_intensive = 4096,
  .targets_in_all = 8192,
  .targets_per_call = 256,
  .min_interval_ms = 100,
  .burst_count = 10,
  .min_hop_interval_ms = 1000,
  .max_interval_ms = 3600000,
  .max_timeout_ms = 10000,
  .max_hold_ms = 120000,
  .max_size = PINGEM_ORDINARY_SIZE,
  .max_size_intensive = 1472,
  .backlog = 4096,
  .idle_ms = 30000,
  .calls = { 10, 100 },
  .rates = {
    {
      .destination = { 10, 20 },
      .uid = { PINGEM_ORDINARY_RATE, PINGEM_ORDINARY_BURST },
      .total = { 1000, 2000 },
    },
    {
      .destination = { 1000, 2000 },
      .uid = { PINGEM_INTENSIVE_RATE, 40000 },
      .total = { 50000, 100000 },
    },
  },
};

GVariant *
pingem_limits_to_variant (const PingemLimits *limits)
{
  const struct {
    const char *word;
    guint value;
  } words[] = {
    { "sessions", limits->sessions_per_uid },
    { "targets", limits->targets },
    { "targets-intensive", limits->targets_intensive },
    { "targets-per-user", limits->targets_per_uid },
    { "targets-per-user-intensive", limits->targets_per_uid_intensive },
    { "targets-in-all", limits->targets_in_all },
    { "targets-per-call", limits->targets_per_call },
    { "min-interval-ms", limits->min_interval_ms },
    { "burst-count", limits->burst_count },
    { "min-hop-interval-ms", limits->min_hop_interval_ms },
    { "max-interval-ms", limits->max_interval_ms },
    { "max-timeout-ms", limits->max_timeout_ms },
    { "max-hold-ms", limits->max_hold_ms },
    { "max-size", limits->max_size },
    { "max-size-intensive", limits->max_size_intensive },
    { "destination-rate", limits->rates[FALSE].destination.per_second },
    { "destination-rate-intensive", limits->rates[TRUE].destination.per_second },
    { "user-rate", limits->rates[FALSE].uid.per_second },
    { "user-rate-intensive", limits->rates[TRUE].uid.per_second },
    { "total-rate", limits->rates[FALSE].total.per_second },
    { "total-rate-intensive", limits->rates[TRUE].total.per_second },
    { "backlog", limits->backlog },
  };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{su}"));
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_variant_builder_add (&builder, "{su}", words[i].word, words[i].value);

  return g_variant_builder_end (&builder);
}

static guint
find_min_interval (const PingemLimits *limits, gboolean is_intensive, const PingemTargetSpec *spec)
{
  if ((spec->flags & PINGEM_TARGET_HOP) != 0)
    return limits->min_hop_interval_ms;
  if (is_intensive)
    return 0;
  if (spec->count > 0 && spec->count <= limits->burst_count)
    return 1;

  return limits->min_interval_ms;
}

gboolean
pingem_limits_check_target (const PingemLimits *limits,
                            gboolean is_intensive,
                            const PingemTargetSpec *spec,
                            GError **error)
{
  const struct {
    const char *name;
    guint32 value;
    guint32 min;
    guint32 max;
  } ranges[] = {
    { "interval in ms", spec->interval_ms, find_min_interval (limits, is_intensive, spec),
      limits->max_interval_ms },
    { "timeout in ms", spec->timeout_ms, 1, limits->max_timeout_ms },
    { "hold in ms", spec->hold_ms, 0, limits->max_hold_ms },
    { "size", spec->size, PINGEM_MIN_SIZE,
      is_intensive ? limits->max_size_intensive : limits->max_size },
    { "TTL", spec->ttl, (spec->flags & PINGEM_TARGET_HOP) != 0 ? 1 : 0, 255 },
    { "DSCP", spec->dscp, 0, 63 },
    { "flags", spec->flags, 0, PINGEM_TARGET_HOP | PINGEM_TARGET_WHOLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    if (ranges[i].value < ranges[i].min || ranges[i].value > ranges[i].max)
      {
        g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                     "Target %u: the %s must be from %u to %u, and is %u", spec->id, ranges[i].name,
                     ranges[i].min, ranges[i].max, ranges[i].value);
        return FALSE;
      }

  return TRUE;
}
