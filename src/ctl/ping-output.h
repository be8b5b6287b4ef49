/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ctl/ping-options.h"
#include "ctl/ping-target.h"

G_BEGIN_DECLS

/* On standard output, in the format that was asked: what @record has changed, if that is told. */
void pingem_ping_output_record (const PingemPingOptions *options,
                                PingemPingTarget *target,
                                const PingemRecord *record,
                                PingemNews news);
/* What was not told yet, as nothing more will come. */
void pingem_ping_output_rest (const PingemPingOptions *options, PingemPingTarget *target);
/* @targets: of PingemPingTarget; nothing where lines are the input */
void pingem_ping_output_summary (const PingemPingOptions *options, GPtrArray *targets);

G_END_DECLS
