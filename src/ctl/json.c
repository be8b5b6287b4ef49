/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/json.h"

void
pingem_json_add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);

  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
pingem_json_add_number (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);

  if (value >= 0)
    json_builder_add_int_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
pingem_json_add_share (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);

  if (value >= 0)
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
pingem_json_add_seconds (JsonBuilder *builder, const char *name, gint64 ms)
{
  json_builder_set_member_name (builder, name);

  if (ms % 1000 == 0)
    json_builder_add_int_value (builder, ms / 1000);
  else
    json_builder_add_double_value (builder, ms / 1e3);
}

void
pingem_json_add_null (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_null_value (builder);
}

void
pingem_json_begin_rtt (JsonBuilder *builder, const PingemRttSummary *rtt)
{
  json_builder_set_member_name (builder, "rtt_us");
  json_builder_begin_object (builder);
  pingem_json_add_number (builder, "min", rtt->min);
  pingem_json_add_number (builder, "p50", rtt->p50);
  pingem_json_add_number (builder, "p95", rtt->p95);
  pingem_json_add_number (builder, "p99", rtt->p99);
  pingem_json_add_number (builder, "max", rtt->max);
}

char *
pingem_json_print (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  return json_to_string (root, FALSE);
}
