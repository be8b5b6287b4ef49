/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * JSON of a fixed shape, at once into a text: a tree of JSON-GLib's per line
 * costs more than the probe itself. What is unknown becomes null.
 */
void pingem_json_line_number (GString *text, gint64 value, gboolean is_known);
/* Not negative. As JSON-GLib writes it; negative: unknown. */
void pingem_json_line_share (GString *text, double value);
/* Quoted and escaped. */
void pingem_json_line_string (GString *text, const char *value);

#define pingem_text_append(text, literal) g_string_append_len (text, literal, sizeof (literal) - 1)
/* Decimal digits. */
void pingem_text_append_number (GString *text, gint64 value);

G_END_DECLS
