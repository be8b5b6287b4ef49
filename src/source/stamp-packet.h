/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* STAMP's test packets, RFC 8762 section 4: nothing but reading and writing. */

#define PINGEM_STAMP_SIZE 44       /* unauthenticated */
#define PINGEM_STAMP_AUTH_SIZE 112 /* authenticated by HMAC-SHA-256, cut to 16 bytes */

/* What the session-sender sends. Times: stamp-clock.h */
typedef struct {
  guint32 seq;
  guint64 sent;
  guint16 error; /* estimate of its clock's error */
} PingemStampRequest;

/* What the session-reflector sends back. */
typedef struct {
  guint32 seq; /* a stateful one's own */
  guint64 sent;
  guint16 error;
  guint64 received;
  PingemStampRequest request; /* as it came */
  guint8 ttl;                 /* ... with which TTL */
} PingemStampReply;

/*
 * @key: (nullable): %NULL: unauthenticated
 * @ret_bytes: (out): of PINGEM_STAMP_AUTH_SIZE
 *
 * Returns: how many were written, PINGEM_STAMP_SIZE or PINGEM_STAMP_AUTH_SIZE
 */
gsize
pingem_stamp_write_request (const PingemStampRequest *request, GBytes *key, guint8 *ret_bytes);
gsize pingem_stamp_write_reply (const PingemStampReply *reply, GBytes *key, guint8 *ret_bytes);

/*
 * FALSE where it is too short, or its HMAC does not hold; what is behind the base packet, as the
 * TLVs of RFC 8972, is ignored.
 */
gboolean pingem_stamp_read_request (const guint8 *bytes,
                                    gsize n_bytes,
                                    GBytes *key,
                                    PingemStampRequest *ret_request);
gboolean pingem_stamp_read_reply (const guint8 *bytes,
                                  gsize n_bytes,
                                  GBytes *key,
                                  PingemStampReply *ret_reply);

#define PINGEM_STAMP_MIN_KEY 16
#define PINGEM_STAMP_MAX_KEY 1024

/*
 * The key in a file, white space around it left out. (transfer full): NULL with @error, a sentence:
 * it cannot be read, others may read it, or it is not 16 to 1024 bytes long.
 */
GBytes *pingem_stamp_read_key (const char *path, GError **error);

G_END_DECLS
