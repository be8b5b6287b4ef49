/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "engine/engine.h"

/* A real engine in a network namespace of the test's own, under a clock that can jump. */
typedef struct {
  PingemEngine *engine;
  GArray *records;  /* PingemRecord */
  gint64 offset_ns; /* of CLOCK_MONOTONIC and CLOCK_BOOTTIME */
  gint64 real_offset_ns;
} EngineFixture;

/* Once, in main(): a namespace whose loopback is up. Where it fails all tests are skipped. */
gboolean engine_fixture_enter_namespace (void);
/* Whether to return at once: the test is then marked as skipped. */
gboolean engine_fixture_skip (void);
void engine_fixture_set_up (EngineFixture *f, gconstpointer kind);
void engine_fixture_tear_down (EngineFixture *f, gconstpointer kind);

/* @path: below /proc/sys */
void engine_fixture_set_sysctl (const char *path, const char *value);
/* Whether 127.0.0.1 is silent. */
void engine_fixture_ignore_echo (gboolean ignore);
/* CLOCK_REALTIME stays: the kernel's stamps are made by it. */
void engine_fixture_jump (EngineFixture *f, gint64 ms);
PingemTargetSpec engine_fixture_make_spec (guint32 id, const char *address);
void engine_fixture_add (EngineFixture *f, const PingemTargetSpec *spec);
/* As any caller does, until @n_records came. */
void engine_fixture_run_until (EngineFixture *f, guint n_records);
void engine_fixture_wait_readable (EngineFixture *f);
/* The newest of @target. */
const PingemRecord *engine_fixture_last (EngineFixture *f, guint32 target);

/* For both kinds of socket. */
#define ENGINE_TEST(path, function)                                                                \
  g_test_add ("/engine/raw/" path, EngineFixture, GINT_TO_POINTER (PINGEM_SOCKET_RAW),             \
              engine_fixture_set_up, function, engine_fixture_tear_down);                          \
  g_test_add ("/engine/datagram/" path, EngineFixture, GINT_TO_POINTER (PINGEM_SOCKET_DATAGRAM),   \
              engine_fixture_set_up, function, engine_fixture_tear_down)
