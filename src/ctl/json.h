/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

#include "stats/rtt.h"

G_BEGIN_DECLS

/* Members of the object under way; what is unknown becomes null. */
void pingem_json_add_string (JsonBuilder *builder, const char *name, const char *value);
/* Negative: unknown. */
void pingem_json_add_number (JsonBuilder *builder, const char *name, gint64 value);
void pingem_json_add_share (JsonBuilder *builder, const char *name, double value);
/* Seconds: a whole number where it is one. */
void pingem_json_add_seconds (JsonBuilder *builder, const char *name, gint64 ms);
void pingem_json_add_null (JsonBuilder *builder, const char *name);

/* "rtt_us": {"min","p50","p95","p99","max"} is begun, and has to be ended. */
void pingem_json_begin_rtt (JsonBuilder *builder, const PingemRttSummary *rtt);

/* Ends nothing: the value is complete. Returns: (transfer full): on one line */
char *pingem_json_print (JsonBuilder *builder);

G_END_DECLS
