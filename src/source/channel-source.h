/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "source/source.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_CHANNEL_SOURCE (pingem_channel_source_get_type ())

G_DECLARE_FINAL_TYPE (PingemChannelSource, pingem_channel_source, PINGEM, CHANNEL_SOURCE, GObject)

/* A session that is open already, on @connection; takes @channel_fd. */
PingemSource *
pingem_channel_source_new (GDBusConnection *connection, GVariant *token, int channel_fd);

G_END_DECLS
