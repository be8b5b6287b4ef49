/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/target-dialog.h"

#include <glib/gi18n-lib.h>

#include "ipc/status.h"
#include "window/link.h"

#define MAX_ADDRESS_LENGTH 253
#define MAX_NAME_LENGTH 100

/**
 * PingemTargetDialog:
 *
 * What can be chosen about one target. The monitor has the last word on it.
 */
struct _PingemTargetDialog {
  AdwWindow parent_instance;

  AdwPreferencesGroup *what;
  AdwEntryRow *address;
  AdwEntryRow *name;
  AdwComboRow *leg;
  GtkSpinButton *interval;
  GtkLabel *problem;
  GtkButton *apply;

  PingemDbusMonitor1 *monitor; /* (owned) */
  GVariant *target;            /* (owned) (nullable): where one is changed */
  double shown_interval_s;
};

/* In the order of the list; the router is found, never chosen. */
static const char *const legs[] = { "call", "internet", "provider", "vpn", "other" };

G_DEFINE_FINAL_TYPE (PingemTargetDialog, pingem_target_dialog, ADW_TYPE_WINDOW)

static char *
dup_text (AdwEntryRow *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
}

static void
on_edited (PingemTargetDialog *self)
{
  g_autofree char *address = dup_text (self->address);
  g_autofree char *name = dup_text (self->name);
  gboolean is_long = strlen (address) > MAX_ADDRESS_LENGTH || strlen (name) > MAX_NAME_LENGTH;

  gtk_widget_set_sensitive (GTK_WIDGET (self->apply), *address != '\0' && !is_long);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), is_long);
  if (is_long)
    gtk_label_set_text (self->problem, _ ("That is too long: shorten the address or the name."));
}

static void
add_name (PingemTargetDialog *self, GVariantBuilder *builder)
{
  g_autofree char *name = dup_text (self->name);
  g_autofree char *address = dup_text (self->address);
  const char *old = self->target != NULL ? pingem_target_lookup_string (self->target, "name") : "";

  /* Without a name of its own a target goes by its address. */
  if (g_strcmp0 (name, old) != 0)
    g_variant_builder_add (builder, "{sv}", "name",
                           g_variant_new_string (*name != '\0' ? name : address));
}

static void
add_leg (PingemTargetDialog *self, GVariantBuilder *builder)
{
  const char *leg = legs[adw_combo_row_get_selected (self->leg)];
  const char *old = self->target != NULL ? pingem_target_lookup_string (self->target, "leg") : NULL;

  if (gtk_widget_get_visible (GTK_WIDGET (self->leg)) && g_strcmp0 (leg, old) != 0)
    g_variant_builder_add (builder, "{sv}", "leg", g_variant_new_string (leg));
}

/* What differs: an interval finer than the field shows stays as it is. */
static GVariant *
build_values (PingemTargetDialog *self)
{
  g_autofree char *address = dup_text (self->address);
  double interval_s = gtk_spin_button_get_value (self->interval);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);

  if (self->target == NULL)
    g_variant_builder_add (&builder, "{sv}", "address", g_variant_new_string (address));
  add_name (self, &builder);
  add_leg (self, &builder);
  if (self->target == NULL || interval_s != self->shown_interval_s)
    g_variant_builder_add (&builder, "{sv}", "interval-ms",
                           g_variant_new_uint32 (interval_s * 1000 + 0.5));

  return g_variant_builder_end (&builder);
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemTargetDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *problem = NULL;

  reply = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  /* Closed in the meantime: its widgets are gone. */
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  if (reply != NULL)
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }

  problem = pingem_link_explain (error);
  gtk_label_set_text (self->problem, problem);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->apply), TRUE);
}

static void
on_apply (PingemTargetDialog *self)
{
  GVariant *values;

  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->apply)))
    return;

  values = build_values (self);
  gtk_widget_set_sensitive (GTK_WIDGET (self->apply), FALSE);

  if (self->target == NULL)
    g_dbus_proxy_call (G_DBUS_PROXY (self->monitor), "AddTarget",
                       g_variant_new ("(@a{sv})", values), G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                       on_applied, g_object_ref (self));
  else
    g_dbus_proxy_call (
        G_DBUS_PROXY (self->monitor), "ChangeTarget",
        g_variant_new ("(s@a{sv})", pingem_target_lookup_string (self->target, "key"), values),
        G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_applied, g_object_ref (self));
}

static void
show_target (PingemTargetDialog *self)
{
  const char *leg = pingem_target_lookup_string (self->target, "leg");
  const char *address = pingem_target_lookup_string (self->target, "address");
  gint64 interval_ms = pingem_target_lookup_number (self->target, "interval-ms");
  gboolean is_known = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (legs); i++)
    if (g_strcmp0 (legs[i], leg) == 0)
      {
        adw_combo_row_set_selected (self->leg, i);
        is_known = TRUE;
      }

  gtk_widget_set_visible (GTK_WIDGET (self->leg), is_known);
  gtk_editable_set_text (GTK_EDITABLE (self->address),
                         address ?: pingem_target_lookup_string (self->target, "key") ?: "");
  gtk_widget_set_sensitive (GTK_WIDGET (self->address), FALSE);
  gtk_editable_set_text (GTK_EDITABLE (self->name),
                         pingem_target_lookup_string (self->target, "name") ?: "");
  if (interval_ms > 0)
    gtk_spin_button_set_value (self->interval, interval_ms / 1000.0);
  self->shown_interval_s = gtk_spin_button_get_value (self->interval);

  adw_preferences_group_set_description (self->what, NULL);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Edit Target"));
  gtk_button_set_label (self->apply, _ ("_Save"));
}

static void
fill_legs (PingemTargetDialog *self)
{
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (legs); i++)
    gtk_string_list_append (labels, pingem_leg_label (legs[i]));

  adw_combo_row_set_model (self->leg, G_LIST_MODEL (labels));
}

static void
pingem_target_dialog_finalize (GObject *object)
{
  PingemTargetDialog *self = PINGEM_TARGET_DIALOG (object);

  g_clear_object (&self->monitor);
  g_clear_pointer (&self->target, g_variant_unref);

  G_OBJECT_CLASS (pingem_target_dialog_parent_class)->finalize (object);
}

static void
pingem_target_dialog_class_init (PingemTargetDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pingem_target_dialog_finalize;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/pingem/Pingem/target-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PingemTargetDialog, what);
  gtk_widget_class_bind_template_child (widget_class, PingemTargetDialog, address);
  gtk_widget_class_bind_template_child (widget_class, PingemTargetDialog, name);
  gtk_widget_class_bind_template_child (widget_class, PingemTargetDialog, leg);
  gtk_widget_class_bind_template_child (widget_class, PingemTargetDialog, interval);
  gtk_widget_class_bind_template_child (widget_class, PingemTargetDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, PingemTargetDialog, apply);
  gtk_widget_class_bind_template_callback (widget_class, on_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
pingem_target_dialog_init (PingemTargetDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_legs (self);
  on_edited (self);
}

PingemTargetDialog *
pingem_target_dialog_new (GtkWindow *parent, PingemDbusMonitor1 *monitor, GVariant *target)
{
  PingemTargetDialog *self =
      g_object_new (PINGEM_TYPE_TARGET_DIALOG, "transient-for", parent, NULL);

  self->monitor = g_object_ref (monitor);

  if (target != NULL)
    {
      self->target = g_variant_ref (target);
      show_target (self);
    }
  gtk_widget_grab_focus (GTK_WIDGET (target != NULL ? self->name : self->address));

  return self;
}
