/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/answer.h"
#include "engine/destination.h"
#include "engine/lane.h"
#include "engine/schedule.h"

/*
 * Every probe from its sending to the end of its hold, and what became of it.
 * No socket, no clock: times are arguments (CLOCK_MONOTONIC). It keeps the
 * targets too, which live as long as their probes.
 */
typedef struct {
  PingemTargets targets;
  PingemDestinations destinations[2]; /* IPv4, IPv6 */
  PingemLanes lanes;
  PingemPool slots;
  PingemAnswers answers;
  uint64_t next_count;    /* of the next probe; counts over the whole engine */
  int64_t boot_offset_ns; /* CLOCK_BOOTTIME - CLOCK_MONOTONIC, when slots were last taken */
  uint32_t n_in_flight;
  uint64_t in_flight_weight; /* what the replies to them would take of a receive buffer */
  PingemAdmitFunc admit;     /* (nullable) */
  void *admit_data;
} PingemLedger;

/* Of a payload's number the low bits are the slot, the others the low bits of its count. */
#define PINGEM_SLOT_BITS 24
/* So many fewer that all of one target, its retries and itself can be counted. */
#define PINGEM_MAX_SLOTS ((UINT32_C (1) << PINGEM_SLOT_BITS) - 1024)

/* @hash_key: random. Not to be moved afterwards. */
void pingem_ledger_init (PingemLedger *ledger,
                         const uint8_t hash_key[static PINGEM_SIPHASH_KEY_SIZE]);
void pingem_ledger_clear (PingemLedger *ledger);

/* As pingem_engine_add(), pingem_engine_change() and pingem_engine_remove(). */
int pingem_ledger_add_target (PingemLedger *ledger, const PingemTargetSpec *spec, int64_t boot_ns);
int
pingem_ledger_change_target (PingemLedger *ledger, const PingemTargetSpec *spec, int64_t boot_ns);
int pingem_ledger_remove_target (PingemLedger *ledger, uint32_t id);
/* One reference less: of a probe, or of the target being current. */
void pingem_ledger_release_target (PingemLedger *ledger, uint32_t target);
PingemTarget *pingem_ledger_target_of (const PingemLedger *ledger, const PingemSlot *slot);
PingemDestinations *pingem_ledger_destinations (const PingemLedger *ledger, sa_family_t family);
PingemDestination *pingem_ledger_destination_of (const PingemLedger *ledger,
                                                 const PingemTarget *target);
PingemTargetSpec pingem_ledger_spec_of (const PingemLedger *ledger, const PingemTarget *target);

/* Asks, as pingem_engine_set_admission() says. */
bool pingem_ledger_admits (const PingemLedger *ledger, const PingemTarget *target, int64_t boot_ns);
/*
 * The next slot that is due, or PINGEM_NONE. A target of interval 0 whose host has enough
 * outstanding, or that is not admitted, is not yet due; one that is handed out is admitted.
 */
uint32_t pingem_ledger_take_due (PingemLedger *ledger, const PingemTime *now, uint64_t *ret_seq);
/* Makes room for the next send(); false without memory or with PINGEM_MAX_SLOTS in use. */
bool pingem_ledger_reserve (PingemLedger *ledger);
/* The number that goes into the payload of the next send(), after reserve(). */
uint64_t pingem_ledger_next_number (const PingemLedger *ledger);
/* A probe went out: the one of next_count and of its destination's next_wire_seq. */
PingemSlot *pingem_ledger_send (
    PingemLedger *ledger, uint32_t target, uint64_t seq, int64_t mono_ns, int64_t real_ns);
/*
 * NULL where no such probe is in flight or held. @number: any, as it came from the wire. It may
 * name the probe of 2^40 sends ago, so what proves a reply is made from count_of().
 */
PingemSlot *pingem_ledger_find (const PingemLedger *ledger, uint64_t number);
/* Unique in the engine; right for a probe that less than 2^32 others followed. */
uint64_t pingem_ledger_count_of (const PingemLedger *ledger, const PingemSlot *slot);
uint64_t pingem_ledger_number_of (const PingemLedger *ledger, const PingemSlot *slot);
/* NULL where no such probe is in flight. */
PingemSlot *pingem_ledger_find_wire (const PingemLedger *ledger,
                                     const PingemAddress *address,
                                     uint16_t wire_seq);

/*
 * A reply came after @answer->rtt_ns: the slot is now REPLY or LATE, or has one
 * duplicate more. False where nothing changed: it came after the hold, or
 * there is no memory to note it.
 */
bool pingem_ledger_reply (PingemLedger *ledger, PingemSlot *slot, const PingemAnswer *answer);
/* An ICMP error came; false where the probe is no longer in flight. */
bool pingem_ledger_error (PingemLedger *ledger, PingemSlot *slot, const PingemAnswer *answer);
/*
 * The next slot that @mono_ns changed, or NULL: LOST now, in ERROR and timed out, or with is_final
 * set, and then to be dropped by the caller.
 */
PingemSlot *pingem_ledger_expire (PingemLedger *ledger, int64_t mono_ns);
void pingem_ledger_drop (PingemLedger *ledger, PingemSlot *slot);
/* CLOCK_MONOTONIC, or INT64_MAX: nothing waits. */
int64_t pingem_ledger_deadline (const PingemLedger *ledger);
/*
 * When to wake up for what is due at @due_ns and for what expires at @expiry_ns, both
 * CLOCK_BOOTTIME or INT64_MAX. See pingem_targets_choose_wake(); with more than 1,000 probes in
 * flight or held their ends are told on whole milliseconds too.
 */
int64_t pingem_ledger_choose_wake (const PingemLedger *ledger, int64_t due_ns, int64_t expiry_ns);
/* All that is known of @slot. */
PingemRecord pingem_ledger_record (const PingemLedger *ledger, const PingemSlot *slot);
