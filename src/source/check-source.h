/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/answer.h"
#include "source/source.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_CHECK_SOURCE (pingem_check_source_get_type ())

G_DECLARE_DERIVABLE_TYPE (PingemCheckSource, pingem_check_source, PINGEM, CHECK_SOURCE, GObject)

/* What carries a check is looked at before anything else of the loop: its time is told by a clock.
 */
#define PINGEM_CHECK_PRIORITY G_PRIORITY_HIGH

/**
 * PingemCheckSourceClass:
 * @get_kind: "tcp", "udp", "echo"
 * @send: begins a check: 0, or -errno where it could not be sent. @number: names it until forget()
 * @sent: (nullable): send() went well, and its record was told: what is known already may be told
 * @forget: (nullable): nothing more is expected of @number
 * @removed: (nullable): no further check of the target @id, whose numbers are all forgotten
 *
 * A source of checks by ordinary sockets of this process, without privilege. It keeps the same grid
 * and the same ledger as the engine: what it tells of a slot means the same. Late answers are
 * waited for 5 s at most, as each holds a descriptor.
 */
struct _PingemCheckSourceClass {
  GObjectClass parent_class;

  const char *(*get_kind) (PingemCheckSource *self);
  int (*send) (PingemCheckSource *self, const PingemTargetSpec *spec, guint64 number);
  void (*sent) (PingemCheckSource *self, guint64 number);
  void (*forget) (PingemCheckSource *self, guint64 number);
  void (*removed) (PingemCheckSource *self, guint32 id);
};

/*
 * @number was answered, after the round trip of @answer; its rtt_ns -1: just now. One that is over,
 * or was removed, is ignored.
 */
void pingem_check_source_answer (PingemCheckSource *self, guint64 number, PingemAnswer answer);
/* @number failed: @answer says by which error. */
void pingem_check_source_fail (PingemCheckSource *self, guint64 number, const PingemAnswer *answer);

G_END_DECLS
