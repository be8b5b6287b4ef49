/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <netinet/in.h>

G_BEGIN_DECLS

/* Nothing that goes over an Ethernet is longer. */
#define PINGEM_DATAGRAM_MAX 1500

/* A UDP packet that came, and what the kernel tells of it. */
typedef struct {
  guint8 bytes[PINGEM_DATAGRAM_MAX];
  gsize n_bytes;
  gboolean is_cut; /* it was longer */
  struct sockaddr_storage from;
  gint64 stamp_ns; /* Unix time: when it came; 0: not told */
  guint8 ttl;      /* 0: not told */
  gboolean has_to;
  struct in6_pktinfo to; /* the address of ours that it was sent to, of a socket of IPv6 */
  gboolean is_error;     /* from the error queue: @bytes are what was sent, and the rest is told: */
  guint8 icmp_type;
  guint8 icmp_code;
  struct sockaddr_storage offender; /* family 0: nobody */
} PingemDatagram;

/*
 * Asks the kernel for all of the above, of a socket of @family. @wants_errors: also for the error
 * queue; then a pending error of one packet is told by the next send
 */
void pingem_datagram_prepare (int fd, int family, gboolean wants_errors);
/*
 * @flags: 0 or MSG_ERRQUEUE
 *
 * FALSE: there is nothing more. One that could not be read has 0 bytes.
 */
gboolean pingem_datagram_receive (int fd, int flags, PingemDatagram *ret_datagram);

G_END_DECLS
