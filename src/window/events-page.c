/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/events-page.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "ipc/event.h"
#include "window/describe.h"
#include "window/event-feed.h"

#define DAY_MS (G_GINT64_CONSTANT (24 * 60 * 60) * 1000)
/* What is asked for moves in steps, so that the same is asked for again. */
#define MAX_AGE_MS (400 * DAY_MS)
#define MIN_SHOWN_MS (10 * 60 * 1000)

/**
 * PingemEventsPage:
 *
 * What happened, the newest first. A row leads to its place on the strips.
 */
struct _PingemEventsPage {
  GtkWidget parent_instance;

  GtkWidget *scrolled;
  GtkEntry *note;
  GtkWidget *add;
  GtkToggleButton *outages;
  GtkListBox *list;

  PingemLink *link;         /* (owned) (nullable): until set */
  PingemTimeline *timeline; /* (owned) (nullable): until set */
  PingemEventFeed *feed;    /* (owned) (nullable): until set */
};

enum {
  CHOSEN,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemEventsPage, pingem_events_page, GTK_TYPE_WIDGET)

static GtkWidget *
build_row (const PingemEvent *event, GTimeZone *zone)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *what = pingem_event_describe (event);
  g_autofree char *when = pingem_describe_event_time (event, zone);
  /* Translators: a kind of event, and what happened */
  g_autofree char *title = g_strdup_printf (_ ("%s: %s"), pingem_event_label (event), what);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), when);
  gtk_widget_set_tooltip_text (row, _ ("Show it on the strips"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "event", pingem_event_copy (event),
                          (GDestroyNotify) pingem_event_free);

  return row;
}

static void
refill (PingemEventsPage *self)
{
  const GPtrArray *events = pingem_event_feed_get (self->feed);
  gboolean only_outages = gtk_toggle_button_get_active (self->outages);
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  GtkWidget *row;

  while ((row = GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, 0))) != NULL)
    gtk_list_box_remove (self->list, row);

  for (guint i = events->len; i > 0; i--)
    {
      const PingemEvent *event = events->pdata[i - 1];

      if (!only_outages || g_str_equal (event->kind, PINGEM_EVENT_OUTAGE))
        gtk_list_box_append (self->list, build_row (event, zone));
    }
}

static void
ask (PingemEventsPage *self)
{
  gint64 tomorrow_ms = (g_get_real_time () / 1000 / DAY_MS + 2) * DAY_MS;

  if (self->feed != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    pingem_event_feed_ask (self->feed, tomorrow_ms - MAX_AGE_MS, tomorrow_ms);
}

static void
on_activated (PingemEventsPage *self, GtkListBoxRow *row)
{
  const PingemEvent *event = g_object_get_data (G_OBJECT (row), "event");
  gint64 end_ms = event->to_ms < 0 ? g_get_real_time () / 1000 : event->to_ms;
  gint64 around_ms = MAX (end_ms - event->from_ms, MIN_SHOWN_MS) / 2;

  pingem_timeline_show (self->timeline, event->from_ms - around_ms, end_ms + around_ms);
  g_signal_emit (self, signals[CHOSEN], 0);
}

static void
on_edited (PingemEventsPage *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->note))));

  gtk_widget_set_sensitive (self->add, *text != '\0');
}

static void
on_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemEventsPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *problem = NULL;

  if (pingem_dbus_monitor1_call_add_note_finish (PINGEM_DBUS_MONITOR1 (source), result, &error))
    {
      gtk_editable_set_text (GTK_EDITABLE (self->note), "");
      pingem_event_feed_forget (self->feed);
      ask (self);
      return;
    }

  problem = pingem_link_explain (error);
  g_signal_emit (self, signals[FAILED], 0, problem);
}

static void
on_add_note (PingemEventsPage *self)
{
  PingemDbusMonitor1 *monitor = pingem_link_get_monitor (self->link);
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->note))));

  if (*text != '\0' && monitor != NULL)
    pingem_dbus_monitor1_call_add_note (monitor, 0, text, NULL, on_noted, g_object_ref (self));
}

static void
pingem_events_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (pingem_events_page_parent_class)->map (widget);
  ask (PINGEM_EVENTS_PAGE (widget));
}

static void
pingem_events_page_dispose (GObject *object)
{
  PingemEventsPage *self = PINGEM_EVENTS_PAGE (object);

  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_object (&self->link);
  g_clear_object (&self->timeline);
  g_clear_object (&self->feed);

  G_OBJECT_CLASS (pingem_events_page_parent_class)->dispose (object);
}

static void
pingem_events_page_class_init (PingemEventsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pingem_events_page_dispose;
  widget_class->map = pingem_events_page_map;

  signals[CHOSEN] = g_signal_new ("chosen", PINGEM_TYPE_EVENTS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", PINGEM_TYPE_EVENTS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/pingem/Pingem/events-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PingemEventsPage, scrolled);
  gtk_widget_class_bind_template_child (widget_class, PingemEventsPage, note);
  gtk_widget_class_bind_template_child (widget_class, PingemEventsPage, add);
  gtk_widget_class_bind_template_child (widget_class, PingemEventsPage, outages);
  gtk_widget_class_bind_template_child (widget_class, PingemEventsPage, list);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_add_note);
  gtk_widget_class_bind_template_callback (widget_class, on_edited);
  gtk_widget_class_bind_template_callback (widget_class, refill);
}

static void
pingem_events_page_init (PingemEventsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
pingem_events_page_set_source (PingemEventsPage *self, PingemLink *link, PingemTimeline *timeline)
{
  g_set_object (&self->link, link);
  g_set_object (&self->timeline, timeline);
  self->feed = pingem_event_feed_new (link);
  g_signal_connect_object (self->feed, "changed", G_CALLBACK (refill), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (timeline, "ticked", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
}
