/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How a host is asked. */
typedef enum {
  PINGEM_PROBE_ICMP, /* echo request */
  PINGEM_PROBE_TCP,  /* a connection to any port */
  PINGEM_PROBE_UDP,  /* STAMP, RFC 8762 */
  PINGEM_PROBE_ECHO, /* a line of an instance that gives back what it gets, RFC 862 */
} PingemProbe;

#define PINGEM_N_PROBES (PINGEM_PROBE_ECHO + 1)

#define PINGEM_STAMP_PORT 862
#define PINGEM_ECHO_PORT 8862

/* What a target's address says: "HOST", "tcp://HOST:PORT", "udp://HOST[:PORT]",
 * "echo://HOST[:PORT]". */
typedef struct {
  PingemProbe probe;
  char *host;   /* (owned): a name, or an address without brackets */
  guint16 port; /* 0: ICMP has none */
} PingemProbeAddress;

void pingem_probe_address_clear (PingemProbeAddress *address);
/*
 * Fails with PINGEM_ERROR_BAD_ADDRESS, a sentence: no such probe, no host that may be probed, a
 * port that is missing or none. An IPv6 address with a port stands in brackets (RFC 3986).
 */
gboolean
pingem_probe_address_parse (const char *text, PingemProbeAddress *ret_address, GError **error);
/* As it is written: a port that goes without saying is left out. (transfer full) */
char *pingem_probe_address_format (const PingemProbeAddress *address);
/*
 * The address for @text, "HOST" or "HOST:PORT", probed as @word says ("icmp", "tcp", "udp",
 * "echo"). (transfer full): not checked yet; NULL: there is no such probe
 */
char *pingem_probe_address_compose (const char *word, const char *text);
/* "icmp", "tcp", "udp", "echo": stable words. */
const char *pingem_probe_word (PingemProbe probe);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PingemProbeAddress, pingem_probe_address_clear)

G_END_DECLS
