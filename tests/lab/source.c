/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "lab/source.h"

#include "lab/system-bus.h"

static void
on_record (PingemSource *source, const PingemRecord *record, LabSource *self)
{
  self->n_records++;
  self->last_target = record->target;
  self->n_replies +=
      record->state == PINGEM_STATE_REPLY && (record->flags & PINGEM_RECORD_FINAL) == 0;
}

static void
on_gone (PingemSource *source, const GError *error, LabSource *self)
{
  g_assert_null (self->gone);
  self->gone = g_error_copy (error);
}

static void
on_open (GObject *object, GAsyncResult *result, gpointer user_data)
{
  LabSource *self = user_data;

  self->source = pingem_source_open_finish (result, &self->why, &self->error);
  self->done = TRUE;
}

static void
on_added (GObject *object, GAsyncResult *result, gpointer user_data)
{
  LabSource *self = user_data;

  pingem_source_add_targets_finish (PINGEM_SOURCE (object), result, &self->error);
  self->done = TRUE;
}

static void
on_changed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  LabSource *self = user_data;

  pingem_source_change_target_finish (PINGEM_SOURCE (object), result, &self->error);
  self->done = TRUE;
}

static void
begin (LabSource *self)
{
  g_clear_error (&self->error);
  self->done = FALSE;
}

void
lab_source_open (LabSource *self, const char *kind, PingemSourceFlags flags)
{
  begin (self);
  pingem_source_open_async (kind, flags, NULL, on_open, self);
  lab_wait_until (self->done);

  if (self->source != NULL)
    {
      g_signal_connect (self->source, "record", G_CALLBACK (on_record), self);
      g_signal_connect (self->source, "gone", G_CALLBACK (on_gone), self);
    }
}

void
lab_source_add (LabSource *self, const PingemTargetSpec *specs, guint n_specs)
{
  begin (self);
  pingem_source_add_targets_async (self->source, specs, n_specs, NULL, on_added, self);
  lab_wait_until (self->done);
}

void
lab_source_change (LabSource *self, const PingemTargetSpec *spec)
{
  begin (self);
  pingem_source_change_target_async (self->source, spec, NULL, on_changed, self);
  lab_wait_until (self->done);
}

void
lab_source_clear (LabSource *self)
{
  g_clear_object (&self->source);
  g_clear_error (&self->error);
  g_clear_error (&self->gone);
  g_clear_pointer (&self->why, g_free);
}
