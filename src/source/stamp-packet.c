/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "source/stamp-packet.h"

#include <errno.h>
#include <string.h>
#include <glib/gstdio.h>

#include "ipc/error.h"

#define HMAC_SIZE 16
#define SHA256_SIZE 32

/* Where a field begins: unauthenticated, authenticated. RFC 8762 figures 2, 4, 5 and 7. */
enum {
  SEQ,
  SENT,
  ERROR,
  RECEIVED,
  REQUEST_SEQ,
  REQUEST_SENT,
  REQUEST_ERROR,
  REQUEST_TTL,
  N_FIELDS
};

static const guint8 offsets[2][N_FIELDS] = {
  { 0, 4, 12, 16, 24, 28, 36, 40 },
  { 0, 16, 24, 32, 48, 64, 72, 80 },
};

static gsize
size_of (GBytes *key)
{
  return key != NULL ? PINGEM_STAMP_AUTH_SIZE : PINGEM_STAMP_SIZE;
}

static void
put (guint8 *bytes, GBytes *key, guint field, guint64 value, guint n_bytes)
{
  guint8 *at = bytes + offsets[key != NULL][field];

  for (guint i = 0; i < n_bytes; i++)
    at[i] = (guint8) (value >> 8 * (n_bytes - 1 - i));
}

static guint64
get (const guint8 *bytes, GBytes *key, guint field, guint n_bytes)
{
  const guint8 *at = bytes + offsets[key != NULL][field];
  guint64 value = 0;

  for (guint i = 0; i < n_bytes; i++)
    value = value << 8 | at[i];

  return value;
}

/* Over all that is before it, section 4.4. */
static void
compute_hmac (const guint8 *bytes, GBytes *key, guint8 ret_hmac[static SHA256_SIZE])
{
  gsize length, n = SHA256_SIZE;
  const guint8 *data = g_bytes_get_data (key, &length);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, data, length);

  g_hmac_update (hmac, bytes, PINGEM_STAMP_AUTH_SIZE - HMAC_SIZE);
  g_hmac_get_digest (hmac, ret_hmac, &n);
}

static gsize
sign (guint8 *bytes, GBytes *key)
{
  guint8 hmac[SHA256_SIZE];

  if (key != NULL)
    {
      compute_hmac (bytes, key, hmac);
      memcpy (bytes + PINGEM_STAMP_AUTH_SIZE - HMAC_SIZE, hmac, HMAC_SIZE);
    }

  return size_of (key);
}

/* In a time that does not tell where it differs. */
static gboolean
is_authentic (const guint8 *bytes, gsize n_bytes, GBytes *key)
{
  guint8 hmac[SHA256_SIZE];
  guint8 difference = 0;

  if (n_bytes < size_of (key))
    return FALSE;
  if (key == NULL)
    return TRUE;

  compute_hmac (bytes, key, hmac);
  for (guint i = 0; i < HMAC_SIZE; i++)
    difference |= hmac[i] ^ bytes[PINGEM_STAMP_AUTH_SIZE - HMAC_SIZE + i];

  return difference == 0;
}

/* What both begin with. */
static void
begin (guint8 *ret_bytes, GBytes *key, guint32 seq, guint64 sent, guint16 error)
{
  memset (ret_bytes, 0, PINGEM_STAMP_AUTH_SIZE);
  put (ret_bytes, key, SEQ, seq, 4);
  put (ret_bytes, key, SENT, sent, 8);
  put (ret_bytes, key, ERROR, error, 2);
}

gsize
pingem_stamp_write_request (const PingemStampRequest *request, GBytes *key, guint8 *ret_bytes)
{
  begin (ret_bytes, key, request->seq, request->sent, request->error);

  return sign (ret_bytes, key);
}

gsize
pingem_stamp_write_reply (const PingemStampReply *reply, GBytes *key, guint8 *ret_bytes)
{
  begin (ret_bytes, key, reply->seq, reply->sent, reply->error);
  put (ret_bytes, key, RECEIVED, reply->received, 8);
  put (ret_bytes, key, REQUEST_SEQ, reply->request.seq, 4);
  put (ret_bytes, key, REQUEST_SENT, reply->request.sent, 8);
  put (ret_bytes, key, REQUEST_ERROR, reply->request.error, 2);
  put (ret_bytes, key, REQUEST_TTL, reply->ttl, 1);

  return sign (ret_bytes, key);
}

gboolean
pingem_stamp_read_request (const guint8 *bytes,
                           gsize n_bytes,
                           GBytes *key,
                           PingemStampRequest *ret_request)
{
  if (!is_authentic (bytes, n_bytes, key))
    return FALSE;

  ret_request->seq = (guint32) get (bytes, key, SEQ, 4);
  ret_request->sent = get (bytes, key, SENT, 8);
  ret_request->error = (guint16) get (bytes, key, ERROR, 2);

  return TRUE;
}

gboolean
pingem_stamp_read_reply (const guint8 *bytes,
                         gsize n_bytes,
                         GBytes *key,
                         PingemStampReply *ret_reply)
{
  if (!is_authentic (bytes, n_bytes, key))
    return FALSE;

  ret_reply->seq = (guint32) get (bytes, key, SEQ, 4);
  ret_reply->sent = get (bytes, key, SENT, 8);
  ret_reply->error = (guint16) get (bytes, key, ERROR, 2);
  ret_reply->received = get (bytes, key, RECEIVED, 8);
  ret_reply->request.seq = (guint32) get (bytes, key, REQUEST_SEQ, 4);
  ret_reply->request.sent = get (bytes, key, REQUEST_SENT, 8);
  ret_reply->request.error = (guint16) get (bytes, key, REQUEST_ERROR, 2);
  ret_reply->ttl = (guint8) get (bytes, key, REQUEST_TTL, 1);

  return TRUE;
}

GBytes *
pingem_stamp_read_key (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) problem = NULL;
  GStatBuf info;
  gsize length;

  if (!g_file_get_contents (path, &text, NULL, &problem))
    {
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED, "The key cannot be read: %s",
                   problem->message);
      return NULL;
    }

  length = strlen (g_strstrip (text));
  if (g_stat (path, &info) != 0 || (info.st_mode & 077) != 0)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                 "The key %s may be read by others: run chmod 600 %s", path, path);
  else if (length < PINGEM_STAMP_MIN_KEY || length > PINGEM_STAMP_MAX_KEY)
    g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                 "The key in %s must be %d to %d bytes long, not %" G_GSIZE_FORMAT, path,
                 PINGEM_STAMP_MIN_KEY, PINGEM_STAMP_MAX_KEY, length);
  else
    return g_bytes_new (text, length);

  return NULL;
}
