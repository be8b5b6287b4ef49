/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PINGEM_TYPE_SOURCE (pingem_source_get_type ())

G_DECLARE_INTERFACE (PingemSource, pingem_source, PINGEM, SOURCE, GObject)

/**
 * PingemSourceInterface:
 * @get_kind: "helper", "raw" or "datagram"; of checks "tcp", "udp" or "echo"
 * @add_targets: all or none; completes at once where the engine is in-process
 * @change_target: keeps grid and sequence
 * @remove_target: no further record of it; an unknown id is ignored
 *
 * Where probe results come from. Signals:
 *
 * - `record (gpointer record)`: a `const PingemRecord *`, valid during the emission. A handler
 *   may drop its last reference to the source, and must not add or remove targets.
 * - `dropped (guint64 n)`: n records were lost on the way, so slots are unknown
 * - `overflowed ()`: messages found no room to be received, so slots that are told as lost may have
 *   been answered
 * - `gone (gpointer error)`: a `const GError *`; no record follows
 */
struct _PingemSourceInterface {
  GTypeInterface parent_iface;

  const char *(*get_kind) (PingemSource *self);
  void (*add_targets) (PingemSource *self,
                       const PingemTargetSpec *specs,
                       guint n_specs,
                       GTask *task);
  void (*change_target) (PingemSource *self, const PingemTargetSpec *spec, GTask *task);
  void (*remove_target) (PingemSource *self, guint32 id);
};

typedef enum {
  PINGEM_SOURCE_FLAGS_NONE = 0,
  PINGEM_SOURCE_INTENSIVE = 1 << 0, /* beyond the ordinary limits: polkit may ask the user */
  PINGEM_SOURCE_BATCH = 1 << 1,     /* records may come up to 1 s later: one wake-up a second */
} PingemSourceFlags;

/**
 * pingem_source_open_async:
 * @kind: "auto", "helper", "raw" or "datagram"; see pingem_source_kind_is_valid()
 *
 * "auto": the helper if it answers and allows, else raw where the process may, else datagram.
 */
void pingem_source_open_async (const char *kind,
                               PingemSourceFlags flags,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/**
 * pingem_source_open_finish:
 * @ret_why: (out) (optional) (transfer full): one sentence, which one it is and why
 *
 * Returns: (transfer full): a source, or %NULL with PINGEM_ERROR_NO_SOURCE, whose message says for
 *   each kind why it cannot be used and the exact command that makes one work
 */
PingemSource *pingem_source_open_finish (GAsyncResult *result, char **ret_why, GError **error);
gboolean pingem_source_kind_is_valid (const char *kind);

const char *pingem_source_get_kind (PingemSource *self);

/* Fails as the D-Bus method AddTargets does, with PINGEM_ERROR_*. */
void pingem_source_add_targets_async (PingemSource *self,
                                      const PingemTargetSpec *specs,
                                      guint n_specs,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
pingem_source_add_targets_finish (PingemSource *self, GAsyncResult *result, GError **error);
void pingem_source_change_target_async (PingemSource *self,
                                        const PingemTargetSpec *spec,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean
pingem_source_change_target_finish (PingemSource *self, GAsyncResult *result, GError **error);
void pingem_source_remove_target (PingemSource *self, guint32 id);

/* What an implementation emits its signals by. */
void pingem_source_tell_record (PingemSource *self, const PingemRecord *record);
void pingem_source_tell_dropped (PingemSource *self, guint64 n);
void pingem_source_tell_overflowed (PingemSource *self);
void pingem_source_tell_gone (PingemSource *self, const GError *error);

G_END_DECLS
