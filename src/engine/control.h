/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/socket.h"

/*
 * What recvmsg() gave, with its control messages. False for what is of no use: truncated, without a
 * sender, or on the error queue neither an ICMP error nor a transmit stamp. @header: its msg_name
 * is a sockaddr_storage, zero where the kernel wrote nothing; @n_bytes: of its one iovec, which
 * *@ret_message points into
 */
bool pingem_control_read_message (struct msghdr *header,
                                  size_t n_bytes,
                                  bool from_error_queue,
                                  PingemMessage *ret_message);
