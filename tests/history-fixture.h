/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "monitor/history.h"

/* When the tests take place, and slot 0 of every target is due. */
#define T0 G_GINT64_CONSTANT (1790000000000)
#define NS_PER_S G_GINT64_CONSTANT (1000000000)
#define DAY_MS G_GINT64_CONSTANT (86400000)

/* A history in a folder of its own, which goes with the test. */
typedef struct {
  char *folder;
  char *path;
  PingemHistory *history;
} Fixture;

typedef void (*HistoryTest) (Fixture *f, gconstpointer data);

void add_history_test (const char *name, HistoryTest test);

void open_history (Fixture *f, gint64 now_ms);
void reopen_history (Fixture *f, gint64 now_ms);
void flush (Fixture *f, gint64 now_ms);

/* Slot @seq, a second after the one before. */
PingemRecord record_of (guint64 seq, PingemState state, int rtt_us);
void record (Fixture *f, const char *key, guint64 seq, PingemState state, int rtt_us);
/* Answered within 7 ms, TTL 57. */
void record_replies (Fixture *f, const char *key, guint64 first, guint n);

void get_columns (
    Fixture *f, const char *key, gint64 from_ms, gint64 to_ms, guint n, PingemColumn *ret_columns);
PingemColumn get_column (Fixture *f, const char *key, gint64 from_ms, gint64 to_ms);
/* Compares target "a" with a count of @records that knows nothing of blocks. */
void
assert_columns_match (Fixture *f, const GArray *records, gint64 from_ms, gint64 to_ms, guint n);

/* By a connection of its own. */
void run_sql (Fixture *f, const char *sql);
gint64 count_rows (Fixture *f, const char *table);
gint64 wal_size (Fixture *f);
/* The names in the folder that hold @part. (transfer full) */
GPtrArray *list_files (Fixture *f, const char *part);

void write_file (const char *path, const char *data, gsize length);
/* A closed history of 20 minutes, targets "a" and "b", and a pause. */
void make_history (Fixture *f);
/* Runs @func in a process of its own, which must end by @expected_signal; 0: by itself. */
void in_child (Fixture *f, void (*func) (Fixture *f), int expected_signal);
/* For in_child(): writes slots 0 to 19 of "a", and dies with 20 to 39 in memory. */
void measure_and_be_killed (Fixture *f);
