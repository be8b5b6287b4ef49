/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/control.h"

#include <assert.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"

#define MAX_CONTROLS 8
#define MAX_CONTROL_DATA 63

static const struct {
  int level;
  int type;
} kinds[] = {
  { SOL_SOCKET, SO_TIMESTAMPNS_NEW }, { SOL_SOCKET, SO_TIMESTAMPING_NEW },
  { SOL_SOCKET, SO_RXQ_OVFL },        { IPPROTO_IP, IP_TTL },
  { IPPROTO_IP, IP_RECVERR },         { IPPROTO_IPV6, IPV6_HOPLIMIT },
  { IPPROTO_IPV6, IPV6_RECVERR },     { IPPROTO_IP, IP_PKTINFO },
  { IPPROTO_IPV6, IPV6_PKTINFO },
};

/* As the kernel does: what is there is framed well, whatever it holds. */
static size_t
write_control (FuzzInput *input, uint8_t *control)
{
  struct cmsghdr header = { 0 };
  uint8_t kind = fuzz_take_byte (input) % (sizeof kinds / sizeof *kinds);
  size_t n_data = fuzz_take_byte (input) % (MAX_CONTROL_DATA + 1);
  uint8_t data[MAX_CONTROL_DATA];

  fuzz_take (input, data, n_data);
  header.cmsg_level = kinds[kind].level;
  header.cmsg_type = kinds[kind].type;
  header.cmsg_len = CMSG_LEN (n_data);
  memcpy (control, &header, sizeof header);
  memcpy (CMSG_DATA ((struct cmsghdr *) control), data, n_data);

  return CMSG_SPACE (n_data);
}

/* What recvmsg() fills, in memory that ends where it ends. */
static void
read_message (struct msghdr *header, const uint8_t *control, bool from_error_queue)
{
  PingemMessage message;

  header->msg_control = malloc (header->msg_controllen);
  memcpy (header->msg_control, control, header->msg_controllen);

  if (pingem_control_read_message (header, 1, from_error_queue, &message))
    {
      assert (message.kind == PINGEM_ARRIVAL_STAMP || message.address.family == AF_INET ||
              message.address.family == AF_INET6);
      assert (message.stamp_ns >= 0 && message.n_bytes == 1);
      assert (from_error_queue || message.offender.family == 0);
    }
  free (header->msg_control);
}

/* Flags, the sender, then control messages. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  uint8_t flags = fuzz_take_byte (&input);
  struct sockaddr_storage sa = { .ss_family = flags & 4 ? AF_INET6 : AF_INET };
  uint8_t byte = 0;
  struct iovec iov = { &byte, 1 };
  struct msghdr header = { .msg_name = &sa, .msg_iov = &iov, .msg_iovlen = 1 };
  _Alignas(struct cmsghdr) uint8_t control[MAX_CONTROLS * CMSG_SPACE (MAX_CONTROL_DATA)] = { 0 };

  header.msg_flags = flags & 8 ? MSG_CTRUNC : 0;
  fuzz_take (&input, (uint8_t *) &sa + sizeof sa.ss_family, 26);
  for (int i = 0; i < MAX_CONTROLS && input.n_bytes > 0; i++)
    header.msg_controllen += write_control (&input, control + header.msg_controllen);
  read_message (&header, control, flags & 1);

  return 0;
}
