/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/verdict.h"

G_BEGIN_DECLS

/* The outage that goes on. Zero it to start. */
typedef struct {
  const char *verdict; /* a stable word; NULL: none goes on */
  const char *leg;     /* (interned): of the target that it is about, "" where none */
} PingemOutage;

typedef enum {
  PINGEM_OUTAGE_STAYS,  /* also where there is none */
  PINGEM_OUTAGE_BEGINS, /* and the one before ends */
  PINGEM_OUTAGE_ENDS,
  PINGEM_OUTAGE_IS_NAMED, /* it goes on, and now it is known whose it is */
} PingemOutageEdge;

/*
 * Pure. An outage lasts while the level that is shown is BAD or DOWN; another verdict or leg makes
 * it another outage, except "unknown": it may become known, and is not forgotten. @leg: of the
 * target that @shown is about, "" where none
 */
PingemOutageEdge
pingem_outage_step (PingemOutage *outage, const PingemVerdict *shown, const char *leg);

G_END_DECLS
