/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Is the loss of A significantly above that of B? One-sided exact test of
 * Fisher (1935) at 95 %: valid for every n, also the small ones of a window of
 * 30 s. False where either n is 0.
 */
bool pingem_loss_is_above (uint32_t lost_a, uint32_t n_a, uint32_t lost_b, uint32_t n_b);
