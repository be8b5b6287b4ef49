/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/ledger.h"
#include "engine/socket.h"

/*
 * The probe that a message answers, or NULL: length, checksum, source and
 * scope, identifier, number, sequence, cookie and pattern must all be right.
 */
PingemSlot *pingem_match_reply (const PingemLedger *ledger,
                                const uint8_t cookie_key[static PINGEM_SIPHASH_KEY_SIZE],
                                const PingemSocket *sock,
                                const PingemMessage *message);
/*
 * The probe that an ICMP error is about, or NULL. Errors of other processes'
 * requests come too. The cookie is checked where the quote reaches it; a short
 * one proves nothing, and is about a probe in flight or about none.
 */
PingemSlot *pingem_match_error (const PingemLedger *ledger,
                                const uint8_t cookie_key[static PINGEM_SIPHASH_KEY_SIZE],
                                const PingemSocket *sock,
                                const PingemMessage *error);
/* Whether @error ends a probe: not where it is a mere advice, as a redirect is. */
bool pingem_match_is_error (const PingemSocket *sock, const PingemMessage *error);
/* Whether @error says that the TTL ran out on the way. */
bool pingem_match_is_hop (const PingemSocket *sock, const PingemMessage *error);
/*
 * Never negative. @stamp_ns: the kernel's receipt, by CLOCK_REALTIME, or 0: unknown. It is
 * believed, however long ago it was, where it gives a possible RTT and no step of that clock makes
 * it ambiguous: then *@ret_is_corrected. Else the RTT is what passed until now.
 */
int64_t pingem_match_rtt (const PingemSlot *slot,
                          const PingemTime *now,
                          int64_t stamp_ns,
                          bool *ret_is_corrected);
