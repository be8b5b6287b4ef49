/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib.h>
#include <string.h>

#include "engine/match.h"
#include "engine/payload.h"

#define MS G_GINT64_CONSTANT (1000000)
#define IDENTIFIER 0xbeef
#define SIZE 56
#define COUNT G_GUINT64_CONSTANT (0x50123456789a)

static const guint8 key[PINGEM_SIPHASH_KEY_SIZE] = "0123456789abcdef";

/* One probe in flight, and the reply to it. */
typedef struct {
  PingemLedger ledger;
  PingemSlot *slot;
  PingemSocket sock;
  PingemMessage message;
  guint64 number;
  guint8 bytes[PINGEM_ICMP_HEADER_SIZE + PINGEM_MAX_SIZE];
} Fixture;

static void
set_checksum (Fixture *f)
{
  guint16 sum;

  f->bytes[2] = f->bytes[3] = 0;
  sum = pingem_packet_checksum (f->bytes, f->message.n_bytes);
  f->bytes[2] = sum >> 8;
  f->bytes[3] = sum;
}

static void
make_message (Fixture *f, gboolean is_reply)
{
  gboolean is_ipv6 = f->sock.family == AF_INET6;

  pingem_payload_write (f->bytes + PINGEM_ICMP_HEADER_SIZE, SIZE, f->number,
                        pingem_payload_cookie (key, 7, COUNT));
  pingem_packet_build_request (f->bytes, SIZE, is_ipv6, IDENTIFIER, f->slot->wire_seq);
  if (is_reply)
    f->bytes[0] = is_ipv6 ? 129 : 0;
  f->message.bytes = f->bytes;
  f->message.n_bytes = PINGEM_ICMP_HEADER_SIZE + SIZE;
}

static void
set_up (Fixture *f, gconstpointer address)
{
  PingemTargetSpec spec = { .id = 7, .interval_ms = 1000, .timeout_ms = 1000, .size = SIZE };
  guint64 seq;
  guint32 target;

  g_assert_true (pingem_address_parse (address, &spec.address));
  pingem_ledger_init (&f->ledger, key);
  f->ledger.next_count = COUNT;
  g_assert_cmpint (pingem_ledger_add_target (&f->ledger, &spec, 0), ==, 0);
  target = pingem_targets_take_due (&f->ledger.targets, 0, &seq);
  g_assert_true (pingem_ledger_reserve (&f->ledger));
  f->number = pingem_ledger_next_number (&f->ledger);
  f->slot = pingem_ledger_send (&f->ledger, target, seq, 0, 0);

  f->sock = (PingemSocket){
    .family = spec.address.family,
    .framing = spec.address.family == AF_INET ? PINGEM_FRAMING_ICMP4 : PINGEM_FRAMING_ICMP6,
    .identifier = IDENTIFIER,
  };
  f->message = (PingemMessage){ .address = spec.address };
  make_message (f, TRUE);
}

static void
tear_down (Fixture *f, gconstpointer address)
{
  pingem_ledger_clear (&f->ledger);
}

static gboolean
matches (Fixture *f)
{
  PingemSlot *slot = pingem_match_reply (&f->ledger, key, &f->sock, &f->message);

  g_assert_true (slot == NULL || slot == f->slot);

  return slot != NULL;
}

static gboolean
error_matches (Fixture *f)
{
  return pingem_match_error (&f->ledger, key, &f->sock, &f->message) == f->slot;
}

/* The checksum field apart: here the kernel has verified it. */
static void
test_bit_flips (Fixture *f, gconstpointer address)
{
  g_assert_true (matches (f));

  for (guint bit = 0; bit < 8 * f->message.n_bytes; bit++)
    {
      if (bit / 16 == 1)
        continue;
      f->bytes[bit / 8] ^= 1 << bit % 8;
      g_assert_false (matches (f));
      f->bytes[bit / 8] ^= 1 << bit % 8;
    }

  g_assert_true (matches (f));
}

static void
test_raw_bit_flips (Fixture *f, gconstpointer address)
{
  guint8 packet[20 + PINGEM_ICMP_HEADER_SIZE + SIZE] = { 0x45, 0, 0, sizeof packet };

  f->sock.framing = PINGEM_FRAMING_IPV4;
  packet[9] = 1;
  set_checksum (f);
  memcpy (packet + 20, f->bytes, sizeof packet - 20);
  f->message.bytes = packet;
  f->message.n_bytes = sizeof packet;
  g_assert_true (matches (f));

  for (guint bit = 8 * 20; bit < 8 * sizeof packet; bit++)
    {
      packet[bit / 8] ^= 1 << bit % 8;
      g_assert_false (matches (f));
      packet[bit / 8] ^= 1 << bit % 8;
    }
}

/* Replies with all that can be seen from outside, and a payload that is guessed: "-m slow": ten
 * million. */
static void
test_random (Fixture *f, gconstpointer address)
{
  guint n = g_test_slow () ? 10000000 : 100000;
  guint8 *cookie = f->bytes + PINGEM_ICMP_HEADER_SIZE + 8;

  for (guint i = 0; i < n; i++)
    {
      guint32 words[2] = { g_test_rand_int (), g_test_rand_int () };

      memcpy (cookie, words, sizeof words);
      g_assert_false (matches (f));
    }

  for (guint i = 0; i < n; i++)
    {
      guint n_words = (f->message.n_bytes - 4) / 4;

      for (guint j = 0; j < n_words; j++)
        {
          guint32 word = g_test_rand_int ();

          memcpy (f->bytes + 4 + 4 * j, &word, sizeof word);
        }
      g_assert_false (matches (f));
    }
}

static void
test_length (Fixture *f, gconstpointer address)
{
  gsize n_bytes = f->message.n_bytes;

  for (gsize n = 0; n < n_bytes + 100; n++)
    {
      if (n > n_bytes)
        f->bytes[n - 1] = n - 1 - PINGEM_ICMP_HEADER_SIZE;
      f->message.n_bytes = n;
      g_assert_cmpint (matches (f), ==, n == n_bytes);
    }
}

static void
test_source (Fixture *f, gconstpointer address)
{
  PingemAddress right = f->message.address;

  for (guint i = 0; i < sizeof right.bytes; i++)
    {
      f->message.address.bytes[i] ^= 1;
      g_assert_false (matches (f));
      f->message.address = right;
    }

  f->message.address.family = right.family == AF_INET ? AF_INET6 : AF_INET;
  g_assert_false (matches (f));
  f->message.address = right;
  f->message.address.ifindex = 3;
  g_assert_cmpint (matches (f), ==, !g_str_has_prefix (address, "fe80"));
}

/* Another slot, an index far beyond all slots, an earlier and a later use of the same slot. */
static void
test_number (Fixture *f, gconstpointer address)
{
  static const guint64 flips[] = { 1, 0xffffff, G_GUINT64_CONSTANT (1) << 24,
                                   G_GUINT64_CONSTANT (1) << 56, G_GUINT64_CONSTANT (1) << 63 };

  for (guint i = 0; i < G_N_ELEMENTS (flips); i++)
    {
      pingem_payload_write (f->bytes + PINGEM_ICMP_HEADER_SIZE, SIZE, f->number ^ flips[i],
                            pingem_payload_cookie (key, 7, COUNT));
      g_assert_false (matches (f));
    }
}

/* The number comes again after 2^40 probes, the cookie never. */
static void
test_cookie (Fixture *f, gconstpointer address)
{
  static const struct {
    guint32 target;
    guint64 count;
  } rows[] = { { 8, COUNT },
               { 7, COUNT - 1 },
               { 7, COUNT - (G_GUINT64_CONSTANT (1) << 40) },
               { 7, COUNT + (G_GUINT64_CONSTANT (1) << 40) } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      pingem_payload_write (f->bytes + PINGEM_ICMP_HEADER_SIZE, SIZE, f->number,
                            pingem_payload_cookie (key, rows[i].target, rows[i].count));
      g_assert_false (matches (f));
    }

  pingem_payload_write (f->bytes + PINGEM_ICMP_HEADER_SIZE, SIZE, f->number,
                        pingem_payload_cookie (f->bytes, 7, COUNT));
  g_assert_false (matches (f));
}

static void
test_error (Fixture *f, gconstpointer address)
{
  PingemAddress right = f->message.address;
  gsize n_bytes = f->message.n_bytes;

  make_message (f, FALSE);
  for (gsize n = 0; n <= n_bytes; n++)
    {
      f->message.n_bytes = n;
      g_assert_cmpint (error_matches (f), ==, n >= 8);
    }

  f->message.address.bytes[3] ^= 1;
  g_assert_false (error_matches (f));
  f->message.address = right;

  /* Identifier and sequence, in eight bytes. */
  for (guint at = 4; at < 8; at++)
    {
      f->message.n_bytes = 8;
      f->bytes[at] ^= 1;
      g_assert_false (error_matches (f));
      f->bytes[at] ^= 1;
    }
  g_assert_true (error_matches (f));

  /* The cookie where it is quoted in full; a reply is no quote. */
  f->bytes[20] ^= 1;
  f->message.n_bytes = 24;
  g_assert_false (error_matches (f));
  f->message.n_bytes = 23;
  g_assert_true (error_matches (f));
  make_message (f, TRUE);
  g_assert_false (error_matches (f));
}

/* As the answer of a hop that comes late: only the number in a long quote finds it. */
static void
test_error_after_the_flight (Fixture *f, gconstpointer address)
{
  pingem_ledger_reply (&f->ledger, f->slot, &(PingemAnswer){ .rtt_ns = 1 });
  make_message (f, FALSE);
  g_assert_true (error_matches (f));

  f->message.n_bytes = PINGEM_ICMP_HEADER_SIZE + PINGEM_PAYLOAD_HEAD_SIZE - 1;
  g_assert_false (error_matches (f));

  /* Identifier, sequence, number and cookie. */
  f->message.n_bytes = PINGEM_ICMP_HEADER_SIZE + PINGEM_PAYLOAD_HEAD_SIZE;
  g_assert_true (error_matches (f));
  for (guint at = 4; at < f->message.n_bytes; at++)
    {
      f->bytes[at] ^= 1;
      g_assert_false (error_matches (f));
      f->bytes[at] ^= 1;
    }

  f->message.address.bytes[3] ^= 1;
  g_assert_false (error_matches (f));
}

static void
test_is_error (void)
{
  static const struct {
    sa_family_t family;
    guint8 type;
    gboolean is_error;
  } rows[] = {
    { AF_INET, 3, TRUE },  { AF_INET, 11, TRUE },    { AF_INET, 12, TRUE }, { AF_INET, 4, FALSE },
    { AF_INET, 5, FALSE }, { AF_INET6, 1, TRUE },    { AF_INET6, 2, TRUE }, { AF_INET6, 3, TRUE },
    { AF_INET6, 4, TRUE }, { AF_INET6, 137, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemSocket sock = { .family = rows[i].family };
      PingemMessage error = { .icmp_type = rows[i].type };

      g_assert_cmpint (pingem_match_is_error (&sock, &error), ==, rows[i].is_error);
    }
}

static void
test_is_hop (void)
{
  static const struct {
    sa_family_t family;
    guint8 type;
    guint8 code;
    gboolean is_hop;
  } rows[] = {
    { AF_INET, 11, 0, TRUE },   { AF_INET, 11, 1, FALSE }, { AF_INET, 3, 0, FALSE },
    { AF_INET6, 3, 0, TRUE },   { AF_INET6, 3, 1, FALSE }, { AF_INET6, 1, 0, FALSE },
    { AF_INET6, 11, 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemSocket sock = { .family = rows[i].family };
      PingemMessage error = { .icmp_type = rows[i].type, .icmp_code = rows[i].code };

      g_assert_cmpint (pingem_match_is_hop (&sock, &error), ==, rows[i].is_hop);
    }
}

/* Sent at monotonic 1000 ms and 9000 ms of the wall clock. */
static void
test_rtt (void)
{
  static const struct {
    gint64 mono_ms;
    gint64 real_ms;
    gint64 stamp_ms; /* 0: none */
    gint64 rtt_ms;
    gboolean is_corrected;
  } rows[] = {
    { 1030, 9030, 9020, 20, TRUE },    /* read 10 ms after it came */
    { 1030, 9030, 9030, 30, TRUE },    /* at once */
    { 31000, 39000, 9020, 20, TRUE },  /* it lay in the socket for long */
    { 1030, 9031, 9020, 20, TRUE },    /* the clocks were not read at once: the send's counts */
    { 1030, 9030, 9000, 0, TRUE },     /* an answer within the clock's grain */
    { 1030, 9030, 0, 30, FALSE },      /* no stamp */
    { 1030, 9030, 9040, 30, FALSE },   /* a stamp from the future */
    { 1030, 9030, 8990, 30, FALSE },   /* a stamp from before the send */
    { 1900, 10400, 9600, 900, FALSE }, /* forward 500 ms, before it came or after it */
    { 1900, 4900, 9020, 20, TRUE },    /* back 5 s after it came */
    { 1900, 4900, 4800, 800, TRUE },   /* back 5 s before it came */
    { 1900, 99900, 9020, 20, TRUE },   /* forward 90 s after it came */
    { 1900, 99900, 99800, 800, TRUE }, /* forward 90 s before it came */
    { 990, 9000, 9000, 0, TRUE },      /* a broken clock: never negative */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PingemSlot slot = { .sent_mono_ns = 1000 * MS, .sent_real_ns = 9000 * MS };
      PingemTime now = { .mono_ns = rows[i].mono_ms * MS, .real_ns = rows[i].real_ms * MS };
      bool is_corrected;
      gint64 rtt_ns = pingem_match_rtt (&slot, &now, rows[i].stamp_ms * MS, &is_corrected);

      g_test_message ("row %u", i);
      g_assert_cmpint (is_corrected, ==, rows[i].is_corrected);
      g_assert_cmpint (rtt_ns, ==, rows[i].rtt_ms * MS);
    }
}

static void
add (const char *name, void (*test) (Fixture *f, gconstpointer address))
{
  static const char *addresses[] = { "192.0.2.1", "2001:db8::1", "fe80::1%1" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/match/%s/%s", name, addresses[i]);

      g_test_add (path, Fixture, addresses[i], set_up, test, tear_down);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("R16 bit-flips", test_bit_flips);
  add ("R14 R16 random", test_random);
  g_test_add ("/engine/match/R16 raw-bit-flips", Fixture, "192.0.2.1", set_up, test_raw_bit_flips,
              tear_down);
  add ("R14 R16 length", test_length);
  add ("R16 source", test_source);
  add ("number", test_number);
  add ("R14 cookie", test_cookie);
  add ("error", test_error);
  add ("error-after-the-flight", test_error_after_the_flight);
  g_test_add_func ("/engine/match/is-hop", test_is_hop);
  g_test_add_func ("/engine/match/is-error", test_is_error);
  g_test_add_func ("/engine/match/R15 rtt", test_rtt);

  return g_test_run ();
}
