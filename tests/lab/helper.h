/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "helper/service.h"
#include "ipc/target-spec.h"
#include "lab/system-bus.h"

/* The helper's service in this process, on a bus and a network of its own. */
typedef struct {
  PingemLimits limits;
  PingemSharedEngine *engine;
  GDBusConnection *connection;
  PingemService *service;
  guint n_idle;
} LabHelper;

/* A caller, and what it was given. */
typedef struct {
  GDBusConnection *connection;
  GVariant *token;
  int fd;
} LabClient;

extern LabSystemBus *lab_bus;

/* False where there can be no network namespace: then it said so, and no test runs. */
gboolean lab_helper_init (void);
void lab_helper_finish (void);
/* Sets limits before lab_helper_start(). */
void lab_helper_set_up (LabHelper *f, gconstpointer data);
void lab_helper_start (LabHelper *f);
void lab_helper_tear_down (LabHelper *f, gconstpointer data);

LabClient lab_client_new (void);
void lab_client_free (LabClient *client);
/* Which has a session. */
LabClient lab_client_open (LabHelper *f, guint flags);
gboolean lab_client_open_with (LabHelper *f,
                               LabClient *client,
                               guint version,
                               guint flags,
                               GDBusCallFlags call_flags,
                               GError **error);
gboolean lab_client_open_session (LabHelper *f, LabClient *client, guint flags, GError **error);
GVariant *lab_client_call (
    LabHelper *f, LabClient *client, const char *method, GVariant *args, GError **error);
gboolean lab_client_add (
    LabHelper *f, LabClient *client, const PingemTargetSpec *specs, guint n_specs, GError **error);
/* Two probes, 10 ms apart. */
PingemTargetSpec lab_make_spec (guint32 id, const char *address);
