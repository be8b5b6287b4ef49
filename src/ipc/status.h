/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The colour and shape of the icon: end to end. */
typedef enum {
  PINGEM_LEVEL_UNKNOWN,
  PINGEM_LEVEL_GOOD,
  PINGEM_LEVEL_DEGRADED,
  PINGEM_LEVEL_BAD,
  PINGEM_LEVEL_DOWN,
  PINGEM_LEVEL_PAUSED,
} PingemLevel;

#define PINGEM_N_LEVELS (PINGEM_LEVEL_PAUSED + 1)

/* Stable words: "good", ... An unknown word reads as UNKNOWN. */
const char *pingem_level_word (PingemLevel level);
PingemLevel pingem_level_parse (const char *word);
/* In the reader's language: "Good", ... */
const char *pingem_level_label (PingemLevel level);
/* "io.github.pingem.Pingem-good", ...: in the hicolor theme, tray and rows */
const char *pingem_level_icon_name (PingemLevel level);

/* "Router", "Provider", "Internet", ...; an unknown word is returned as it is. */
const char *pingem_leg_label (const char *leg);

/*
 * The verdict in plain words, in the reader's language, from Monitor1's Status:
 * title is one sentence, detail the evidence with its n and who is not to
 * blame ("" where there is none). Returns: (transfer full)
 */
char *pingem_sentence_title (GVariant *status);
char *pingem_sentence_detail (GVariant *status);

/* "7.2 ms", "812 µs", "1.31 s"; "–" where unknown (negative). (transfer full) */
char *pingem_format_rtt (gint64 rtt_us);
/* "0 %", "0.3 %", "12 %": never rounded to 0 or to 100 where it is neither; "–" where negative.
 * (transfer full) */
char *pingem_format_loss (double loss);
/* "20 s", "2 min 10 s", "3 h 5 min", "7 d 2 h". (transfer full) */
char *pingem_format_duration (gint64 duration_ms);
/* "4.3"; "–" where negative. (transfer full) */
char *pingem_format_mos (double mos);

/*
 * Why a probe was not sent, from its errno, in the reader's language. EACCES is
 * what the kernel says of a directed broadcast, which nothing else can tell.
 */
const char *pingem_send_error_label (int error);

/* A target's dictionary from Monitor1's Targets: -1 or NULL where the entry is missing. */
gint64 pingem_target_lookup_number (GVariant *target, const char *name);
const char *pingem_target_lookup_string (GVariant *target, const char *name);
/* "name", of a fixed target in the user's language; NULL where there is none */
const char *pingem_target_get_name (GVariant *target);
/* What the monitor calls a fixed target, in the user's language; any other name as it is. */
const char *pingem_fixed_name (const char *name);
/* (lost + unsent + error) / due of its window, 0 to 1; -1 where nothing was due */
double pingem_target_loss (GVariant *target);
/* -1 where unknown */
double pingem_target_mos (GVariant *target);

G_END_DECLS
