/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/match.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>
#include <string.h>

#include "engine/payload.h"

/* How far readings of two clocks, one after the other, may lie apart. */
#define MAX_SKEW_NS INT64_C (1000000)

/* The scope counts for link-local addresses alone: others have none on receipt. */
static bool
is_same_host (const PingemAddress *a, const PingemAddress *b)
{
  bool has_scope = a->family == AF_INET6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;

  return a->family == b->family && memcmp (a->bytes, b->bytes, sizeof a->bytes) == 0 &&
         (!has_scope || a->ifindex == b->ifindex);
}

static bool
has_head (const PingemEcho *echo)
{
  return echo->n_payload >= PINGEM_PAYLOAD_HEAD_SIZE;
}

/* @n_bytes: how much of the payload is there to be checked */
static bool
is_payload_of (const PingemLedger *ledger,
               const PingemSlot *slot,
               const uint8_t *cookie_key,
               const uint8_t *payload,
               size_t n_bytes)
{
  uint64_t cookie = pingem_payload_cookie (cookie_key, pingem_ledger_target_of (ledger, slot)->id,
                                           pingem_ledger_count_of (ledger, slot));

  return pingem_payload_check (payload, n_bytes, pingem_ledger_number_of (ledger, slot), cookie);
}

PingemSlot *
pingem_match_reply (const PingemLedger *ledger,
                    const uint8_t cookie_key[static PINGEM_SIPHASH_KEY_SIZE],
                    const PingemSocket *sock,
                    const PingemMessage *message)
{
  PingemEcho echo;
  PingemSlot *slot;
  PingemTargetSpec spec;

  if (!pingem_packet_parse_reply (message->bytes, message->n_bytes, sock->framing, &echo) ||
      echo.identifier != sock->identifier || !has_head (&echo))
    return NULL;

  slot = pingem_ledger_find (ledger, pingem_payload_number (echo.payload));
  if (slot == NULL)
    return NULL;

  spec = pingem_ledger_spec_of (ledger, pingem_ledger_target_of (ledger, slot));
  if (echo.n_payload != spec.size || echo.wire_seq != slot->wire_seq ||
      !is_same_host (&spec.address, &message->address) ||
      !is_payload_of (ledger, slot, cookie_key, echo.payload, echo.n_payload))
    return NULL;

  return slot;
}

/* By its number, which only a long quote holds, also one that is no longer in flight. */
static PingemSlot *
find_quoted (const PingemLedger *ledger, const PingemMessage *error, const PingemEcho *echo)
{
  PingemSlot *slot = pingem_ledger_find_wire (ledger, &error->address, echo->wire_seq);
  PingemTargetSpec spec;

  if (slot != NULL || !has_head (echo))
    return slot;

  slot = pingem_ledger_find (ledger, pingem_payload_number (echo->payload));
  if (slot == NULL)
    return NULL;

  spec = pingem_ledger_spec_of (ledger, pingem_ledger_target_of (ledger, slot));

  return echo->wire_seq == slot->wire_seq && is_same_host (&spec.address, &error->address) ? slot
                                                                                           : NULL;
}

PingemSlot *
pingem_match_error (const PingemLedger *ledger,
                    const uint8_t cookie_key[static PINGEM_SIPHASH_KEY_SIZE],
                    const PingemSocket *sock,
                    const PingemMessage *error)
{
  PingemEcho echo;
  PingemSlot *slot;

  if (!pingem_packet_parse_quote (error->bytes, error->n_bytes, sock->family == AF_INET6, &echo) ||
      echo.identifier != sock->identifier)
    return NULL;

  slot = find_quoted (ledger, error, &echo);
  if (slot == NULL)
    return NULL;
  if (has_head (&echo) &&
      !is_payload_of (ledger, slot, cookie_key, echo.payload, PINGEM_PAYLOAD_HEAD_SIZE))
    return NULL;

  return slot;
}

/* RFC 792, and RFC 4443 whose errors are the types below 128. */
bool
pingem_match_is_error (const PingemSocket *sock, const PingemMessage *error)
{
  if (sock->family == AF_INET6)
    return error->icmp_type < ICMP6_ECHO_REQUEST;

  return error->icmp_type == ICMP_DEST_UNREACH || error->icmp_type == ICMP_TIME_EXCEEDED ||
         error->icmp_type == ICMP_PARAMETERPROB;
}

bool
pingem_match_is_hop (const PingemSocket *sock, const PingemMessage *error)
{
  if (sock->family == AF_INET6)
    return error->icmp_type == ICMP6_TIME_EXCEEDED && error->icmp_code == ICMP6_TIME_EXCEED_TRANSIT;

  return error->icmp_type == ICMP_TIME_EXCEEDED && error->icmp_code == ICMP_EXC_TTL;
}

static bool
is_possible (int64_t rtt_ns, int64_t passed_ns)
{
  return rtt_ns >= -MAX_SKEW_NS && rtt_ns <= passed_ns + MAX_SKEW_NS;
}

/* Without a clock step both ways to count agree; with one, the stamp is from before it or after it.
 */
int64_t
pingem_match_rtt (const PingemSlot *slot,
                  const PingemTime *now,
                  int64_t stamp_ns,
                  bool *ret_is_corrected)
{
  int64_t passed_ns = now->mono_ns > slot->sent_mono_ns ? now->mono_ns - slot->sent_mono_ns : 0;
  int64_t from_send_ns = stamp_ns - slot->sent_real_ns;
  int64_t from_now_ns = passed_ns - (now->real_ns - stamp_ns);
  bool is_step = llabs (from_send_ns - from_now_ns) > MAX_SKEW_NS;
  bool send_fits = is_possible (from_send_ns, passed_ns);
  bool now_fits = is_possible (from_now_ns, passed_ns);
  /* The kernel may have stamped the send too: then no reading of ours is in the RTT. */
  int64_t rtt_ns = is_step && now_fits ? from_now_ns : from_send_ns;

  *ret_is_corrected = stamp_ns != 0 && (is_step ? send_fits != now_fits : send_fits);
  if (!*ret_is_corrected || rtt_ns > passed_ns)
    return passed_ns;

  return rtt_ns > 0 ? rtt_ns : 0;
}
