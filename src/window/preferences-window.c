/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/preferences-window.h"

#include <glib/gi18n-lib.h>

#include "ipc/status.h"
#include "window/autostart.h"
#include "window/background.h"
#include "window/describe.h"
#include "window/target-dialog.h"

enum {
  DEGRADED,
  BAD,
  NOTIFY,
  NOTIFY_AFTER,
  MONOCHROME,
  LABEL,
  KEEP_DAYS,
  N_CONTROLS
};

/* What a control sets: its word of Monitor1's Settings, and that one's type. */
static const struct {
  const char *child;
  const char *word;
  char type;
} settings[N_CONTROLS] = {
  [DEGRADED] = { "degraded", "degraded-percent", 'd' },
  [BAD] = { "bad", "bad-percent", 'd' },
  [NOTIFY] = { "notify", "notify", 'b' },
  [NOTIFY_AFTER] = { "notify_after", "notify-after-s", 'u' },
  [MONOCHROME] = { "monochrome", "tray-monochrome", 'b' },
  [LABEL] = { "label", "tray-label", 'b' },
  [KEEP_DAYS] = { "keep_days", "keep-days", 'u' },
};

/**
 * PingemPreferencesWindow:
 *
 * What can be chosen. Each change goes to the monitor at once, and what the
 * monitor has is shown: it may be changed elsewhere, too.
 */
struct _PingemPreferencesWindow {
  AdwPreferencesWindow parent_instance;

  GtkWidget *controls[N_CONTROLS]; /* GtkSwitch or GtkSpinButton */
  GtkSwitch *autostart;
  AdwPreferencesGroup *targets;
  AdwActionRow *file;
  AdwActionRow *source;
  GtkWidget *hint; /* how the helper is installed */

  PingemLink *link;    /* (owned) (nullable): until set */
  GPtrArray *rows;     /* (owned): of GtkWidget, of the targets */
  GVariant *listed;    /* (owned) (nullable): targets that the rows are of */
  GVariant *shown;     /* (owned) (nullable): Settings that the controls show, but for the user */
  gboolean is_showing; /* what changes is not the user's doing */
};

G_DEFINE_FINAL_TYPE (PingemPreferencesWindow,
                     pingem_preferences_window,
                     ADW_TYPE_PREFERENCES_WINDOW)

static void
show_toast (PingemPreferencesWindow *self, const char *sentence)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), adw_toast_new (markup));
}

static void
show_value (GtkWidget *control, char type, GVariant *value)
{
  if (type == 'b')
    gtk_switch_set_active (GTK_SWITCH (control), g_variant_get_boolean (value));
  else
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (control), type == 'd'
                                                              ? g_variant_get_double (value)
                                                              : g_variant_get_uint32 (value));
}

/* Degraded is never above bad. */
static void
fit_thresholds (PingemPreferencesWindow *self)
{
  GtkAdjustment *degraded =
      gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (self->controls[DEGRADED]));
  GtkAdjustment *bad = gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (self->controls[BAD]));

  gtk_adjustment_set_upper (degraded, gtk_adjustment_get_value (bad));
  gtk_adjustment_set_lower (bad, gtk_adjustment_get_value (degraded));
}

/* What is unchanged stays untouched: a number being typed, a switch on its way. */
static gboolean
is_shown (PingemPreferencesWindow *self, const char *word, GVariant *value)
{
  g_autoptr (GVariant) shown =
      self->shown != NULL ? g_variant_lookup_value (self->shown, word, NULL) : NULL;

  return shown != NULL && g_variant_equal (shown, value);
}

static void
show_settings (PingemPreferencesWindow *self, GVariant *dict)
{
  const char *config = pingem_target_lookup_string (dict, "config");

  self->is_showing = TRUE;
  for (guint i = 0; i < N_CONTROLS; i++)
    {
      const char type[] = { settings[i].type, '\0' };
      g_autoptr (GVariant) value =
          g_variant_lookup_value (dict, settings[i].word, G_VARIANT_TYPE (type));

      gtk_widget_set_sensitive (self->controls[i], value != NULL);
      if (value != NULL && !is_shown (self, settings[i].word, value))
        show_value (self->controls[i], settings[i].type, value);
    }
  fit_thresholds (self);
  self->is_showing = FALSE;
  g_clear_pointer (&self->shown, g_variant_unref);
  self->shown = g_variant_ref (dict);

  adw_action_row_set_subtitle (self->file, config ?: "");
}

static void
show_source (PingemPreferencesWindow *self, GVariant *source)
{
  const char *kind, *why;

  g_variant_get (source, "(&s&s)", &kind, &why);
  if (g_str_equal (kind, "helper"))
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->source), _ ("Through the helper"));
  else if (g_str_equal (kind, "none"))
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->source), _ ("Nothing can be sent"));
  else
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->source),
                                   _ ("By a socket of its own"));

  adw_action_row_set_subtitle (self->source, why);
  gtk_widget_set_visible (self->hint, !g_str_equal (kind, "helper"));
}

static void
on_edit (PingemPreferencesWindow *self, GtkWidget *button)
{
  GVariant *target = g_object_get_data (G_OBJECT (button), "target");

  gtk_window_present (GTK_WINDOW (
      pingem_target_dialog_new (GTK_WINDOW (self), pingem_link_get_monitor (self->link), target)));
}

static GtkWidget *
build_target (PingemPreferencesWindow *self, GVariant *target)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("document-edit-symbolic");
  const char *name = pingem_target_lookup_string (target, "name") ?: "";
  g_autofree char *address = pingem_describe_address (target);
  /* Translators: a target's name */
  g_autofree char *label = g_strdup_printf (_ ("Edit %s"), name);
  gboolean is_fixed = FALSE;

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), address);

  g_variant_lookup (target, "fixed", "b", &is_fixed);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_sensitive (button, !is_fixed);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data_full (G_OBJECT (button), "target", g_variant_ref (target),
                          (GDestroyNotify) g_variant_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_edit), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);

  return row;
}

/* Who is watched, without how it fares. */
static GVariant *
list_names (GVariant *targets)
{
  static const char *const words[] = { "key",         "name",       "leg",  "address", "numeric",
                                       "interval-ms", "timeout-ms", "size", "dscp" };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (gsize i = 0; i < g_variant_n_children (targets); i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);

      for (guint j = 0; j < G_N_ELEMENTS (words); j++)
        {
          g_autoptr (GVariant) value = g_variant_lookup_value (target, words[j], NULL);

          g_variant_builder_add (&builder, "v", value != NULL ? value : g_variant_new_string (""));
        }
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
show_targets (PingemPreferencesWindow *self, GVariant *targets)
{
  g_autoptr (GVariant) names = list_names (targets);

  if (self->listed != NULL && g_variant_equal (self->listed, names))
    return;

  g_clear_pointer (&self->listed, g_variant_unref);
  self->listed = g_steal_pointer (&names);
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->targets, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);

  for (gsize i = 0; i < g_variant_n_children (targets); i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);

      g_ptr_array_add (self->rows, build_target (self, target));
      adw_preferences_group_add (self->targets, self->rows->pdata[i]);
    }
}

static void
on_link_changed (PingemPreferencesWindow *self)
{
  PingemDbusMonitor1 *monitor = pingem_link_get_monitor (self->link);
  gboolean is_up = pingem_link_get_state (self->link) == PINGEM_LINK_UP;
  g_autoptr (GVariant) dict = is_up ? pingem_dbus_monitor1_dup_settings (monitor) : NULL;
  g_autoptr (GVariant) targets = is_up ? pingem_dbus_monitor1_dup_targets (monitor) : NULL;
  g_autoptr (GVariant) source = is_up ? pingem_dbus_monitor1_dup_source (monitor) : NULL;

  if (dict != NULL)
    show_settings (self, dict);
  if (targets != NULL)
    show_targets (self, targets);
  if (source != NULL)
    show_source (self, source);

  gtk_widget_set_sensitive (GTK_WIDGET (self->targets), is_up);
  for (guint i = 0; i < N_CONTROLS && !is_up; i++)
    gtk_widget_set_sensitive (self->controls[i], FALSE);
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemPreferencesWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *problem = NULL;

  if (pingem_dbus_monitor1_call_set_finish (PINGEM_DBUS_MONITOR1 (source), result, &error) ||
      self->link == NULL)
    return;

  problem = pingem_link_explain (error);
  show_toast (self, problem);
  g_clear_pointer (&self->shown, g_variant_unref);
  on_link_changed (self);
}

static GVariant *
read_control (PingemPreferencesWindow *self, guint i)
{
  GtkWidget *control = self->controls[i];

  if (settings[i].type == 'b')
    return g_variant_new_boolean (gtk_switch_get_active (GTK_SWITCH (control)));
  if (settings[i].type == 'd')
    return g_variant_new_double (gtk_spin_button_get_value (GTK_SPIN_BUTTON (control)));

  return g_variant_new_uint32 (gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (control)));
}

static void
on_changed (PingemPreferencesWindow *self, gpointer pspec, GtkWidget *control)
{
  GVariantBuilder builder;

  if (self->is_showing || pingem_link_get_state (self->link) != PINGEM_LINK_UP)
    return;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < N_CONTROLS; i++)
    if (self->controls[i] == control)
      g_variant_builder_add (&builder, "{sv}", settings[i].word, read_control (self, i));

  pingem_dbus_monitor1_call_set (pingem_link_get_monitor (self->link),
                                 g_variant_builder_end (&builder), NULL, on_set,
                                 g_object_ref (self));
}

static void
show_autostart (PingemPreferencesWindow *self)
{
  self->is_showing = TRUE;
  gtk_switch_set_active (self->autostart, pingem_autostart_get ());
  self->is_showing = FALSE;
}

/* Where the portal decides, an entry of our own tells how it decided. */
static void
set_autostart (PingemPreferencesWindow *self, const GError *refusal)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (refusal == NULL && pingem_autostart_set (gtk_switch_get_active (self->autostart), &error))
    return;

  /* Translators: the reason */
  sentence = g_strdup_printf (_ ("That cannot be changed: %s"),
                              refusal != NULL ? refusal->message : error->message);
  show_toast (self, sentence);
  show_autostart (self);
}

static void
on_requested (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemPreferencesWindow) self = user_data;
  g_autoptr (GError) refusal = NULL;

  pingem_background_request_finish (result, &refusal);
  set_autostart (self, refusal);
}

static void
on_autostart (PingemPreferencesWindow *self)
{
  GDBusConnection *bus = g_application_get_dbus_connection (g_application_get_default ());

  if (self->is_showing)
    return;

  if (pingem_background_is_needed () && bus != NULL)
    pingem_background_request_async (bus, gtk_switch_get_active (self->autostart), on_requested,
                                     g_object_ref (self));
  else
    set_autostart (self, NULL);
}

static void
on_add (PingemPreferencesWindow *self)
{
  gtk_window_present (GTK_WINDOW (
      pingem_target_dialog_new (GTK_WINDOW (self), pingem_link_get_monitor (self->link), NULL)));
}

static void
pingem_preferences_window_dispose (GObject *object)
{
  PingemPreferencesWindow *self = PINGEM_PREFERENCES_WINDOW (object);

  g_clear_object (&self->link);
  g_clear_pointer (&self->listed, g_variant_unref);
  g_clear_pointer (&self->shown, g_variant_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);

  G_OBJECT_CLASS (pingem_preferences_window_parent_class)->dispose (object);
}

static void
pingem_preferences_window_class_init (PingemPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pingem_preferences_window_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/pingem/Pingem/preferences-window.ui");
  for (guint i = 0; i < N_CONTROLS; i++)
    gtk_widget_class_bind_template_child_full (widget_class, settings[i].child, FALSE,
                                               G_STRUCT_OFFSET (PingemPreferencesWindow, controls) +
                                                   i * sizeof (GtkWidget *));
  gtk_widget_class_bind_template_child (widget_class, PingemPreferencesWindow, autostart);
  gtk_widget_class_bind_template_child (widget_class, PingemPreferencesWindow, targets);
  gtk_widget_class_bind_template_child (widget_class, PingemPreferencesWindow, file);
  gtk_widget_class_bind_template_child (widget_class, PingemPreferencesWindow, source);
  gtk_widget_class_bind_template_child (widget_class, PingemPreferencesWindow, hint);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_autostart);
}

static void
pingem_preferences_window_init (PingemPreferencesWindow *self)
{
  self->rows = g_ptr_array_new ();
  self->is_showing = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->is_showing = FALSE;
  show_autostart (self);

  for (guint i = 0; i < N_CONTROLS; i++)
    g_signal_connect_object (self->controls[i],
                             settings[i].type == 'b' ? "notify::active" : "notify::value",
                             G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
}

PingemPreferencesWindow *
pingem_preferences_window_new (GtkWindow *parent, PingemLink *link)
{
  PingemPreferencesWindow *self =
      g_object_new (PINGEM_TYPE_PREFERENCES_WINDOW, "transient-for", parent, NULL);

  self->link = g_object_ref (link);
  g_signal_connect_object (link, "changed", G_CALLBACK (on_link_changed), self, G_CONNECT_SWAPPED);
  on_link_changed (self);

  return self;
}
