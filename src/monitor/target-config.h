/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The key of the router's target: its address follows the default route. */
#define PINGEM_ROUTER_KEY "router"

/* What the user chose about one target. */
typedef struct {
  char *
      address; /* a name or a numeric address; PINGEM_ROUTER_KEY for the router; names the target */
  char *name;  /* (nullable): shown instead of the address */
  char *leg;
  guint interval_ms;
  guint timeout_ms;
  guint size;
  guint dscp;
  guint ttl;
} PingemTargetConfig;

/* Defaults, with leg "call". */
PingemTargetConfig *pingem_target_config_new (const char *address);
PingemTargetConfig *pingem_target_config_copy (const PingemTargetConfig *config);
void pingem_target_config_free (PingemTargetConfig *config);

gboolean pingem_target_config_is_router (const PingemTargetConfig *config);

/*
 * Applies Monitor1's words ("name", "leg", "interval-ms", ...); all or none. "address" is ignored.
 * Fails with PINGEM_ERROR_BAD_VALUE: an unknown word, a wrong type, a value out of its range.
 */
gboolean pingem_target_config_apply (PingemTargetConfig *config, GVariant *changes, GError **error);

/*
 * Whether @text may be a target: a numeric address that may be probed, or a host name (RFC 1123).
 * Fails with PINGEM_ERROR_BAD_ADDRESS; the sentence says what it is instead.
 */
gboolean pingem_target_config_check_address (const char *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemTargetConfig, pingem_target_config_free)

G_END_DECLS
