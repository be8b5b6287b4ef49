/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* "fe80::1%" and an interface index of ten digits, with the final 0. */
#define PINGEM_ADDRESS_STRLEN 60

/*
 * A numeric address of a host; names are resolved elsewhere. All zero: no
 * address. No hidden padding, so it may cross a process border.
 */
typedef struct {
  uint8_t bytes[16]; /* network order; IPv4 uses the first 4 */
  uint32_t ifindex;  /* scope of a link-local IPv6 address; 0: none */
  uint32_t family;   /* AF_INET, AF_INET6, or 0: none */
} PingemAddress;

/*
 * Numeric IPv4 (four decimal parts) or IPv6, the latter with "%eth0" or "%2"
 * where it has a scope. False for anything else, a name included.
 */
bool pingem_address_parse (const char *text, PingemAddress *ret_address);
/* @n_bytes: 4 or 16; false for any other length. */
bool pingem_address_from_bytes (const uint8_t *bytes,
                                size_t n_bytes,
                                uint32_t ifindex,
                                PingemAddress *ret_address);
bool pingem_address_from_sockaddr (const struct sockaddr *sa, PingemAddress *ret_address);
socklen_t pingem_address_to_sockaddr (const PingemAddress *address,
                                      struct sockaddr_storage *ret_sa);
/* 4, 16, or 0 where there is no address. */
size_t pingem_address_n_bytes (const PingemAddress *address);
/* Returns @buffer. The scope is printed as a number. No address: "". */
const char *pingem_address_format (const PingemAddress *address,
                                   char buffer[static PINGEM_ADDRESS_STRLEN]);
bool pingem_address_equal (const PingemAddress *a, const PingemAddress *b);

/*
 * NULL where @address is one host that may be probed; else, in English, what it
 * is instead ("a multicast address"): multicast, limited broadcast, 0.0.0.0/8
 * and ::, 240.0.0.0/4, IPv4-mapped and -compatible, site-local, and a
 * link-local IPv6 address without a scope. A directed broadcast cannot be told
 * from its bytes: the kernel refuses it, as SO_BROADCAST stays off.
 */
const char *pingem_address_refusal (const PingemAddress *address);
