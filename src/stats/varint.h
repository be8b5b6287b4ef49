/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PINGEM_VARINT_MAX_SIZE 10

/* Numbers of 7 bits a byte, the lowest first. @ret_bytes: room for PINGEM_VARINT_MAX_SIZE.
 * Returns: how many were written */
size_t pingem_varint_put (uint64_t number, uint8_t *ret_bytes);
/* Moves @at on, up to @end; false where the bytes end or are none, or the number is above @max. */
bool pingem_varint_get (const uint8_t **at, const uint8_t *end, uint64_t max, uint64_t *ret_number);
