/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <math.h>

#include "chart/strip.h"
#include "window/strip-view-private.h"

/* Of one step of the wheel. */
#define SCROLL_PIXELS 40
#define SCROLL_ZOOM 1.25
#define KEY_ZOOM 2

static const PingemColumn *
find_column (PingemStripView *self, double x)
{
  guint n;
  const PingemColumn *columns = pingem_feed_get_columns (self->feed, &n);

  if (n == 0)
    return NULL;

  return columns + pingem_strip_find_column (n, gtk_widget_get_width (GTK_WIDGET (self)), x);
}

static void
on_motion (PingemStripView *self, double x, double y)
{
  const PingemColumn *column = self->feed != NULL ? find_column (self, x) : NULL;

  if (column == NULL)
    return;

  self->pointer_x = x;
  pingem_strip_view_point (self, column->start_ms);
}

static void
pan_pixels (PingemStripView *self, double pixels)
{
  pingem_timeline_pan (self->timeline, pingem_timeline_find_time (self->timeline, pixels) -
                                           pingem_timeline_find_time (self->timeline, 0));
}

static gboolean
on_scroll (PingemStripView *self, double dx, double dy, GtkEventControllerScroll *scroll)
{
  GdkModifierType modifiers =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));

  if (dx != 0 || (modifiers & GDK_SHIFT_MASK) != 0)
    pan_pixels (self, (dx + dy) * SCROLL_PIXELS);
  else
    pingem_timeline_zoom (self->timeline, pow (SCROLL_ZOOM, dy),
                          pingem_timeline_find_time (self->timeline, self->pointer_x));

  return GDK_EVENT_STOP;
}

static void
on_drag_begin (PingemStripView *self, double x, double y, GtkEventController *drag)
{
  gboolean selects = (gtk_event_controller_get_current_event_state (drag) & GDK_SHIFT_MASK) != 0;

  self->dragged = 0;
  self->drag_from_ms = selects ? pingem_timeline_find_time (self->timeline, x) : -1;
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
on_drag (PingemStripView *self, double x, double y)
{
  if (self->drag_from_ms >= 0)
    pingem_timeline_select (self->timeline, self->drag_from_ms,
                            self->drag_from_ms + pingem_timeline_find_time (self->timeline, x) -
                                pingem_timeline_find_time (self->timeline, 0));
  else
    pan_pixels (self, self->dragged - x);

  self->dragged = x;
}

/* By @arguments: how many columns. */
static gboolean
on_step (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  PingemStripView *self = PINGEM_STRIP_VIEW (widget);
  const PingemGrid *grid = pingem_timeline_get_grid (self->timeline);
  gint64 by_ms = g_variant_get_int32 (arguments) * grid->span_ms;
  gint64 last_ms = pingem_grid_get_end (grid) - grid->span_ms;
  gint64 cursor_ms = pingem_timeline_get_cursor (self->timeline);

  if (grid->n_columns == 0)
    return GDK_EVENT_PROPAGATE;

  cursor_ms = cursor_ms >= 0 ? cursor_ms + by_ms : last_ms;
  if (cursor_ms < grid->from_ms || cursor_ms > last_ms)
    pingem_timeline_pan (self->timeline, by_ms);

  grid = pingem_timeline_get_grid (self->timeline);
  pingem_strip_view_point (
      self, CLAMP (cursor_ms, grid->from_ms, pingem_grid_get_end (grid) - grid->span_ms));

  return GDK_EVENT_STOP;
}

/* As on_step(), and selects what is passed: from where the cursor is not. */
static gboolean
on_extend (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  PingemStripView *self = PINGEM_STRIP_VIEW (widget);
  gint64 cursor_ms = pingem_timeline_get_cursor (self->timeline);
  gint64 fixed_ms = cursor_ms;
  gint64 from_ms, to_ms;

  if (cursor_ms >= 0 && pingem_timeline_get_selection (self->timeline, &from_ms, &to_ms))
    fixed_ms = cursor_ms == from_ms ? to_ms - 1 : from_ms;

  if (!on_step (widget, arguments, data))
    return GDK_EVENT_PROPAGATE;

  cursor_ms = pingem_timeline_get_cursor (self->timeline);
  pingem_timeline_select (self->timeline, fixed_ms >= 0 ? fixed_ms : cursor_ms, cursor_ms);

  return GDK_EVENT_STOP;
}

static gboolean
on_select_all (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  pingem_timeline_select (PINGEM_STRIP_VIEW (widget)->timeline, 0, G_MAXINT64);

  return GDK_EVENT_STOP;
}

/* By @arguments: how many halves of what is shown. */
static gboolean
on_page (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  PingemStripView *self = PINGEM_STRIP_VIEW (widget);

  pan_pixels (self, g_variant_get_int32 (arguments) * gtk_widget_get_width (widget) / 2);

  return GDK_EVENT_STOP;
}

/* At the cursor, else at the newest edge. By @arguments: how many steps further away. */
static gboolean
on_zoom (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  PingemStripView *self = PINGEM_STRIP_VIEW (widget);
  gint64 cursor_ms = pingem_timeline_get_cursor (self->timeline);

  if (cursor_ms < 0)
    cursor_ms = pingem_timeline_find_time (self->timeline, gtk_widget_get_width (widget));
  pingem_timeline_zoom (self->timeline, pow (KEY_ZOOM, g_variant_get_int32 (arguments)), cursor_ms);

  return GDK_EVENT_STOP;
}

static gboolean
on_now (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  pingem_timeline_follow (PINGEM_STRIP_VIEW (widget)->timeline);
  pingem_strip_view_forget_cursor (PINGEM_STRIP_VIEW (widget));

  return GDK_EVENT_STOP;
}

static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  pingem_timeline_clear_selection (PINGEM_STRIP_VIEW (widget)->timeline);
  pingem_strip_view_forget_cursor (PINGEM_STRIP_VIEW (widget));

  return GDK_EVENT_STOP;
}

static const struct {
  guint key;
  GdkModifierType modifiers;
  GtkShortcutFunc callback;
  int argument;
} keys[] = {
  { GDK_KEY_Left, 0, on_step, -1 },
  { GDK_KEY_Right, 0, on_step, 1 },
  { GDK_KEY_Left, GDK_CONTROL_MASK, on_step, -10 },
  { GDK_KEY_Right, GDK_CONTROL_MASK, on_step, 10 },
  { GDK_KEY_Left, GDK_SHIFT_MASK, on_extend, -1 },
  { GDK_KEY_Right, GDK_SHIFT_MASK, on_extend, 1 },
  { GDK_KEY_Left, GDK_SHIFT_MASK | GDK_CONTROL_MASK, on_extend, -10 },
  { GDK_KEY_Right, GDK_SHIFT_MASK | GDK_CONTROL_MASK, on_extend, 10 },
  { GDK_KEY_a, GDK_CONTROL_MASK, on_select_all, 0 },
  { GDK_KEY_Page_Up, 0, on_page, -1 },
  { GDK_KEY_Page_Down, 0, on_page, 1 },
  { GDK_KEY_plus, 0, on_zoom, -1 },
  { GDK_KEY_equal, 0, on_zoom, -1 },
  { GDK_KEY_KP_Add, 0, on_zoom, -1 },
  { GDK_KEY_minus, 0, on_zoom, 1 },
  { GDK_KEY_KP_Subtract, 0, on_zoom, 1 },
  { GDK_KEY_End, 0, on_now, 0 },
  { GDK_KEY_Escape, 0, on_escape, 0 },
};

void
pingem_strip_control_bind_keys (GtkWidgetClass *widget_class)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (widget_class, keys[i].key, keys[i].modifiers, keys[i].callback,
                                  "i", keys[i].argument);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, 0, "win.statistics", NULL);
}

void
pingem_strip_control_add (PingemStripView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (pingem_strip_view_forget_cursor), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);

  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}
