/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/filter.h"

#include <errno.h>
#include <linux/filter.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>

#include "engine/packet.h"
#include "engine/payload.h"

#define KEEP UINT32_MAX
#define DROP 0
#define N_BYTES_MIN (PINGEM_ICMP_HEADER_SIZE + PINGEM_PAYLOAD_HEAD_SIZE)

static int
attach (int fd, const struct sock_filter *code, unsigned short n_instructions)
{
  struct sock_fprog program = { .len = n_instructions, .filter = (struct sock_filter *) code };

  return setsockopt (fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0 ? 0 : -errno;
}

/* What came between socket() and the first filter is still readable. */
static void
drain (int fd)
{
  uint8_t byte;

  while (recv (fd, &byte, sizeof byte, MSG_DONTWAIT | MSG_TRUNC) >= 0)
    continue;
}

/* An IPv4 message begins with its IP header, whose length goes to X; an IPv6 one does not. */
static int
attach_echo_replies (int fd, bool is_ipv6, uint16_t identifier)
{
  uint8_t type = is_ipv6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
  const struct sock_filter code[] = {
    is_ipv6 ? (struct sock_filter) BPF_STMT (BPF_LDX | BPF_IMM, 0)
            : (struct sock_filter) BPF_STMT (BPF_LDX | BPF_B | BPF_MSH, 0),
    BPF_STMT (BPF_LD | BPF_B | BPF_IND, 0),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, type, 0, 6),
    BPF_STMT (BPF_LD | BPF_H | BPF_IND, 4),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, identifier, 0, 4),
    BPF_STMT (BPF_LD | BPF_W | BPF_LEN, 0),
    BPF_STMT (BPF_ALU | BPF_SUB | BPF_X, 0),
    BPF_JUMP (BPF_JMP | BPF_JGE | BPF_K, N_BYTES_MIN, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, KEEP),
    BPF_STMT (BPF_RET | BPF_K, DROP),
  };

  return attach (fd, code, sizeof code / sizeof code[0]);
}

int
pingem_filter_attach (int fd, bool is_ipv6, uint16_t identifier)
{
  const struct sock_filter drop_all = BPF_STMT (BPF_RET | BPF_K, DROP);
  int r = attach (fd, &drop_all, 1);

  if (r < 0)
    return r;

  drain (fd);
  r = attach_echo_replies (fd, is_ipv6, identifier);
  if (r < 0)
    return r;

  return setsockopt (fd, SOL_SOCKET, SO_LOCK_FILTER, &(int){ 1 }, sizeof (int)) == 0 ? 0 : -errno;
}
