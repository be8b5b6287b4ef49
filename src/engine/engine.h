/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/record.h"

/*
 * Sends ICMP echo requests on a fixed grid per target, and tells what became
 * of every due slot. Owns no thread, timer or loop: poll pingem_engine_fd()
 * for reading and call pingem_engine_run() then and at
 * pingem_engine_deadline(). Not thread-safe.
 *
 * A target takes about 60 bytes with its IPv4 host (12 more for IPv6), a probe in flight or held
 * 40, and 16 once it is answered, or 40 where the answer has a sender of its own: about 105 bytes
 * for each of many targets with one probe in flight. At most 16 million of each: a slot beyond is
 * UNSENT with ENOMEM, a target beyond is refused with -ENOMEM.
 */
typedef struct PingemEngine PingemEngine;

typedef enum {
  PINGEM_SOCKET_RAW,      /* needs CAP_NET_RAW */
  PINGEM_SOCKET_DATAGRAM, /* needs net.ipv4.ping_group_range */
} PingemSocketKind;

/* One reading of the three clocks, in nanoseconds. */
typedef struct {
  int64_t mono_ns; /* CLOCK_MONOTONIC: RTTs */
  int64_t boot_ns; /* CLOCK_BOOTTIME: due times */
  int64_t real_ns; /* CLOCK_REALTIME: noted beside */
} PingemTime;

/* Called for each reading; the engine has no clock of its own. */
typedef PingemTime (*PingemClock) (void *data);

/* The kernel's clocks; @data is ignored. */
PingemTime pingem_clock_kernel (void *data);

/* Called from pingem_engine_run() and pingem_engine_add(); must not add or remove targets. */
typedef void (*PingemRecordFunc) (const PingemRecord *record, void *data);

enum {
  PINGEM_TARGET_HOP = 1 << 0,     /* answered by time exceeded; needs ttl */
  PINGEM_TARGET_WHOLE = 1 << 1,   /* "don't fragment": what is too big is an error or UNSENT */
  PINGEM_TARGET_ALIGNED = 1 << 2, /* the grid starts at a whole interval of CLOCK_BOOTTIME */
};

/* What to probe, and how. */
typedef struct {
  uint32_t id; /* the caller's, unique in this engine */
  PingemAddress address;
  PingemAddress source; /* an own address to send from; none: as the routes say */
  uint32_t ifindex;     /* the interface to leave by; 0: as the routes say */
  uint32_t count;       /* 0: endless */
  uint32_t interval_ms; /* 0: as fast as the limits allow, and each slot is due when it is sent */
  uint32_t timeout_ms;  /* >= 1 */
  uint32_t hold_ms;     /* after the timeout, for late replies and duplicates */
  uint32_t size;        /* ICMP payload in bytes, 16 to 65507 */
  uint32_t ttl;         /* 0: the system's default, else 1 to 255 */
  uint32_t dscp;        /* 0 to 63 */
  uint32_t port;        /* of checks by UDP and TCP; the engine ignores it */
  uint32_t flags;       /* PINGEM_TARGET_* */
} PingemTargetSpec;

#define PINGEM_DEFAULT_INTERVAL_MS 1000
#define PINGEM_DEFAULT_TIMEOUT_MS 2000
#define PINGEM_DEFAULT_HOLD_MS 60000
#define PINGEM_DEFAULT_SIZE 56
#define PINGEM_MIN_SIZE 16
#define PINGEM_MAX_SIZE 65507

/*
 * 0 with *@ret_engine to be freed, or -errno: -EACCES or -EPERM where this kind
 * of socket is not allowed. An address family that the kernel lacks is left
 * out: its slots end as UNSENT with EAFNOSUPPORT.
 */
int pingem_engine_new (PingemSocketKind kind,
                       PingemClock clock,
                       void *clock_data,
                       PingemRecordFunc func,
                       void *func_data,
                       PingemEngine **ret_engine);

/* Raw sockets that are open: IPv4, IPv6. */
typedef struct {
  int fds[2];          /* (owned); -1: the kernel lacks this family */
  uint16_t identifier; /* the only one that their filters let through */
} PingemRawSockets;

/*
 * Opens them with their filters locked: only echo replies to a random identifier come out of them.
 * 0 or -errno: as pingem_engine_new(); then none is open.
 */
int pingem_raw_sockets_open (PingemRawSockets *ret_sockets);
void pingem_raw_sockets_close (PingemRawSockets *sockets);
/* As pingem_engine_new(), with such that pingem_raw_sockets_open() made here or elsewhere.
 * @sockets: what the engine has taken is -1 then */
int pingem_engine_new_on (PingemRawSockets *sockets,
                          PingemClock clock,
                          void *clock_data,
                          PingemRecordFunc func,
                          void *func_data,
                          PingemEngine **ret_engine);
/*
 * Whether a probe of the target @id may be sent now, and then counts as sent. Where not, its slot
 * ends as UNSENT with EAGAIN; a target of interval 0 waits instead. @boot_ns: CLOCK_BOOTTIME
 */
typedef bool (*PingemAdmitFunc) (uint32_t id, int64_t boot_ns, void *data);
/* Once for each slot. @func: NULL: all may, as at the start */
void pingem_engine_set_admission (PingemEngine *engine, PingemAdmitFunc func, void *data);
/* Closes the sockets; what was in flight gets no further record. Accepts NULL. */
void pingem_engine_free (PingemEngine *engine);

/*
 * 0, -EEXIST (id in use), -EADDRNOTAVAIL (pingem_address_refusal() says why),
 * -ERANGE (a field out of its range) or -ENOMEM. The first slot is due at once.
 */
int pingem_engine_add (PingemEngine *engine, const PingemTargetSpec *spec);
/* Keeps grid and sequence (a new interval goes on from the next slot). As add, and -ENOENT. */
int pingem_engine_change (PingemEngine *engine, const PingemTargetSpec *spec);
/* Its slots in flight get no further record. 0 or -ENOENT. */
int pingem_engine_remove (PingemEngine *engine, uint32_t id);

/* Readable when there is something to read; owned by the engine. */
int pingem_engine_fd (const PingemEngine *engine);
/*
 * While @batch, replies do not make it readable but wait in the socket for the
 * next run(): ICMP errors still do, and replies where more are to come than half the receive
 * buffer holds, or came: what finds no room counts as lost.
 */
void pingem_engine_set_batch (PingemEngine *engine, bool batch);
/*
 * When to call run(): CLOCK_BOOTTIME, or INT64_MAX: nothing is due. Above 1,000 probes a second it
 * is a whole millisecond, so that what falls due within it costs one wake-up; with more than 1,000
 * in flight or held it is so for what times out.
 */
int64_t pingem_engine_deadline (const PingemEngine *engine);
/* Whether deadline() is to be kept, also by a caller that puts others off to a tick of its own. */
bool pingem_engine_is_urgent (const PingemEngine *engine);
/*
 * Reads what came, ends what timed out, sends what is due. It may come late: the
 * kernel's receive stamps tell when a reply came. Slots are caught
 * up by a second at most: where nobody called for longer, only the newest due one
 * is sent, and the others have no record: the caller sees a jump of seq.
 */
void pingem_engine_run (PingemEngine *engine);

/*
 * ICMP messages for which the receive buffer had no room, so far: so many probes at most are told
 * as lost though they were answered. Messages of no interest may be among them.
 */
uint64_t pingem_engine_overflows (const PingemEngine *engine);
