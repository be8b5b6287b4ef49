/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <assert.h>

#include "engine/packet.h"
#include "engine/payload.h"

/* Reads all that @echo tells of @data. */
static inline void
fuzz_touch (const PingemEcho *echo, const uint8_t *data, size_t size)
{
  assert (echo->payload >= data && echo->payload + echo->n_payload == data + size);
  if (echo->n_payload >= PINGEM_PAYLOAD_HEAD_SIZE)
    pingem_payload_check (echo->payload, echo->n_payload, pingem_payload_number (echo->payload), 0);
}
