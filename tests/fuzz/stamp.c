/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "fuzz/fuzz.h"
#include "source/stamp-clock.h"
#include "source/stamp-packet.h"

/* What is read is written with the same fields; nobody guesses an HMAC. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) key = g_bytes_new_static ("0123456789abcdef", 16);
  guint8 bytes[PINGEM_STAMP_AUTH_SIZE];
  PingemStampRequest request, request_again;
  PingemStampReply reply, reply_again;
  gsize n;

  g_assert_cmpint (pingem_stamp_read_request (data, size, NULL, &request), ==,
                   size >= PINGEM_STAMP_SIZE);
  g_assert_false (pingem_stamp_read_request (data, size, key, &request) &&
                  size < PINGEM_STAMP_AUTH_SIZE);
  if (!pingem_stamp_read_reply (data, size, NULL, &reply))
    return 0;

  pingem_stamp_read_request (data, size, NULL, &request);
  n = pingem_stamp_write_request (&request, key, bytes);
  g_assert_true (pingem_stamp_read_request (bytes, n, key, &request_again));
  g_assert_cmpuint (request.seq, ==, request_again.seq);
  g_assert_cmpuint (request.sent, ==, request_again.sent);

  n = pingem_stamp_write_reply (&reply, key, bytes);
  g_assert_true (pingem_stamp_read_reply (bytes, n, key, &reply_again));
  g_assert_cmpuint (reply.seq, ==, reply_again.seq);
  g_assert_cmpuint (reply.received, ==, reply_again.received);
  g_assert_cmpuint (reply.request.sent, ==, reply_again.request.sent);
  g_assert_cmpuint (reply.ttl, ==, reply_again.ttl);

  /* Whatever two clocks say. */
  pingem_stamp_clock_diff_ns (reply.received, reply.request.sent);

  return 0;
}
