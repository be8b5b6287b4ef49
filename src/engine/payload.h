/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/siphash.h"

/* The number and the cookie; what follows is a fixed pattern. */
#define PINGEM_PAYLOAD_HEAD_SIZE 16

/*
 * What proves that a payload was ours: made anew from what we remember, never believed. @count: the
 * probe's own, which never comes again
 */
uint64_t pingem_payload_cookie (const uint8_t key[static PINGEM_SIPHASH_KEY_SIZE],
                                uint32_t target,
                                uint64_t count);
/* @n_bytes: at least PINGEM_PAYLOAD_HEAD_SIZE, here and below */
void pingem_payload_write (uint8_t *payload, size_t n_bytes, uint64_t number, uint64_t cookie);
/* Only where to look: check() decides. */
uint64_t pingem_payload_number (const uint8_t payload[static PINGEM_PAYLOAD_HEAD_SIZE]);
/* Whether each byte is as written; takes the same time wherever the cookie differs. */
bool
pingem_payload_check (const uint8_t *payload, size_t n_bytes, uint64_t number, uint64_t cookie);
