/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Why nothing was due. */
typedef enum {
  PINGEM_GAP_NONE,
  PINGEM_GAP_NOT_RUNNING,
  PINGEM_GAP_PAUSED,
  PINGEM_GAP_SUSPENDED,
  PINGEM_GAP_NO_SOURCE, /* helper gone, or no way to send */
  PINGEM_GAP_STALLED,   /* the scheduling process stood still */
  PINGEM_GAP_DROPPED,   /* the reader was too slow: "dropped from..to" */
} PingemGap;

/* One epoch of a target's history: what was due in it, and what became of it. */
typedef struct {
  gint64 start_ms; /* Unix time */
  guint span_ms;
  guint reply;
  guint late;
  guint lost;
  guint unsent; /* without held */
  guint held;   /* held back by a limit of ours: outside loss */
  guint error;
  guint in_flight; /* outside loss */
  guint duplicates;
  guint burst;    /* longest run of lost, error or unsent in the column */
  guint ttl;      /* of the newest reply; 0: unknown */
  int rtt_min_us; /* -1: unknown; of replies and late ones */
  int rtt_p50_us;
  int rtt_p95_us;
  int rtt_p99_us;
  int rtt_max_us;
  PingemGap gap; /* of the longest part without a due slot; NONE where all was measured */
} PingemColumn;

/* reply + late + lost + unsent + error */
guint pingem_column_due (const PingemColumn *column);
/* (lost + unsent + error) / due, 0 to 1; -1 where nothing was due */
double pingem_column_loss (const PingemColumn *column);

#define PINGEM_COLUMNS_TYPE G_VARIANT_TYPE ("a(xuuuuuuuuuuuiiiiis)")

/* Returns: (transfer none): floating, of PINGEM_COLUMNS_TYPE */
GVariant *pingem_columns_to_variant (const PingemColumn *columns, guint n_columns);
/* Returns: (transfer full): of PingemColumn; an unknown gap word reads as not-running */
GArray *pingem_columns_from_variant (GVariant *variant);

/* "", "not-running", "paused", "suspended", "no-source", "stalled", "dropped": stable words. */
const char *pingem_gap_word (PingemGap gap);
/* An unknown word reads as not-running. */
PingemGap pingem_gap_parse (const char *word);
/* In the reader's language; "" for NONE. */
const char *pingem_gap_label (PingemGap gap);

G_END_DECLS
