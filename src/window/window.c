/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/window.h"

#include <glib/gi18n-lib.h>

#include "ipc/status.h"
#include "window/axis-view.h"
#include "window/banner.h"
#include "window/events-page.h"
#include "window/legend.h"
#include "window/pair.h"
#include "window/range-dialog.h"
#include "window/target-dialog.h"
#include "window/target-list.h"
#include "window/timeline.h"

/**
 * PingemWindow:
 *
 * The verdict, and below it the targets' strips. While it is not shown it asks
 * for no columns.
 */
struct _PingemWindow {
  AdwApplicationWindow parent_instance;

  GtkButton *pause;
  AdwToastOverlay *toasts;
  GtkStack *stack;
  GtkSpinner *spinner;
  AdwStatusPage *absent;
  PingemBanner *banner;
  GtkLabel *problems;
  AdwViewStack *pages;
  PingemTargetList *list;
  PingemEventsPage *events;
  PingemAxisView *axis;
  GtkLabel *scale;
  GtkBox *content;

  PingemLink *link;         /* (owned) (nullable): until set */
  PingemTimeline *timeline; /* (owned) */
};

G_DEFINE_FINAL_TYPE (PingemWindow, pingem_window, ADW_TYPE_APPLICATION_WINDOW)

static gboolean
is_paused (GVariant *status)
{
  return g_strcmp0 (pingem_target_lookup_string (status, "level"), "paused") == 0;
}

static void
show_problems (PingemWindow *self, GVariant *status)
{
  g_auto (GStrv) problems = NULL;
  g_autofree char *text = NULL;

  if (g_variant_lookup (status, "problems", "^as", &problems))
    text = g_strjoinv ("\n", problems);

  gtk_label_set_text (self->problems, text ?: "");
  gtk_widget_set_visible (GTK_WIDGET (self->problems), text != NULL && *text != '\0');
}

/* An icon, as with large text the header must fit 360 pixels. */
static void
show_pause (PingemWindow *self, gboolean paused)
{
  const char *label = paused ? _ ("Resume") : _ ("Pause");

  gtk_button_set_icon_name (self->pause, paused ? "media-playback-start-symbolic"
                                                : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pause), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
}

static void
show_status (PingemWindow *self, GVariant *status)
{
  PingemLevel level = pingem_level_parse (pingem_target_lookup_string (status, "level"));
  g_autofree char *title = pingem_sentence_title (status);
  g_autofree char *detail = pingem_sentence_detail (status);

  pingem_banner_show (self->banner, level, title, detail, NULL);
  show_problems (self, status);
  show_pause (self, is_paused (status));
}

/* A spinner draws each frame also where it is not seen. */
static void
show_page (PingemWindow *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->stack, name);
  gtk_spinner_set_spinning (self->spinner, g_str_equal (name, "starting"));
}

static void
show_monitor (PingemWindow *self)
{
  PingemDbusMonitor1 *monitor = pingem_link_get_monitor (self->link);
  g_autoptr (GVariant) status = pingem_dbus_monitor1_dup_status (monitor);
  g_autoptr (GVariant) targets = pingem_dbus_monitor1_dup_targets (monitor);

  if (status != NULL)
    show_status (self, status);
  if (targets != NULL)
    pingem_target_list_show (self->list, targets);

  show_page (self, "content");
}

static void
show_down (PingemWindow *self)
{
  const char *problem = pingem_link_get_problem (self->link);
  g_autofree char *description = NULL;

  if (pingem_link_get_monitor (self->link) != NULL)
    {
      pingem_banner_show (self->banner, PINGEM_LEVEL_UNKNOWN,
                          _ ("The monitor has stopped: nothing is measured."),
                          _ ("The strips show what was measured before."), _ ("Start _Measuring"));
      gtk_widget_set_visible (GTK_WIDGET (self->problems), FALSE);
      pingem_target_list_forget (self->list);
      return;
    }

  /* Translators: the reason */
  description = g_markup_printf_escaped (
      _ ("It measures in the background, and it cannot be started: %s\n\nTry again. If that does "
         "not help, run “pingem-monitor” in a terminal: it says what is wrong."),
      problem);
  adw_status_page_set_description (self->absent, description);
  show_page (self, "absent");
}

static gboolean
is_seen (PingemWindow *self)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self));

  return gtk_widget_get_mapped (GTK_WIDGET (self)) &&
         !(gdk_toplevel_get_state (GDK_TOPLEVEL (surface)) & GDK_TOPLEVEL_STATE_MINIMIZED);
}

static void
update_running (PingemWindow *self)
{
  gboolean is_up = self->link != NULL && pingem_link_get_state (self->link) == PINGEM_LINK_UP;

  pingem_timeline_set_running (self->timeline, is_up && is_seen (self));
}

static void
on_link_changed (PingemWindow *self)
{
  PingemLinkState state = pingem_link_get_state (self->link);

  if (state == PINGEM_LINK_UP)
    show_monitor (self);
  else if (state == PINGEM_LINK_DOWN)
    show_down (self);
  else if (pingem_link_get_monitor (self->link) == NULL)
    show_page (self, "starting");

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.add", state == PINGEM_LINK_UP);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.statistics", state == PINGEM_LINK_UP);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.pause", state == PINGEM_LINK_UP);
  update_running (self);
}

static void
on_start (PingemWindow *self)
{
  pingem_link_start (self->link);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *problem = NULL;

  reply = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  if (reply != NULL || !gtk_widget_get_visible (GTK_WIDGET (self)))
    return;

  problem = pingem_link_explain (error);
  pingem_window_show_problem (self, problem);
}

static void
on_pause (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PingemWindow *self = PINGEM_WINDOW (widget);
  PingemDbusMonitor1 *monitor = pingem_link_get_monitor (self->link);
  g_autoptr (GVariant) status = pingem_dbus_monitor1_dup_status (monitor);

  if (status != NULL && is_paused (status))
    pingem_dbus_monitor1_call_resume (monitor, NULL, on_asked, g_object_ref (self));
  else
    pingem_dbus_monitor1_call_pause (monitor, 0, NULL, on_asked, g_object_ref (self));
}

static void
on_add (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PingemWindow *self = PINGEM_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (
      pingem_target_dialog_new (GTK_WINDOW (self), pingem_link_get_monitor (self->link), NULL)));
}

static void
on_now (GtkWidget *widget, const char *action, GVariant *parameter)
{
  pingem_timeline_follow (PINGEM_WINDOW (widget)->timeline);
}

/* Of what is selected, else of what is shown. */
static void
on_statistics (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PingemWindow *self = PINGEM_WINDOW (widget);
  const PingemGrid *grid = pingem_timeline_get_grid (self->timeline);
  gint64 from_ms, to_ms;

  if (!pingem_timeline_get_selection (self->timeline, &from_ms, &to_ms))
    {
      from_ms = grid->from_ms;
      to_ms = pingem_grid_get_end (grid);
    }

  if (from_ms < to_ms)
    gtk_window_present (
        GTK_WINDOW (pingem_range_dialog_new (GTK_WINDOW (self), self->link, from_ms, to_ms)));
}

static void
on_following (PingemWindow *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.now",
                                 !pingem_timeline_get_following (self->timeline));
}

static void
on_chosen (PingemWindow *self)
{
  adw_view_stack_set_visible_child_name (self->pages, "strips");
}

static void
on_scale (PingemWindow *self)
{
  PingemScale scale = pingem_timeline_get_scale (self->timeline);
  g_autofree char *top = pingem_format_rtt (scale.top_us);
  /* Translators: the RTT at the upper edge of all strips */
  g_autofree char *text = g_strdup_printf (_ ("full height: %s"), top);

  gtk_label_set_text (self->scale, text);
}

static void
pingem_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (pingem_window_parent_class)->realize (widget);
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "notify::state",
                           G_CALLBACK (update_running), widget, G_CONNECT_SWAPPED);
}

static void
pingem_window_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (pingem_window_parent_class)->map (widget);
  update_running (PINGEM_WINDOW (widget));
}

static void
pingem_window_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (pingem_window_parent_class)->unmap (widget);
  update_running (PINGEM_WINDOW (widget));
}

static void
pingem_window_dispose (GObject *object)
{
  PingemWindow *self = PINGEM_WINDOW (object);

  g_clear_object (&self->link);
  g_clear_object (&self->timeline);

  G_OBJECT_CLASS (pingem_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/pingem/Pingem/window.ui");
  gtk_widget_class_bind_template_child (widget_class, PingemWindow, pause);
  gtk_widget_class_bind_template_child (widget_class, PingemWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, PingemWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, PingemWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, PingemWindow, absent);
  gtk_widget_class_bind_template_child (widget_class, PingemWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, PingemWindow, problems);
  gtk_widget_class_bind_template_child (widget_class, PingemWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, PingemWindow, list);
  gtk_widget_class_bind_template_child (widget_class, PingemWindow, events);
  gtk_widget_class_bind_template_child (widget_class, PingemWindow, axis);
  gtk_widget_class_bind_template_child (widget_class, PingemWindow, scale);
  gtk_widget_class_bind_template_child (widget_class, PingemWindow, content);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_start);
  gtk_widget_class_bind_template_callback (widget_class, pingem_window_show_problem);
}

static void
pingem_window_class_init (PingemWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pingem_window_dispose;
  widget_class->realize = pingem_window_realize;
  widget_class->map = pingem_window_map;
  widget_class->unmap = pingem_window_unmap;

  g_type_ensure (PINGEM_TYPE_AXIS_VIEW);
  g_type_ensure (PINGEM_TYPE_BANNER);
  g_type_ensure (PINGEM_TYPE_EVENTS_PAGE);
  g_type_ensure (PINGEM_TYPE_PAIR);
  g_type_ensure (PINGEM_TYPE_TARGET_LIST);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "win.add", NULL, on_add);
  gtk_widget_class_install_action (widget_class, "win.pause", NULL, on_pause);
  gtk_widget_class_install_action (widget_class, "win.now", NULL, on_now);
  gtk_widget_class_install_action (widget_class, "win.statistics", NULL, on_statistics);
}

static void
add_property_action (PingemWindow *self, const char *name, const char *property)
{
  g_autoptr (GPropertyAction) action = g_property_action_new (name, self->timeline, property);

  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
}

static void
pingem_window_init (PingemWindow *self)
{
  self->timeline = pingem_timeline_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_box_append (self->content, pingem_legend_new ());
  pingem_axis_view_set_timeline (self->axis, self->timeline);
  g_signal_connect_object (self->timeline, "changed", G_CALLBACK (on_scale), self,
                           G_CONNECT_SWAPPED);

  g_signal_connect_object (self->timeline, "notify::following", G_CALLBACK (on_following), self,
                           G_CONNECT_SWAPPED);
  on_following (self);

  add_property_action (self, "range", "range-s");
  add_property_action (self, "log", "log");
}

PingemWindow *
pingem_window_new (GtkApplication *app, PingemLink *link)
{
  PingemWindow *self = g_object_new (PINGEM_TYPE_WINDOW, "application", app, NULL);

  self->link = g_object_ref (link);
  pingem_target_list_set_source (self->list, link, self->timeline);
  pingem_events_page_set_source (self->events, link, self->timeline);
  g_signal_connect_object (link, "changed", G_CALLBACK (on_link_changed), self, G_CONNECT_SWAPPED);
  on_link_changed (self);

  return self;
}

void
pingem_window_show_problem (PingemWindow *self, const char *sentence)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (markup));
}
