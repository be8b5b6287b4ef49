/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "window/strip-view.h"

G_BEGIN_DECLS

/**
 * PingemStripView:
 *
 * A feed's columns as a picture, with the cursor that all strips share. What stands there is told
 * exactly, in a popover. Wheel, drag and keys move the timeline.
 */
struct _PingemStripView {
  GtkWidget parent_instance;

  PingemFeed *feed;          /* (owned) (nullable) */
  PingemTimeline *timeline;  /* (owned) (nullable) */
  PingemEventFeed *events;   /* (owned) (nullable) */
  PingemPacketFeed *packets; /* (owned) (nullable) */
  GtkWidget *popover;
  GtkWidget *told;     /* in it */
  gboolean is_pointed; /* the cursor is moved here */
  double pointer_x;
  double dragged;      /* pixels of the drag that goes on */
  gint64 drag_from_ms; /* what it selects from; -1: it moves the timeline */
};

/* The cursor is moved to @time_ms, here: so it is told here. */
void pingem_strip_view_point (PingemStripView *self, gint64 time_ms);
/* It is nowhere. */
void pingem_strip_view_forget_cursor (PingemStripView *self);

/* strip-control.c: pointer, wheel and keys. */
void pingem_strip_control_add (PingemStripView *self);
void pingem_strip_control_bind_keys (GtkWidgetClass *widget_class);

G_END_DECLS
