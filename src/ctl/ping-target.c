/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/ping-target.h"

/* What a busy machine may be late. */
#define GRACE_MS 2000

static gint64
choose_deadline (const PingemTargetSpec *spec, gint64 now_us)
{
  gint64 duration_ms =
      (gint64) spec->count * spec->interval_ms + spec->timeout_ms + spec->hold_ms + GRACE_MS;

  return spec->count > 0 ? now_us + duration_ms * 1000 : G_MAXINT64;
}

PingemPingTarget *
pingem_ping_target_new (const char *label,
                        const PingemTargetSpec *spec,
                        gboolean has_hold,
                        gint64 now_us)
{
  PingemPingTarget *target = g_new0 (PingemPingTarget, 1);

  target->label = g_utf8_make_valid (label, -1);
  target->spec = *spec;
  target->deadline_us = choose_deadline (spec, now_us);
  pingem_address_format (&spec->address, target->address);
  pingem_run_init (&target->run, spec->count, has_hold);

  return target;
}

void
pingem_ping_target_free (PingemPingTarget *target)
{
  pingem_run_clear (&target->run);
  g_free (target->label);
  g_free (target);
}
