/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Probes of one hop that were sent and have ended: how many, and how many had no answer. */
typedef struct {
  uint32_t n;
  uint32_t lost;
} PingemHopLoss;

/*
 * Does this hop answer less often than one behind it, or all of them together? Then it limits its
 * own answers, as most routers do, and its loss says nothing about the path:
 * what was answered from behind has passed it. So too where it never answers.
 * Hops in order, nearest first, the last is the host itself; @hop: an index.
 */
bool pingem_path_hop_limits_answers (const PingemHopLoss *hops, size_t n_hops, size_t hop);

/*
 * The hop from which on probes are lost: an index, or @n_hops where none can be blamed.
 *
 * Loss on the path shows at every hop behind its place, the host included. So a
 * hop is blamed only if its loss and that of each hop behind it stand
 * significantly (pingem_loss_is_above()) above the loss of each nearer hop;
 * the nearest one has to stand above this machine, which loses none. Hops that
 * limit their own answers have no say. Where the host never answers, nobody is
 * blamed: nothing then shows that what a hop answers is not merely limited.
 */
size_t pingem_path_find_loss (const PingemHopLoss *hops, size_t n_hops);
