/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * How likely would A lose so much more than B were both alike? One-sided exact test of Fisher
 * (1935): valid for every n, also the small ones of a window of 30 s. 1 where either n is 0.
 */
double pingem_loss_p (uint32_t lost_a, uint32_t n_a, uint32_t lost_b, uint32_t n_b);
/* Is the loss of A significantly above that of B: at 95 %? */
bool pingem_loss_is_above (uint32_t lost_a, uint32_t n_a, uint32_t lost_b, uint32_t n_b);
/* ... above @share (more than 0, less than 1)? One-sided exact binomial test at 95 %. */
bool pingem_loss_is_above_share (uint32_t lost, uint32_t n, double share);
