/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ctl/ping-target.h"

G_BEGIN_DECLS

/* The contracts of machine output; each returns one line without its end. (transfer full) */
char *pingem_probe_line (const PingemPingTarget *target, const PingemRecord *record);
char *pingem_probe_states_line (const PingemPingTarget *target, const PingemRecord *record);
char *pingem_probe_json (const PingemPingTarget *target, const PingemRecord *record);
/* @targets: of PingemPingTarget */
char *pingem_summary_json (GPtrArray *targets);

/* For people, in their language: what just happened to a probe; NULL: nothing to say. (transfer
 * full) */
char *pingem_probe_text (const PingemPingTarget *target, const PingemRecord *record);
/* Several lines. (transfer full) */
char *pingem_summary_text (const PingemPingTarget *target);

G_END_DECLS
