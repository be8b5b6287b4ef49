/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The keys of targets that follow the routes; each is its leg too. */
#define PINGEM_ROUTER_KEY "router"
#define PINGEM_PROVIDER_KEY "provider"
#define PINGEM_VPN_KEY "vpn"

/* What the user chose about one target. */
typedef struct {
  char *address; /* a name, a numeric address, or a key of above; names the target */
  char *name;    /* (nullable): shown instead of the address */
  char *leg;
  guint interval_ms;
  guint timeout_ms;
  guint size;
  guint dscp;
  guint ttl;
} PingemTargetConfig;

/* Defaults; the leg is "call", or that of the key. */
PingemTargetConfig *pingem_target_config_new (const char *address);
PingemTargetConfig *pingem_target_config_copy (const PingemTargetConfig *config);
void pingem_target_config_free (PingemTargetConfig *config);

/* Does it follow the routes? */
gboolean pingem_target_config_is_fixed (const PingemTargetConfig *config);

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
