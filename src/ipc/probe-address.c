/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/probe-address.h"

#include <string.h>

#include "ipc/error.h"
#include "ipc/host-text.h"

static const struct {
  const char *word;
  guint16 port; /* 0: none goes without saying */
} probes[PINGEM_N_PROBES] = {
  [PINGEM_PROBE_ICMP] = { "icmp", 0 },
  [PINGEM_PROBE_TCP] = { "tcp", 0 },
  [PINGEM_PROBE_UDP] = { "udp", PINGEM_STAMP_PORT },
  [PINGEM_PROBE_ECHO] = { "echo", PINGEM_ECHO_PORT },
};

void
pingem_probe_address_clear (PingemProbeAddress *address)
{
  g_clear_pointer (&address->host, g_free);
}

/* -1: there is none. */
static int
find_probe (const char *word, gsize length)
{
  for (int i = 0; i < PINGEM_N_PROBES; i++)
    if (strlen (probes[i].word) == length && strncmp (word, probes[i].word, length) == 0)
      return i;

  return -1;
}

static gboolean
set_error (GError **error, const char *text, const char *what)
{
  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS, "“%s” cannot be probed: %s", text,
               what);

  return FALSE;
}

/* Splits "HOST:PORT", "[HOST]:PORT" and each without a port; @ret_port: (nullable): in @text */
static gboolean
split (const char *text, char **ret_host, const char **ret_port)
{
  const char *end;

  if (*text == '[')
    {
      end = strchr (text, ']');
      if (end == NULL || (end[1] != '\0' && end[1] != ':'))
        return FALSE;
      *ret_host = g_strndup (text + 1, end - text - 1);
      *ret_port = end[1] == ':' ? end + 2 : NULL;
      return TRUE;
    }

  end = strchr (text, ':');
  if (end != NULL && strchr (end + 1, ':') != NULL)
    end = NULL;

  *ret_host = end != NULL ? g_strndup (text, end - text) : g_strdup (text);
  *ret_port = end != NULL ? end + 1 : NULL;

  return TRUE;
}

static gboolean
parse_port (const char *text, const char *port, PingemProbeAddress *address, GError **error)
{
  guint64 number = probes[address->probe].port;

  if (port != NULL && !g_ascii_string_to_unsigned (port, 10, 1, G_MAXUINT16, &number, NULL))
    return set_error (error, text, "its port must be 1 to 65535");
  if (number == 0)
    return set_error (error, text, "it has no port; write tcp://HOST:PORT");

  address->port = (guint16) number;

  return TRUE;
}

gboolean
pingem_probe_address_parse (const char *text, PingemProbeAddress *ret_address, GError **error)
{
  const char *scheme_end = strstr (text, "://");
  g_auto (PingemProbeAddress) address = { 0 };
  const char *port = NULL;
  int probe = PINGEM_PROBE_ICMP;

  if (scheme_end == NULL)
    address.host = g_strdup (text);
  else
    {
      probe = find_probe (text, scheme_end - text);
      if (probe <= PINGEM_PROBE_ICMP)
        return set_error (error, text, "write HOST, tcp://HOST:PORT, udp://HOST or echo://HOST");
      if (!split (scheme_end + strlen ("://"), &address.host, &port))
        return set_error (error, text, "the bracket of its address is not closed");
    }

  address.probe = (PingemProbe) probe;
  if (!pingem_host_check (address.host, error))
    return FALSE;
  if (probe != PINGEM_PROBE_ICMP && !parse_port (text, port, &address, error))
    return FALSE;

  *ret_address = address;
  address.host = NULL;

  return TRUE;
}

char *
pingem_probe_address_format (const PingemProbeAddress *address)
{
  gboolean has_colon = strchr (address->host, ':') != NULL;
  const char *open = has_colon ? "[" : "";
  const char *close = has_colon ? "]" : "";

  if (address->probe == PINGEM_PROBE_ICMP)
    return g_strdup (address->host);
  if (address->port == probes[address->probe].port)
    return g_strdup_printf ("%s://%s%s%s", probes[address->probe].word, open, address->host, close);

  return g_strdup_printf ("%s://%s%s%s:%u", probes[address->probe].word, open, address->host, close,
                          address->port);
}

char *
pingem_probe_address_compose (const char *word, const char *text)
{
  int probe = find_probe (word, strlen (word));
  const char *colon = strchr (text, ':');
  gboolean is_bare_ipv6 = *text != '[' && colon != NULL && strchr (colon + 1, ':') != NULL;

  if (probe < 0)
    return NULL;
  if (probe == PINGEM_PROBE_ICMP || strstr (text, "://") != NULL)
    return g_strdup (text);

  return g_strdup_printf (is_bare_ipv6 ? "%s://[%s]" : "%s://%s", word, text);
}

const char *
pingem_probe_word (PingemProbe probe)
{
  return probes[probe].word;
}
