/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/target-row.h"

#include <glib/gi18n-lib.h>

#include "ipc/status.h"
#include "window/describe.h"
#include "window/pair.h"
#include "window/strip-view.h"

/**
 * PingemTargetRow:
 *
 * How one target stands: its numbers and its strip.
 */
struct _PingemTargetRow {
  GtkWidget parent_instance;

  GtkWidget *pair;
  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *address;
  GtkLabel *rtt;
  GtkLabel *loss;
  GtkLabel *jitter;
  GtkLabel *problem;
  PingemStripView *strip;

  PingemFeed *feed; /* (owned) */
  char *key;        /* (owned) */
  GVariant *target; /* (owned) (nullable): until shown */
};

enum {
  EDIT,
  REMOVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemTargetRow, pingem_target_row, GTK_TYPE_WIDGET)

static void
on_edit (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_signal_emit (widget, signals[EDIT], 0);
}

static void
on_remove (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_signal_emit (widget, signals[REMOVE], 0);
}

/* For each one that is set GTK asks where the pointer is, which stops the whole display. */
static void
set_tooltip (gpointer widget, const char *text)
{
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget) ?: "", text) != 0)
    gtk_widget_set_tooltip_text (widget, text);
}

static void
show_names (PingemTargetRow *self)
{
  const char *name = pingem_target_get_name (self->target) ?: self->key;
  g_autofree char *address = pingem_describe_address (self->target);

  gtk_label_set_text (self->name, name);
  set_tooltip (self->name, name);
  gtk_label_set_text (self->address, address);
  set_tooltip (self->address, address);
  pingem_strip_view_set_name (self->strip, name);
}

static void
show_level (PingemTargetRow *self, PingemLevel level)
{
  const char *label = pingem_level_label (level);

  gtk_image_set_from_icon_name (self->icon, pingem_level_icon_name (level));
  set_tooltip (self->icon, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

/* Negative: unknown. */
static void
show_numbers (PingemTargetRow *self, gint64 rtt_us, double loss, gint64 jitter_us, double mos)
{
  g_autofree char *rtt = pingem_format_rtt (rtt_us);
  g_autofree char *jitter = pingem_format_rtt (jitter_us);
  g_autofree char *percent = pingem_format_loss (loss);
  /* Translators: a percentage */
  g_autofree char *loss_text = g_strdup_printf (_ ("%s lost"), percent);
  g_autofree char *mos_text = pingem_format_mos (mos);
  /* Translators: a time, and how good a call would be, 1 to 4.5 */
  g_autofree char *jitter_text = g_strdup_printf (_ ("jitter %s · MOS %s"), jitter, mos_text);

  gtk_label_set_text (self->rtt, rtt);
  gtk_label_set_text (self->loss, loss_text);
  gtk_label_set_text (self->jitter, jitter_text);

  if (loss > 0)
    gtk_widget_add_css_class (GTK_WIDGET (self->loss), "lossy");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->loss), "lossy");
}

static void
show_problem (PingemTargetRow *self)
{
  const char *problem = pingem_target_lookup_string (self->target, "problem");

  gtk_label_set_text (self->problem, problem ?: "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
}

static void
pingem_target_row_dispose (GObject *object)
{
  PingemTargetRow *self = PINGEM_TARGET_ROW (object);

  g_clear_pointer (&self->pair, gtk_widget_unparent);
  g_clear_object (&self->feed);

  G_OBJECT_CLASS (pingem_target_row_parent_class)->dispose (object);
}

static void
pingem_target_row_finalize (GObject *object)
{
  PingemTargetRow *self = PINGEM_TARGET_ROW (object);

  g_free (self->key);
  g_clear_pointer (&self->target, g_variant_unref);

  G_OBJECT_CLASS (pingem_target_row_parent_class)->finalize (object);
}

static void
pingem_target_row_class_init (PingemTargetRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pingem_target_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = pingem_target_row_finalize;

  signals[EDIT] = g_signal_new ("edit", PINGEM_TYPE_TARGET_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  signals[REMOVE] = g_signal_new ("remove", PINGEM_TYPE_TARGET_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (PINGEM_TYPE_PAIR);
  g_type_ensure (PINGEM_TYPE_STRIP_VIEW);
  gtk_widget_class_install_action (widget_class, "target.edit", NULL, on_edit);
  gtk_widget_class_install_action (widget_class, "target.remove", NULL, on_remove);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/pingem/Pingem/target-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PingemTargetRow, pair);
  gtk_widget_class_bind_template_child (widget_class, PingemTargetRow, icon);
  gtk_widget_class_bind_template_child (widget_class, PingemTargetRow, name);
  gtk_widget_class_bind_template_child (widget_class, PingemTargetRow, address);
  gtk_widget_class_bind_template_child (widget_class, PingemTargetRow, rtt);
  gtk_widget_class_bind_template_child (widget_class, PingemTargetRow, loss);
  gtk_widget_class_bind_template_child (widget_class, PingemTargetRow, jitter);
  gtk_widget_class_bind_template_child (widget_class, PingemTargetRow, problem);
  gtk_widget_class_bind_template_child (widget_class, PingemTargetRow, strip);
}

static void
pingem_target_row_init (PingemTargetRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

PingemTargetRow *
pingem_target_row_new (PingemLink *link,
                       PingemTimeline *timeline,
                       PingemEventFeed *events,
                       const char *key)
{
  PingemTargetRow *self = g_object_new (PINGEM_TYPE_TARGET_ROW, NULL);
  g_autoptr (PingemPacketFeed) packets = pingem_packet_feed_new (link, key);

  self->key = g_strdup (key);
  self->feed = pingem_feed_new (link, timeline, key);
  pingem_strip_view_set_source (self->strip, timeline, self->feed, events, packets);

  return self;
}

void
pingem_target_row_show (PingemTargetRow *self, GVariant *target)
{
  gboolean is_fixed = FALSE;

  g_clear_pointer (&self->target, g_variant_unref);
  self->target = g_variant_ref (target);
  g_variant_lookup (target, "fixed", "b", &is_fixed);

  show_names (self);
  show_level (self, pingem_level_parse (pingem_target_lookup_string (target, "level")));
  show_numbers (self, pingem_target_lookup_number (target, "rtt-us"), pingem_target_loss (target),
                pingem_target_lookup_number (target, "jitter-us"), pingem_target_mos (target));
  show_problem (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "target.edit", TRUE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "target.remove", !is_fixed);
}

void
pingem_target_row_forget (PingemTargetRow *self)
{
  show_level (self, PINGEM_LEVEL_UNKNOWN);
  show_numbers (self, -1, -1, -1, -1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "target.edit", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "target.remove", FALSE);
}

const char *
pingem_target_row_get_key (PingemTargetRow *self)
{
  return self->key;
}

GVariant *
pingem_target_row_get_target (PingemTargetRow *self)
{
  return self->target;
}

PingemFeed *
pingem_target_row_get_feed (PingemTargetRow *self)
{
  return self->feed;
}
