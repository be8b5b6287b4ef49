/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "lab/responder-packet.h"

#define LAB_MAX_RULES 250
#define LAB_MAX_ACTIONS 8

/* Which requests it is about, and what becomes of them. */
typedef struct {
  LabPrefix prefix;
  double share;   /* of 100, by chance */
  uint32_t every; /* every n-th of those with this prefix and TTL, ... */
  uint32_t from;  /* ... counted from 0 */
  uint32_t ttl;   /* 0: any */
  uint32_t n_seen;
  uint8_t line; /* in the script, from 1 */
  size_t n_actions;
  LabAction actions[LAB_MAX_ACTIONS];
} LabRule;

typedef struct {
  uint64_t random; /* state of the generator, from "seed" on */
  double end_s;    /* of the responder, after its start */
  size_t n_rules;
  LabRule rules[LAB_MAX_RULES];
} LabScript;

/*
 * One statement per line, "#" begins a comment:
 *
 *   seed NUMBER
 *   end SECONDS                                 (60)
 *   on any|ADDRESS|PREFIX/BITS [share PERCENT] [every N [from K]] [ttl N] ACTION [and ACTION]...
 *
 * The first rule that fits decides; without one, the request is not answered.
 *
 *   ACTION: lose
 *           reply | replay | exceeded CODE | unreachable CODE | too-big MTU, then any of
 *     after MS | after MS..MS   later, or at random between the two
 *     times N                   so often, at once
 *     from ADDRESS              another sender
 *     ttl N                     of the answer (64)
 *     flip OFFSET BIT           of the ICMP message; its checksum stays as it was
 *     flip random
 *     forge FIELD               a wrong type, code, identifier, sequence, number, cookie or
 * padding, its checksum right truncate N                the ICMP message is N bytes long grow N it
 * is N bytes longer fragment N [short]        in fragments of N bytes (8, 16...), or without the
 * last of them quote N                   an error quotes N bytes beyond the IP header, not all
 *     garbage                   and they are random
 *
 * "replay" is the reply to the request before this one to the same address.
 * False where something is wrong: @ret_error says where and what.
 */
bool lab_script_load (LabScript *script, const char *file_name, char ret_error[static 256]);
/* NULL: none fits. */
LabRule *lab_script_find (LabScript *script, const LabRequest *request);
/* From 0 to below 1, the same ones with each seed. */
double lab_script_random (LabScript *script);
