/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/inbox.h"
#include "engine/ledger.h"
#include "engine/retry.h"
#include "engine/schedule.h"
#include "engine/stamp.h"
#include "engine/wire.h"

struct PingemEngine {
  PingemClock clock;
  void *clock_data;
  PingemRecordFunc func;
  void *func_data;
  PingemLedger ledger;
  PingemWire wire;
  PingemStamps stamps[PINGEM_WIRE_N_SOCKETS];
  PingemRetries retries;
  PingemTime now; /* the newest reading */
  bool is_behind; /* a bound was met: there is more to read */
  bool is_batch;
  bool is_ticking;          /* replies come so thick that they are read once a millisecond */
  int n_replies;            /* read in this run, of use or not */
  int n_errors;             /* ICMP errors in what was read last */
  int64_t flooded_until_ns; /* CLOCK_BOOTTIME: more came lately than were to come */
  uint64_t n_overflows;
  bool has_stamps; /* the kernel stamps receipts: it begins to a moment after the first socket asked
                    */
  int n_last_sent; /* in the last run that sent */
  PingemInbox inbox;
};

PingemTime pingem_engine_read_clock (PingemEngine *engine);
/* Tells what is known of @slot, unless its target was removed. */
void pingem_engine_tell (PingemEngine *engine, const PingemSlot *slot);

/* Takes what came on both sockets. @to_end: makes sure that nothing is left that is here now */
void pingem_engine_read (PingemEngine *engine, bool to_end);
/* Returns how many ICMP errors were there. @sock: one of the engine's */
int pingem_engine_read_errors (PingemEngine *engine, const PingemSocket *sock);
/* Sends what is due, and tries again what found the device's queue full. */
void pingem_engine_send_due (PingemEngine *engine, const PingemTime *now);
