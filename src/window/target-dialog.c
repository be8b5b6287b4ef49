/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/target-dialog.h"

#include <glib/gi18n-lib.h>

#include "ipc/host-text.h"
#include "ipc/status.h"
#include "window/link.h"

#define MAX_ADDRESS_LENGTH 253
#define MAX_NAME_LENGTH 100

enum {
  INTERVAL,
  TIMEOUT,
  SIZE,
  DSCP,
  N_NUMBERS
};

/* What stands in a spin button, and how many of the monitor's units are one of its own. */
static const struct {
  const char *child;
  const char *word;
  double factor;
} numbers[N_NUMBERS] = {
  [INTERVAL] = { "interval", "interval-ms", 1000 },
  [TIMEOUT] = { "timeout", "timeout-ms", 1000 },
  [SIZE] = { "size", "size", 1 },
  [DSCP] = { "dscp", "dscp", 1 },
};

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
  GtkSpinButton *spins[N_NUMBERS];
  GtkLabel *problem;
  GtkButton *apply;

  PingemDbusMonitor1 *monitor; /* (owned) */
  GVariant *target;            /* (owned) (nullable): where one is changed */
  double shown[N_NUMBERS];
};

/* In the order of the list; the router is found, never chosen. */
static const char *const legs[] = { "call", "internet", "provider", "vpn", "other" };

G_DEFINE_FINAL_TYPE (PingemTargetDialog, pingem_target_dialog, ADW_TYPE_WINDOW)

static char *
dup_text (AdwEntryRow *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
}

/* As it is typed. (transfer full) (nullable): nothing is wrong */
static char *
find_problem (const char *address, const char *name)
{
  g_autoptr (GError) error = NULL;

  if (strlen (address) > MAX_ADDRESS_LENGTH || strlen (name) > MAX_NAME_LENGTH)
    return g_strdup (_ ("That is too long: shorten the address or the name."));
  if (*address != '\0' && !pingem_host_check (address, &error))
    return g_strdup (error->message);

  return NULL;
}

static void
on_edited (PingemTargetDialog *self)
{
  g_autofree char *address = dup_text (self->address);
  g_autofree char *name = dup_text (self->name);
  /* What is changed has the address that it has. */
  g_autofree char *problem = find_problem (self->target == NULL ? address : "", name);

  gtk_widget_set_sensitive (GTK_WIDGET (self->apply), *address != '\0' && problem == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
  gtk_label_set_text (self->problem, problem ?: "");
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

/* What differs: a number finer than the field shows stays as it is. */
static void
add_numbers (PingemTargetDialog *self, GVariantBuilder *builder)
{
  for (guint i = 0; i < N_NUMBERS; i++)
    {
      double value = gtk_spin_button_get_value (self->spins[i]);

      if (value != self->shown[i] || (i == INTERVAL && self->target == NULL))
        g_variant_builder_add (builder, "{sv}", numbers[i].word,
                               g_variant_new_uint32 (value * numbers[i].factor + 0.5));
    }
}

static GVariant *
build_values (PingemTargetDialog *self)
{
  g_autofree char *address = dup_text (self->address);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);

  if (self->target == NULL)
    g_variant_builder_add (&builder, "{sv}", "address", g_variant_new_string (address));
  add_name (self, &builder);
  add_leg (self, &builder);
  add_numbers (self, &builder);

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
  for (guint i = 0; i < N_NUMBERS; i++)
    {
      gint64 number = pingem_target_lookup_number (self->target, numbers[i].word);

      if (number >= 0)
        gtk_spin_button_set_value (self->spins[i], number / numbers[i].factor);
      self->shown[i] = gtk_spin_button_get_value (self->spins[i]);
    }

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
  for (guint i = 0; i < N_NUMBERS; i++)
    gtk_widget_class_bind_template_child_full (widget_class, numbers[i].child, FALSE,
                                               G_STRUCT_OFFSET (PingemTargetDialog, spins) +
                                                   i * sizeof (GtkSpinButton *));
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
  for (guint i = 0; i < N_NUMBERS; i++)
    self->shown[i] = gtk_spin_button_get_value (self->spins[i]);
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
