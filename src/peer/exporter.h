/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * HTTP for Prometheus: GET /metrics, in its text format or as OpenMetrics, whichever is asked for.
 * What is answered is made once a second at most, so that many readers cost what one does. 64
 * connections at once; one that is silent or does not read for 30 s ends.
 */
typedef struct PingemExporter PingemExporter;

/* (transfer full): a whole answer */
typedef GBytes *(*PingemExporterFunc) (gboolean is_open_metrics, gpointer user_data);

/* NULL with @error where it cannot listen there */
PingemExporter *pingem_exporter_new (GSocketAddress *listen,
                                     PingemExporterFunc func,
                                     gpointer user_data,
                                     GError **error);
void pingem_exporter_free (PingemExporter *exporter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemExporter, pingem_exporter_free)

G_END_DECLS
