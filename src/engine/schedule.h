/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/target.h"

/* Makes room for a start() of one more target, of @profile; false without memory. */
bool pingem_targets_reserve (PingemTargets *targets, uint32_t profile);
/* @target falls due from its next_due_ns on. */
void pingem_targets_start (PingemTargets *targets, uint32_t target);
void pingem_targets_stop (PingemTargets *targets, uint32_t target);

/* CLOCK_BOOTTIME, or INT64_MAX: never. */
int64_t pingem_targets_deadline (const PingemTargets *targets);
/* Above 1,000 probes a second, those of interval 0 apart: all in a millisecond cost one wake-up. */
bool pingem_targets_has_ticks (const PingemTargets *targets);
/* When to wake up for @deadline_ns: with ticks at the next whole millisecond. */
int64_t pingem_targets_choose_wake (const PingemTargets *targets, int64_t deadline_ns);
/* The next whole millisecond; INT64_MAX stays. */
int64_t pingem_round_to_tick (int64_t time_ns);
/* PINGEM_NONE where nothing is due. */
uint32_t pingem_targets_first_due (const PingemTargets *targets, int64_t boot_ns);
/*
 * Takes the next slot of first_due(), if any. Of what passed more than a second ago, only the
 * newest slot is taken. A target of interval 0 stays the first until end_turn() or put_off().
 */
uint32_t pingem_targets_take_due (PingemTargets *targets, int64_t boot_ns, uint64_t *ret_seq);
/* The first one, of interval 0, is due again when all others had their turn; others have a grid. */
void pingem_targets_end_turn (PingemTargets *targets, uint32_t target, int64_t boot_ns);
/* As above, and not before @boot_ns. */
void pingem_targets_put_off (PingemTargets *targets, uint32_t target, int64_t boot_ns);
/* A target of interval 0 is not due before wake(); that one wakes no other target. */
void pingem_targets_park (PingemTargets *targets, uint32_t target);
void pingem_targets_wake (PingemTargets *targets, uint32_t target);
/* @seq: one that @target has taken; of interval 0: the last one */
int64_t
pingem_targets_due_ns (const PingemTargets *targets, const PingemTarget *target, uint64_t seq);
