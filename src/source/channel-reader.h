/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/record.h"

G_BEGIN_DECLS

/* Any of these may free the reader. */
typedef struct {
  void (*record) (const PingemRecord *record, gpointer user_data);
  void (*dropped) (guint64 n, gpointer user_data);
  void (*overflowed) (gpointer user_data);                /* see PINGEM_MESSAGE_OVERFLOW */
  void (*gone) (const GError *error, gpointer user_data); /* nothing follows */
} PingemChannelFuncs;

/* The client's end of the helper's channel, read on the thread's default main context. */
typedef struct PingemChannelReader PingemChannelReader;

/* Takes @fd. @funcs: static */
PingemChannelReader *
pingem_channel_reader_new (int fd, const PingemChannelFuncs *funcs, gpointer user_data);
/* Closes the channel. Accepts NULL. */
void pingem_channel_reader_free (PingemChannelReader *reader);

G_END_DECLS
