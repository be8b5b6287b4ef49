/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "source/stamp-packet.h"

#include <string.h>

#include "source/stamp-clock.h"

#define NS_PER_S G_GINT64_CONSTANT (1000000000)

static const PingemStampReply sample = {
  .seq = 0x01020304,
  .sent = G_GUINT64_CONSTANT (0x1112131415161718),
  .error = 0x8001,
  .received = G_GUINT64_CONSTANT (0x2122232425262728),
  .request = { 0x31323334, G_GUINT64_CONSTANT (0x4142434445464748), 0x0102 },
  .ttl = 64,
};

static GBytes *
make_key (void)
{
  return g_bytes_new_static ("0123456789abcdef", 16);
}

/* The octets of RFC 8762 figure 5, written by hand. */
static void
test_reply_octets (void)
{
  static const guint8 expected[PINGEM_STAMP_SIZE] = {
    0x01, 0x02, 0x03, 0x04, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x80, 0x01, 0,
    0,    0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x31, 0x32, 0x33, 0x34, 0x41, 0x42,
    0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x01, 0x02, 0,    0,    64,   0,    0,    0,
  };
  guint8 bytes[PINGEM_STAMP_AUTH_SIZE];

  g_assert_cmpuint (pingem_stamp_write_reply (&sample, NULL, bytes), ==, PINGEM_STAMP_SIZE);
  g_assert_cmpmem (bytes, PINGEM_STAMP_SIZE, expected, sizeof expected);
}

static void
check_reply (GBytes *key)
{
  guint8 bytes[PINGEM_STAMP_AUTH_SIZE];
  gsize n = pingem_stamp_write_reply (&sample, key, bytes);
  PingemStampReply reply = { 0 };

  g_assert_true (pingem_stamp_read_reply (bytes, n, key, &reply));
  g_assert_cmpuint (reply.seq, ==, sample.seq);
  g_assert_cmpuint (reply.sent, ==, sample.sent);
  g_assert_cmpuint (reply.error, ==, sample.error);
  g_assert_cmpuint (reply.received, ==, sample.received);
  g_assert_cmpuint (reply.request.seq, ==, sample.request.seq);
  g_assert_cmpuint (reply.request.sent, ==, sample.request.sent);
  g_assert_cmpuint (reply.request.error, ==, sample.request.error);
  g_assert_cmpuint (reply.ttl, ==, sample.ttl);

  for (gsize length = 0; length < n; length++)
    g_assert_false (pingem_stamp_read_reply (bytes, length, key, &reply));
}

static void
test_round_trip (void)
{
  g_autoptr (GBytes) key = make_key ();

  check_reply (NULL);
  check_reply (key);
}

/* Every bit but those that must be zero counts, and those too are signed. */
static void
test_forged_bits (void)
{
  g_autoptr (GBytes) key = make_key ();
  g_autoptr (GBytes) other = g_bytes_new_static ("0123456789abcdeg", 16);
  guint8 bytes[PINGEM_STAMP_AUTH_SIZE];
  PingemStampRequest request = sample.request;
  gsize n = pingem_stamp_write_request (&request, key, bytes);

  g_assert_cmpuint (n, ==, PINGEM_STAMP_AUTH_SIZE);
  g_assert_true (pingem_stamp_read_request (bytes, n, key, &request));
  g_assert_false (pingem_stamp_read_request (bytes, n, other, &request));
  for (gsize bit = 0; bit < n * 8; bit++)
    {
      bytes[bit / 8] ^= (guint8) (1 << bit % 8);
      g_assert_false (pingem_stamp_read_request (bytes, n, key, &request));
      bytes[bit / 8] ^= (guint8) (1 << bit % 8);
    }
}

static void
test_clock (void)
{
  /* 1970, 2036's turn of the era, and a clock that is years off. */
  g_assert_cmpuint (pingem_stamp_clock_from_unix (0) >> 32, ==, 2208988800u);
  g_assert_cmpuint (pingem_stamp_clock_from_unix (NS_PER_S / 2) & 0xffffffff, ==, 0x80000000u);
  g_assert_cmpint (
      pingem_stamp_clock_diff_ns (pingem_stamp_clock_from_unix (2085978497 * NS_PER_S),
                                  pingem_stamp_clock_from_unix (2085978495 * NS_PER_S)),
      ==, 2 * NS_PER_S);
  g_assert_cmpint (
      ABS (pingem_stamp_clock_diff_ns (pingem_stamp_clock_from_unix (NS_PER_S),
                                       pingem_stamp_clock_from_unix (2000000000 * NS_PER_S + 7)) +
           (2000000000 - 1) * NS_PER_S + 7),
      <=, 1);
  g_assert_cmpuint (pingem_stamp_clock_error_estimate () & 0xff, !=, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stamp-packet/reply-octets", test_reply_octets);
  g_test_add_func ("/stamp-packet/round-trip", test_round_trip);
  g_test_add_func ("/stamp-packet/forged-bits", test_forged_bits);
  g_test_add_func ("/stamp-packet/clock", test_clock);

  return g_test_run ();
}
