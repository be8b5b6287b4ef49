/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/match.h"

#include <assert.h>
#include <stdlib.h>

#include "engine/payload.h"
#include "fuzz/fuzz.h"

#define MS INT64_C (1000000)
#define IDENTIFIER 0xbeef
#define MAX_PROBES 256
#define MAX_SIZE 64
#define N_TARGETS 4

static const uint8_t key[PINGEM_SIPHASH_KEY_SIZE] = "0123456789abcdef";

/* What the target itself remembers of a probe that was sent; its count is its place. */
typedef struct {
  PingemTargetSpec spec;
  uint64_t number; /* in its payload */
  uint16_t wire_seq;
  uint8_t state;
  bool is_final;
} Probe;

typedef struct {
  PingemLedger ledger;
  int64_t now_ns;
  uint64_t n_probes;
  Probe probes[MAX_PROBES];
} World;

static PingemTargetSpec
take_spec (FuzzInput *input, uint32_t id)
{
  static const char *const addresses[N_TARGETS] = { "192.0.2.1", "192.0.2.1", "2001:db8::1",
                                                    "fe80::1%2" };
  PingemTargetSpec spec = { .id = id };

  assert (pingem_address_parse (addresses[id], &spec.address));
  spec.interval_ms = 1 + fuzz_take_byte (input) % 16;
  spec.timeout_ms = 1 + fuzz_take_byte (input);
  spec.hold_ms = fuzz_take_byte (input);
  spec.size = PINGEM_MIN_SIZE + fuzz_take_byte (input) % (MAX_SIZE - PINGEM_MIN_SIZE + 1);

  return spec;
}

/* Whether the ledger counts as many in flight as were sent and have not ended. */
static void
check_conservation (const World *world)
{
  uint32_t n_in_flight = 0, n_live = 0;

  for (uint64_t i = 0; i < world->n_probes; i++)
    {
      n_in_flight += world->probes[i].state == PINGEM_STATE_IN_FLIGHT;
      n_live += !world->probes[i].is_final;
      assert ((pingem_ledger_find (&world->ledger, world->probes[i].number) == NULL) ==
              world->probes[i].is_final);
    }
  assert (world->ledger.n_in_flight == n_in_flight);
  assert (world->ledger.slots.n_live == n_live);
}

static Probe *
probe_of (World *world, const PingemSlot *slot)
{
  return &world->probes[pingem_ledger_count_of (&world->ledger, slot)];
}

static void
send_due (World *world)
{
  uint64_t seq;
  uint32_t target;

  for (int i = 0; i < 16 && world->n_probes < MAX_PROBES; i++)
    {
      const PingemSlot *slot;
      uint64_t number;

      target = pingem_targets_take_due (&world->ledger.targets, world->now_ns, &seq);
      if (target == PINGEM_NONE)
        return;

      pingem_targets_end_turn (&world->ledger.targets, target, world->now_ns);
      assert (pingem_ledger_reserve (&world->ledger));
      number = pingem_ledger_next_number (&world->ledger);
      slot = pingem_ledger_send (&world->ledger, target, seq, world->now_ns, world->now_ns);
      assert (probe_of (world, slot) == &world->probes[world->n_probes]);
      world->probes[world->n_probes++] = (Probe){
        .spec =
            pingem_ledger_spec_of (&world->ledger, pingem_ledger_target_of (&world->ledger, slot)),
        .number = number,
        .wire_seq = slot->wire_seq,
        .state = PINGEM_STATE_IN_FLIGHT,
      };
    }
}

static void
expire (World *world)
{
  PingemSlot *slot;

  while ((slot = pingem_ledger_expire (&world->ledger, world->now_ns)) != NULL)
    {
      Probe *probe = probe_of (world, slot);

      assert (!probe->is_final && slot->state != PINGEM_STATE_IN_FLIGHT);
      assert (slot->state == probe->state ||
              (slot->state == PINGEM_STATE_LOST && probe->state == PINGEM_STATE_IN_FLIGHT));
      probe->state = slot->state;
      probe->is_final = slot->is_final;
      if (slot->is_final)
        pingem_ledger_drop (&world->ledger, slot);
    }
}

static bool
is_answered (uint8_t state)
{
  return state == PINGEM_STATE_REPLY || state == PINGEM_STATE_LATE;
}

/* A probe is answered once; whatever comes then is a duplicate. */
static void
take_answer (World *world, PingemSlot *slot, const PingemMessage *message, bool is_error)
{
  Probe *probe = probe_of (world, slot);
  PingemRecord before = pingem_ledger_record (&world->ledger, slot), after;
  PingemTime now = { world->now_ns, world->now_ns, world->now_ns };
  PingemAnswer answer = { .rtt_ns = -1 };
  bool is_corrected, is_changed;

  if (!is_error)
    answer.rtt_ns = pingem_match_rtt (slot, &now, message->stamp_ns, &is_corrected);
  assert (is_error || (answer.rtt_ns >= 0 && answer.rtt_ns <= world->now_ns - slot->sent_mono_ns));
  is_changed = is_error ? pingem_ledger_error (&world->ledger, slot, &answer)
                        : pingem_ledger_reply (&world->ledger, slot, &answer);
  after = pingem_ledger_record (&world->ledger, slot);

  assert (before.state == probe->state);
  if (!is_changed || is_answered (before.state))
    assert (after.state == before.state && after.rtt_ns == before.rtt_ns);
  else
    assert (is_error ? after.state == PINGEM_STATE_ERROR : is_answered (after.state));
  assert (after.duplicates == before.duplicates + (is_changed && is_answered (before.state)));
  probe->state = after.state;
}

/* The one right answer to @probe, or what a router quotes of it. */
static size_t
build (const World *world, const Probe *probe, bool is_error, uint8_t *bytes)
{
  bool is_ipv6 = probe->spec.address.family == AF_INET6;
  uint64_t cookie = pingem_payload_cookie (key, probe->spec.id, probe - world->probes);

  pingem_payload_write (bytes + PINGEM_ICMP_HEADER_SIZE, probe->spec.size, probe->number, cookie);
  pingem_packet_build_request (bytes, probe->spec.size, is_ipv6, IDENTIFIER, probe->wire_seq);
  if (!is_error)
    bytes[0] = is_ipv6 ? 129 : 0;

  return PINGEM_ICMP_HEADER_SIZE + probe->spec.size;
}

/* Flips bits; whether any of them is one that the engine has to look at: the kernel did the sum. */
static bool
forge (FuzzInput *input, uint8_t n_flips, uint8_t *bytes, size_t n_bytes)
{
  uint8_t before[PINGEM_ICMP_HEADER_SIZE + MAX_SIZE];

  memcpy (before, bytes, n_bytes);
  for (uint8_t i = 0; i < n_flips; i++)
    {
      size_t at = fuzz_take_byte (input) % n_bytes;

      bytes[at] ^= fuzz_take_byte (input);
    }

  return memcmp (before, bytes, 2) != 0 || memcmp (before + 4, bytes + 4, n_bytes - 4) != 0;
}

/* Only what nobody changed is believed, and of no other probe. */
static void
receive (World *world, FuzzInput *input)
{
  const Probe *probe = &world->probes[fuzz_take_byte (input) % world->n_probes];
  uint8_t how = fuzz_take_byte (input);
  bool is_error = how & 1, is_elsewhere = how & 2;
  bool is_ipv6 = probe->spec.address.family == AF_INET6;
  PingemSocket sock = { .family = probe->spec.address.family,
                        .framing = is_ipv6 ? PINGEM_FRAMING_ICMP6 : PINGEM_FRAMING_ICMP4,
                        .identifier = IDENTIFIER };
  uint8_t bytes[PINGEM_ICMP_HEADER_SIZE + MAX_SIZE];
  PingemMessage message = { .bytes = bytes, .address = probe->spec.address };
  PingemSlot *slot;
  bool is_forged;

  message.n_bytes = build (world, probe, is_error, bytes);
  is_forged = forge (input, how >> 2 & 3, bytes, message.n_bytes) || is_elsewhere;
  message.address.bytes[3] ^= is_elsewhere;
  fuzz_take (input, &message.stamp_ns, sizeof message.stamp_ns);
  message.stamp_ns &= INT64_MAX;
  if (how & 0x10)
    message.n_bytes = fuzz_take_byte (input) % (message.n_bytes + 1);

  slot = is_error ? pingem_match_error (&world->ledger, key, &sock, &message)
                  : pingem_match_reply (&world->ledger, key, &sock, &message);
  /* Of a short quote nothing proves whose it is. */
  assert (slot == NULL || is_error || (!is_forged && probe_of (world, slot) == probe));
  assert (slot != NULL || is_error || is_forged || how & 0x10 || probe->is_final);
  if (slot != NULL)
    take_answer (world, slot, &message, is_error);
}

static void
change_target (World *world, FuzzInput *input)
{
  uint8_t id = fuzz_take_byte (input) % N_TARGETS;
  uint8_t what = fuzz_take_byte (input) % 3;
  PingemTargetSpec spec = take_spec (input, id);

  if (what == 0)
    pingem_ledger_add_target (&world->ledger, &spec, world->now_ns);
  else if (what == 1)
    pingem_ledger_change_target (&world->ledger, &spec, world->now_ns);
  else
    pingem_ledger_remove_target (&world->ledger, id);
}

static void
pass_time (World *world, int64_t ns)
{
  world->now_ns += ns;
  expire (world);
  send_due (world);
  check_conservation (world);
}

/* Each step: time passes, a message comes, or a target changes. In the end each probe has ended. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  World *world = calloc (1, sizeof *world);

  pingem_ledger_init (&world->ledger, key);
  while (input.n_bytes > 0)
    {
      uint8_t step = fuzz_take_byte (&input);

      if (step % 4 == 0)
        change_target (world, &input);
      else if (step % 4 == 1)
        pass_time (world, fuzz_take_byte (&input) * MS);
      else if (world->n_probes > 0)
        receive (world, &input);
    }

  for (uint32_t id = 0; id < N_TARGETS; id++)
    pingem_ledger_remove_target (&world->ledger, id);
  pass_time (world, 1000000 * MS);
  assert (world->ledger.slots.n_live == 0);
  assert (world->ledger.answers.replies.n_live == 0 && world->ledger.answers.others.n_live == 0);
  pingem_ledger_clear (&world->ledger);
  free (world);

  return 0;
}
