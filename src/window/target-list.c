/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/target-list.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "ipc/status.h"
#include "window/target-dialog.h"
#include "window/target-row.h"

#define MINUTE_MS 60000

/**
 * PingemTargetList:
 *
 * A row per target, in the order in which packets travel.
 */
struct _PingemTargetList {
  GtkBox parent_instance;

  PingemLink *link;         /* (owned) (nullable): until set */
  PingemTimeline *timeline; /* (owned) (nullable): until set */
  PingemEventFeed *events;  /* (owned) (nullable): until set */
};

enum {
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemTargetList, pingem_target_list, GTK_TYPE_BOX)

/* One scale for all strips, so that they can be compared. */
static void
on_columns (PingemTargetList *self)
{
  int rtt_us = -1;

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      guint n;
      const PingemColumn *columns =
          pingem_feed_get_columns (pingem_target_row_get_feed (PINGEM_TARGET_ROW (row)), &n);

      rtt_us = MAX (rtt_us, pingem_scale_measure (columns, n));
    }

  pingem_timeline_set_rtt (self->timeline, rtt_us);
}

static void
on_edit (PingemTargetList *self, PingemTargetRow *row)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));

  gtk_window_present (GTK_WINDOW (pingem_target_dialog_new (
      window, pingem_link_get_monitor (self->link), pingem_target_row_get_target (row))));
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemTargetList) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *problem = NULL;

  if (pingem_dbus_monitor1_call_remove_target_finish (PINGEM_DBUS_MONITOR1 (source), result,
                                                      &error))
    return;

  problem = pingem_link_explain (error);
  g_signal_emit (self, signals[FAILED], 0, problem);
}

static void
on_confirmed (AdwMessageDialog *dialog, const char *response, PingemTargetList *self)
{
  const char *key = g_object_get_data (G_OBJECT (dialog), "key");

  if (g_str_equal (response, "remove"))
    pingem_dbus_monitor1_call_remove_target (pingem_link_get_monitor (self->link), key, NULL,
                                             on_removed, g_object_ref (self));
}

static void
on_remove (PingemTargetList *self, PingemTargetRow *row)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  GVariant *target = pingem_target_row_get_target (row);
  const char *key = pingem_target_row_get_key (row);
  /* Translators: a target's name */
  g_autofree char *heading =
      g_strdup_printf (_ ("Remove %s?"), pingem_target_lookup_string (target, "name") ?: key);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (
      window, heading, _ ("It is no longer measured. Its history stays until it is too old.")));

  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "remove", _ ("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "key", g_strdup (key), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_confirmed), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Of whole minutes, so that a grid that moves on does not ask anew each second. */
static void
ask_for_events (PingemTargetList *self)
{
  const PingemGrid *grid = pingem_timeline_get_grid (self->timeline);

  if (grid->n_columns > 0)
    pingem_event_feed_ask (self->events, grid->from_ms / MINUTE_MS * MINUTE_MS,
                           (pingem_grid_get_end (grid) / MINUTE_MS + 1) * MINUTE_MS);
}

static PingemTargetRow *
find_row (PingemTargetList *self, const char *key)
{
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (g_str_equal (pingem_target_row_get_key (PINGEM_TARGET_ROW (row)), key))
      return PINGEM_TARGET_ROW (row);

  return NULL;
}

static PingemTargetRow *
add_row (PingemTargetList *self, const char *key)
{
  PingemTargetRow *row = pingem_target_row_new (self->link, self->timeline, self->events, key);

  g_signal_connect_object (row, "edit", G_CALLBACK (on_edit), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "remove", G_CALLBACK (on_remove), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (pingem_target_row_get_feed (row), "changed", G_CALLBACK (on_columns),
                           self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (row));

  return row;
}

static void
remove_rows_after (PingemTargetList *self, GtkWidget *last)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_last_child (GTK_WIDGET (self))) != last)
    gtk_box_remove (GTK_BOX (self), row);
}

static void
pingem_target_list_dispose (GObject *object)
{
  PingemTargetList *self = PINGEM_TARGET_LIST (object);

  remove_rows_after (self, NULL);
  g_clear_object (&self->link);
  g_clear_object (&self->timeline);
  g_clear_object (&self->events);

  G_OBJECT_CLASS (pingem_target_list_parent_class)->dispose (object);
}

static void
pingem_target_list_class_init (PingemTargetListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pingem_target_list_dispose;

  signals[FAILED] = g_signal_new ("failed", PINGEM_TYPE_TARGET_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
pingem_target_list_init (PingemTargetList *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
}

void
pingem_target_list_set_source (PingemTargetList *self, PingemLink *link, PingemTimeline *timeline)
{
  g_set_object (&self->link, link);
  g_set_object (&self->timeline, timeline);
  self->events = pingem_event_feed_new (link);
  g_signal_connect_object (timeline, "ticked", G_CALLBACK (ask_for_events), self,
                           G_CONNECT_SWAPPED);
}

void
pingem_target_list_show (PingemTargetList *self, GVariant *targets)
{
  GtkWidget *last = NULL;

  for (gsize i = 0; i < g_variant_n_children (targets); i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);
      const char *key = pingem_target_lookup_string (target, "key");
      PingemTargetRow *row;

      if (key == NULL)
        continue;

      row = find_row (self, key) ?: add_row (self, key);
      pingem_target_row_show (row, target);
      gtk_box_reorder_child_after (GTK_BOX (self), GTK_WIDGET (row), last);
      last = GTK_WIDGET (row);
    }

  remove_rows_after (self, last);
}

void
pingem_target_list_forget (PingemTargetList *self)
{
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    pingem_target_row_forget (PINGEM_TARGET_ROW (row));
}
