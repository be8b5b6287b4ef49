/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stddef.h>
#include <stdint.h>

#define PINGEM_SIPHASH_KEY_SIZE 16

/* SipHash-2-4 with a result of 64 bits (Aumasson and Bernstein, 2012). */
uint64_t pingem_siphash (const uint8_t key[static PINGEM_SIPHASH_KEY_SIZE],
                         const void *data,
                         size_t n_bytes);
