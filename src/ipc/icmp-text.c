/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/icmp-text.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include <glib/gi18n-lib.h>

/* RFC 792, RFC 1812 section 5.2.7.1, RFC 4443; -1: any other code of this type. */
static const struct {
  sa_family_t family;
  guint8 type;
  int code;
  const char *text;
} icmp_texts[] = {
  { AF_INET, ICMP_DEST_UNREACH, ICMP_NET_UNREACH, N_ ("network unreachable") },
  { AF_INET, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, N_ ("host unreachable") },
  { AF_INET, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, N_ ("packet too big") },
  { AF_INET, ICMP_DEST_UNREACH, ICMP_NET_ANO, N_ ("forbidden on the way") },
  { AF_INET, ICMP_DEST_UNREACH, ICMP_HOST_ANO, N_ ("forbidden on the way") },
  { AF_INET, ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, N_ ("forbidden on the way") },
  { AF_INET, ICMP_DEST_UNREACH, -1, N_ ("unreachable") },
  { AF_INET, ICMP_TIME_EXCEEDED, -1, N_ ("TTL exceeded") },
  { AF_INET6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE, N_ ("network unreachable") },
  { AF_INET6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADMIN, N_ ("forbidden on the way") },
  { AF_INET6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR, N_ ("host unreachable") },
  { AF_INET6, ICMP6_DST_UNREACH, -1, N_ ("unreachable") },
  { AF_INET6, ICMP6_PACKET_TOO_BIG, -1, N_ ("packet too big") },
  { AF_INET6, ICMP6_TIME_EXCEEDED, -1, N_ ("TTL exceeded") },
};

static const char *
find_text (const PingemRecord *record)
{
  for (guint i = 0; i < G_N_ELEMENTS (icmp_texts); i++)
    if (icmp_texts[i].family == record->from.family && icmp_texts[i].type == record->icmp_type &&
        (icmp_texts[i].code == record->icmp_code || icmp_texts[i].code < 0))
      return g_dgettext (GETTEXT_PACKAGE, icmp_texts[i].text);

  return _ ("ICMP error");
}

char *
pingem_icmp_error_text (const PingemRecord *record)
{
  char from[PINGEM_ADDRESS_STRLEN];

  if (record->error == ECONNREFUSED)
    return g_strdup (_ ("connection refused"));
  if (record->error != 0)
    return g_strdup_printf (_ ("no connection: %s"), g_strerror (record->error));

  /* Translators: "host unreachable (type 3, code 1), says 192.0.2.1" */
  return g_strdup_printf (_ ("%s (type %u, code %u), says %s"), find_text (record),
                          record->icmp_type, record->icmp_code,
                          pingem_address_format (&record->from, from));
}
