/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "source/source.h"

G_BEGIN_DECLS

/* Targets on their way to a source, many in one call. One that is refused does not stop others. */
typedef struct PingemTargetQueue PingemTargetQueue;

typedef void (*PingemRefusedFunc) (guint32 id, const GError *error, gpointer user_data);

/* Lives as long as the main loop runs. */
PingemTargetQueue *
pingem_target_queue_new (PingemSource *source, PingemRefusedFunc func, gpointer user_data);
/* Accepts NULL. */
void pingem_target_queue_free (PingemTargetQueue *self);

/* Is sent when there are many, else with the next flush. Not while a record is told. */
void pingem_target_queue_add (PingemTargetQueue *self, const PingemTargetSpec *spec);
void pingem_target_queue_flush (PingemTargetQueue *self);

G_END_DECLS
