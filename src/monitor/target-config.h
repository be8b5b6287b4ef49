/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "ipc/probe-address.h"

G_BEGIN_DECLS

/* The keys of targets that follow the routes. */
#define PINGEM_ROUTER_KEY "router"
#define PINGEM_PROVIDER_KEY "provider"
#define PINGEM_ROUTER6_KEY "router6" /* of IPv6 beside IPv4 */
#define PINGEM_PROVIDER6_KEY "provider6"
#define PINGEM_VPN_KEY "vpn"

/* The anchors that are watched by default, those of IPv6 where there is IPv6. */
#define PINGEM_ANCHOR_A "1.1.1.1"
#define PINGEM_ANCHOR_B "8.8.8.8"
#define PINGEM_ANCHOR6_A "2606:4700:4700::1111"
#define PINGEM_ANCHOR6_B "2001:4860:4860::8888"

/* What the user chose about one target. */
typedef struct {
  char *address;            /* as PingemProbeAddress has it, or a key of above; names the target */
  PingemProbeAddress where; /* what @address says */
  char *name;               /* (nullable): shown instead of the address */
  char *leg;
  char *key_file; /* (nullable): authenticates STAMP; from the configuration file alone */
  guint interval_ms;
  guint timeout_ms;
  guint size;
  guint dscp;
  guint ttl;
} PingemTargetConfig;

/* Defaults; the leg is "call", or that of the key. @address: a key, or checked */
PingemTargetConfig *pingem_target_config_new (const char *address);
PingemTargetConfig *pingem_target_config_copy (const PingemTargetConfig *config);
void pingem_target_config_free (PingemTargetConfig *config);
gboolean pingem_target_config_equal (const PingemTargetConfig *a, const PingemTargetConfig *b);

/* Does it follow the routes? */
gboolean pingem_target_config_is_fixed (const PingemTargetConfig *config);
/* Is it one of the default anchors that are not watched where there is no IPv6? */
gboolean pingem_target_config_needs_ipv6 (const PingemTargetConfig *config);
/* What people call it who chose no name: the leg's where it is fixed, else the address. */
const char *pingem_target_config_get_label (const PingemTargetConfig *config);

/*
 * Applies Monitor1's words ("name", "leg", "interval-ms", ...); all or none. "address" is ignored.
 * Fails with PINGEM_ERROR_BAD_VALUE: an unknown word, a wrong type, a value out of its range.
 */
gboolean pingem_target_config_apply (PingemTargetConfig *config, GVariant *changes, GError **error);

/*
 * The address under which @text is a target: as pingem_probe_address_format() writes it.
 * Returns: (transfer full): NULL with PINGEM_ERROR_BAD_ADDRESS; the sentence says what it is
 * instead
 */
char *pingem_target_config_check_address (const char *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemTargetConfig, pingem_target_config_free)

G_END_DECLS
