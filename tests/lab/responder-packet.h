/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAB_MAX_PACKET 65535

typedef enum {
  LAB_LOSE,
  LAB_REPLY,
  LAB_REPLAY,
  LAB_EXCEEDED,
  LAB_UNREACHABLE,
  LAB_TOO_BIG,
} LabKind;

#define LAB_NO_FLIP -1
#define LAB_RANDOM_FLIP -2
#define LAB_ALL SIZE_MAX

/* IPv4 in the first 4 bytes; 0 bits of family 0: anything. */
typedef struct {
  uint8_t address[16];
  uint32_t bits;
  int family; /* 4, 6, or 0 */
} LabPrefix;

/* One answer; responder-script.h tells what each field means. */
typedef struct {
  LabKind kind;
  double after_ms[2];
  uint32_t times;
  uint32_t ttl;
  uint32_t code; /* or the MTU */
  LabPrefix from;
  int32_t flip_offset;
  uint32_t flip_bit;
  bool is_in_quote; /* the flip, counted from the quoted ICMP message on */
  bool is_sealed;   /* the checksum is right in spite of the flip */
  size_t n_icmp;    /* LAB_ALL: the whole */
  size_t n_grow;
  size_t n_fragment; /* 0: not fragmented */
  bool is_short;
  size_t n_quote;
  bool is_garbage;
} LabAction;

/* An echo request as it came; points into @packet. */
typedef struct {
  const uint8_t *packet;
  size_t n_packet;
  const uint8_t *icmp;
  size_t n_icmp;
  int family; /* 4 or 6 */
  uint8_t source[16];
  uint8_t destination[16];
  uint8_t ttl;
  uint8_t traffic_class;
} LabRequest;

/* False for all that is no whole echo request. */
bool lab_request_parse (const uint8_t *packet, size_t n_packet, LabRequest *ret_request);
/*
 * Writes the answer that @action asks for to @packet (LAB_MAX_PACKET bytes), and
 * returns its size; @random: 64 random bits.
 */
size_t lab_answer_build (const LabRequest *request,
                         const LabAction *action,
                         uint64_t random,
                         uint8_t *packet);
/*
 * The next fragment of @packet that holds what begins @offset bytes after the IP
 * header; returns its size, and in @ret_next the offset to go on with, 0 after the last.
 */
size_t lab_fragment_build (const uint8_t *packet,
                           size_t n_packet,
                           size_t n_fragment,
                           size_t offset,
                           uint8_t *fragment,
                           size_t *ret_next);
