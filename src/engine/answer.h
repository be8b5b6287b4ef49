/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/pool.h"
#include "engine/record.h"

/* What is known of a probe that was answered. */
typedef struct {
  int64_t rtt_ns;
  uint32_t duplicates;
  uint8_t ttl;
  uint8_t icmp_type;
  uint8_t icmp_code;
  uint8_t flags;      /* PINGEM_RECORD_* */
  PingemAddress from; /* family 0: nobody says who */
  int error;          /* errno of a connection */
} PingemAnswer;

/* Most answers are replies, without sender and error: of these only what is before them is kept. */
typedef struct {
  PingemPool replies;
  PingemPool others;
} PingemAnswers;

void pingem_answers_init (PingemAnswers *answers);
void pingem_answers_clear (PingemAnswers *answers);
/* PINGEM_NONE without memory. */
uint32_t pingem_answers_add (PingemAnswers *answers, const PingemAnswer *answer);
PingemAnswer pingem_answers_get (const PingemAnswers *answers, uint32_t answer);
void pingem_answers_add_duplicate (PingemAnswers *answers, uint32_t answer);
void pingem_answers_remove (PingemAnswers *answers, uint32_t answer);
