/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "source/source.h"

/* A source, and what it told. */
typedef struct {
  PingemSource *source; /* (owned) (nullable) where it could not be opened */
  char *why;
  GError *error; /* of the last open, add or change */
  gboolean done;
  guint n_records;
  guint n_replies;
  guint32 last_target;
  GError *gone;
} LabSource;

/* Each runs the main loop until it is done. */
void lab_source_open (LabSource *self, const char *kind, PingemSourceFlags flags);
void lab_source_add (LabSource *self, const PingemTargetSpec *specs, guint n_specs);
void lab_source_change (LabSource *self, const PingemTargetSpec *spec);
/* Closes it; it may be opened again. */
void lab_source_clear (LabSource *self);
