/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Echo replies that answer nobody: what another program's flood looks like to a ping socket. */

#include <arpa/inet.h>
#include <err.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define NS_PER_S INT64_C (1000000000)
#define BATCH 64
#define SIZE 64

static int64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static uint16_t
checksum (const uint8_t packet[static SIZE])
{
  uint32_t sum = 0;

  for (size_t i = 0; i < SIZE; i += 2)
    sum += (uint32_t) packet[i] << 8 | packet[i + 1];
  while (sum > 0xffff)
    sum = (sum & 0xffff) + (sum >> 16);

  return ~sum & 0xffff;
}

static void
build (uint8_t ret_packet[static SIZE])
{
  uint16_t sum;

  memset (ret_packet, 0, SIZE);
  ret_packet[0] = ICMP_ECHOREPLY;
  memcpy (&ret_packet[4], "\xfe\xed\0\1", 4); /* identifier and sequence of nobody here */
  sum = checksum (ret_packet);
  ret_packet[2] = sum >> 8;
  ret_packet[3] = sum & 0xff;
}

/* How many the socket took; a full queue is no reason to end. */
static size_t
send_batch (int fd, uint8_t packet[static SIZE], size_t n)
{
  struct iovec part = { .iov_base = packet, .iov_len = SIZE };
  struct mmsghdr messages[BATCH];
  int n_sent;

  memset (messages, 0, sizeof messages);
  for (size_t i = 0; i < n; i++)
    messages[i].msg_hdr = (struct msghdr){ .msg_iov = &part, .msg_iovlen = 1 };
  n_sent = sendmmsg (fd, messages, n, 0);

  return n_sent > 0 ? (size_t) n_sent : 0;
}

/* Behind the rate it sends without a pause: what is due by now is owed. */
static uint64_t
flood (int fd, uint64_t rate, uint64_t seconds)
{
  uint8_t packet[SIZE];
  int64_t start_ns = now_ns ();
  uint64_t n_sent = 0;

  build (packet);
  for (;;)
    {
      uint64_t passed_us = (uint64_t) (now_ns () - start_ns) / 1000;
      uint64_t n_due = rate * passed_us / 1000000;

      if (passed_us >= seconds * 1000000)
        return n_sent;
      if (n_due <= n_sent)
        poll (NULL, 0, 1);
      else
        n_sent += send_batch (fd, packet, n_due - n_sent < BATCH ? n_due - n_sent : BATCH);
    }
}

int
main (int argc, char *argv[])
{
  struct sockaddr_in to = { .sin_family = AF_INET };
  uint64_t rate = argc == 4 ? strtoul (argv[2], NULL, 10) : 0;
  uint64_t seconds = argc == 4 ? strtoul (argv[3], NULL, 10) : 0;
  int fd;

  if (rate < 1 || rate > 1000000 || seconds < 1 || seconds > 60 ||
      inet_pton (AF_INET, argv[1], &to.sin_addr) != 1)
    errx (2, "usage: echo-flood ADDRESS PACKETS_PER_SECOND SECONDS (at most 1000000 and 60)");

  fd = socket (AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
  if (fd < 0 || connect (fd, (struct sockaddr *) &to, sizeof to) < 0)
    err (3, "no socket to %s", argv[1]);
  shutdown (fd, SHUT_RD);
  printf ("sent %lu\n", (unsigned long) flood (fd, rate, seconds));

  return 0;
}
