/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Lines of a file, a pipe or a terminal as they come: never more than a piece
 * of it is in memory. Waits in the main loop, never in a read.
 */
typedef struct PingemLineReader PingemLineReader;

typedef enum {
  PINGEM_READ_LINE,
  PINGEM_READ_LATER, /* @func is called when there may be a line, or the end */
  PINGEM_READ_END,
} PingemReadResult;

/* @fd: stays the caller's. */
PingemLineReader *pingem_line_reader_new (int fd, GSourceFunc func, gpointer user_data);
/* @text alone, and then the end. */
PingemLineReader *pingem_line_reader_new_for_text (const char *text);
void pingem_line_reader_free (PingemLineReader *self);

/*
 * @ret_line: without its end and the white space around it, valid until the
 * next call; may be changed. A NUL becomes "?". Of a line of more than 4096
 * bytes only a beginning is told.
 */
PingemReadResult pingem_line_reader_next (PingemLineReader *self, char **ret_line);
/* Of the newest line, from 1. */
guint32 pingem_line_reader_number (const PingemLineReader *self);
/* At the end: 0, or the errno that ended the reading. */
int pingem_line_reader_error (const PingemLineReader *self);

G_END_DECLS
