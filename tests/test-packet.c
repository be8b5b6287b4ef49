/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib.h>
#include <string.h>

#include "engine/packet.h"
#include "engine/payload.h"

#define IDENTIFIER 0xbeef
#define WIRE_SEQ 0x0102

static const guint8 key[PINGEM_SIPHASH_KEY_SIZE] = "0123456789abcdef";

/* The ICMP part of a reply with a payload of @n_payload bytes. */
static gsize
make_icmp (guint8 *icmp, gsize n_payload, gboolean is_ipv6)
{
  for (gsize i = 0; i < n_payload; i++)
    icmp[PINGEM_ICMP_HEADER_SIZE + i] = i * 7;
  pingem_packet_build_request (icmp, n_payload, is_ipv6, IDENTIFIER, WIRE_SEQ);

  /* From request to reply: type 8 to 0 adds 0x0800 to the checksum. */
  icmp[0] = is_ipv6 ? 129 : 0;
  if (!is_ipv6)
    {
      guint16 sum;

      icmp[2] = icmp[3] = 0;
      sum = pingem_packet_checksum (icmp, PINGEM_ICMP_HEADER_SIZE + n_payload);
      icmp[2] = sum >> 8;
      icmp[3] = sum;
    }

  return PINGEM_ICMP_HEADER_SIZE + n_payload;
}

/* With an IP header of @n_header bytes in front. */
static gsize
make_ipv4 (guint8 *packet, gsize n_header, gsize n_payload)
{
  gsize n = n_header + make_icmp (packet + n_header, n_payload, FALSE);

  memset (packet, 1, n_header);
  packet[0] = 0x40 | n_header / 4;
  packet[2] = n >> 8;
  packet[3] = n;
  packet[6] = 0x40; /* don't fragment */
  packet[7] = 0;
  packet[9] = 1;

  return n;
}

static gboolean
parses (const guint8 *packet, gsize n, PingemFraming framing)
{
  PingemEcho echo;
  /* So that a sanitizer sees a read past the end. */
  g_autofree guint8 *copy = g_memdup2 (packet, n);

  return pingem_packet_parse_reply (copy, n, framing, &echo);
}

static void
test_checksum (void)
{
  /* The example of RFC 1071 section 3: the sum is ddf2. */
  static const guint8 bytes[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
  static const guint8 odd[] = { 0x00, 0x01, 0xf2 };
  static guint8 large[65535];

  memset (large, 0xff, sizeof large);
  g_assert_cmphex (pingem_packet_checksum (bytes, sizeof bytes), ==, 0xffff ^ 0xddf2);
  g_assert_cmphex (pingem_packet_checksum (odd, sizeof odd), ==, 0xffff ^ 0xf201);
  g_assert_cmphex (pingem_packet_checksum (large, 65534), ==, 0);
  g_assert_cmphex (pingem_packet_checksum (NULL, 0), ==, 0xffff);
}

static void
test_request (void)
{
  static guint8 packet[PINGEM_ICMP_HEADER_SIZE + 65507];
  PingemEcho echo;

  pingem_packet_build_request (packet, 65507, FALSE, IDENTIFIER, WIRE_SEQ);
  g_assert_cmpmem (packet, 2, "\x08\x00", 2);
  g_assert_cmpmem (packet + 4, 4, "\xbe\xef\x01\x02", 4);
  g_assert_cmphex (pingem_packet_checksum (packet, sizeof packet), ==, 0);
  g_assert_true (pingem_packet_parse_quote (packet, sizeof packet, FALSE, &echo));
  g_assert_cmpuint (echo.n_payload, ==, 65507);

  pingem_packet_build_request (packet, 16, TRUE, IDENTIFIER, WIRE_SEQ);
  g_assert_cmpmem (packet, 4, "\x80\x00\x00\x00", 4);
}

static void
test_reply (void)
{
  static const gsize headers[] = { 20, 24, 60 };
  guint8 packet[256];
  PingemEcho echo;

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      gsize n = make_ipv4 (packet, headers[i], 56);

      g_assert_true (pingem_packet_parse_reply (packet, n, PINGEM_FRAMING_IPV4, &echo));
      g_assert_cmphex (echo.identifier, ==, IDENTIFIER);
      g_assert_cmphex (echo.wire_seq, ==, WIRE_SEQ);
      g_assert_cmpuint (echo.n_payload, ==, 56);
      g_assert_true (echo.payload == packet + headers[i] + PINGEM_ICMP_HEADER_SIZE);
    }

  g_assert_true (parses (packet, make_icmp (packet, 56, FALSE), PINGEM_FRAMING_ICMP4));
  g_assert_false (parses (packet, make_icmp (packet, 56, FALSE), PINGEM_FRAMING_ICMP6));
  g_assert_true (parses (packet, make_icmp (packet, 56, TRUE), PINGEM_FRAMING_ICMP6));
  g_assert_false (parses (packet, make_icmp (packet, 56, TRUE), PINGEM_FRAMING_ICMP4));
}

/* Cut anywhere, no byte past the end is read, and no raw IPv4 packet passes. */
static void
test_truncated (void)
{
  guint8 packet[256];
  gsize n = make_ipv4 (packet, 24, 56);

  for (gsize cut = 0; cut < n; cut++)
    {
      PingemEcho echo;
      g_autofree guint8 *icmp = g_memdup2 (packet + 24, cut);

      g_assert_false (parses (packet, cut, PINGEM_FRAMING_IPV4));
      g_assert_cmpint (parses (packet + 24, MIN (cut, n - 24), PINGEM_FRAMING_ICMP4), ==, cut >= 8);
      if (cut <= n - 24)
        g_assert_false (pingem_packet_parse_quote (icmp, cut, FALSE, &echo));
    }
}

static void
test_bad_headers (void)
{
  static const struct {
    gsize at;
    guint8 value;
  } rows[] = {
    { 0, 0x65 }, /* version 6 */
    { 0, 0x44 }, /* header of 16 bytes */
    { 0, 0x40 }, /* of none */
    { 0, 0x4f }, /* of 60 bytes: the checksum is then wrong */
    { 3, 83 },   /* total length one less */
    { 3, 85 },   /* one more */
    { 6, 0x20 }, /* more fragments */
    { 7, 0x01 }, /* a later fragment */
    { 9, 17 },   /* UDP */
    { 20, 8 },   /* echo request */
    { 20, 3 },   /* unreachable */
    { 21, 1 },   /* code 1 */
    { 22, 0 },   /* checksum */
  };
  guint8 packet[256];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize n = make_ipv4 (packet, 20, 56);

      g_assert_cmpuint (n, ==, 84);
      g_assert_true (parses (packet, n, PINGEM_FRAMING_IPV4));
      g_assert_cmphex (packet[rows[i].at], !=, rows[i].value);
      packet[rows[i].at] = rows[i].value;
      g_assert_false (parses (packet, n, PINGEM_FRAMING_IPV4));
    }

  /* All is right but for a header that is too short to be one. */
  g_assert_false (parses (packet, make_ipv4 (packet, 16, 56), PINGEM_FRAMING_IPV4));

  memset (packet, 0x4f, 20);
  packet[2] = 0;
  packet[3] = 20;
  g_assert_false (parses (packet, 20, PINGEM_FRAMING_IPV4));
}

static void
test_quote (void)
{
  guint8 packet[PINGEM_ICMP_HEADER_SIZE + 56] = { 0 };
  PingemEcho echo;

  pingem_packet_build_request (packet, 56, FALSE, IDENTIFIER, WIRE_SEQ);
  g_assert_true (pingem_packet_parse_quote (packet, 8, FALSE, &echo));
  g_assert_cmphex (echo.identifier, ==, IDENTIFIER);
  g_assert_cmphex (echo.wire_seq, ==, WIRE_SEQ);
  g_assert_cmpuint (echo.n_payload, ==, 0);

  g_assert_false (pingem_packet_parse_quote (packet, 7, FALSE, &echo));
  g_assert_false (pingem_packet_parse_quote (packet, 8, TRUE, &echo));
  packet[0] = 0;
  g_assert_false (pingem_packet_parse_quote (packet, 8, FALSE, &echo));
}

/* Each bit of it counts: number, cookie and pattern. */
static void
test_payload (void)
{
  const guint64 number = G_GUINT64_CONSTANT (0x0102030405060708);
  guint64 cookie = pingem_payload_cookie (key, 7, number);
  guint8 payload[56];

  g_assert_cmphex (cookie, !=, pingem_payload_cookie (key, 8, number));
  g_assert_cmphex (cookie, !=, pingem_payload_cookie (key, 7, number + 1));
  g_assert_cmphex (cookie, !=,
                   pingem_payload_cookie ((const guint8 *) "another key, too", 7, number));

  pingem_payload_write (payload, sizeof payload, number, cookie);
  g_assert_cmpmem (payload, 8, "\1\2\3\4\5\6\7\10", 8);
  g_assert_cmphex (pingem_payload_number (payload), ==, number);
  g_assert_true (pingem_payload_check (payload, sizeof payload, number, cookie));

  for (guint bit = 0; bit < 8 * sizeof payload; bit++)
    {
      payload[bit / 8] ^= 1 << bit % 8;
      g_assert_false (pingem_payload_check (payload, sizeof payload, number, cookie));
      payload[bit / 8] ^= 1 << bit % 8;
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/packet/checksum", test_checksum);
  g_test_add_func ("/engine/packet/request", test_request);
  g_test_add_func ("/engine/packet/reply", test_reply);
  g_test_add_func ("/engine/packet/truncated", test_truncated);
  g_test_add_func ("/engine/packet/bad-headers", test_bad_headers);
  g_test_add_func ("/engine/packet/quote", test_quote);
  g_test_add_func ("/engine/packet/payload", test_payload);

  return g_test_run ();
}
