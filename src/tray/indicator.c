/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tray/indicator.h"

#include <glib/gi18n-lib.h>
#include <libayatana-appindicator/app-indicator.h>

#include "ipc/names.h"

#define MONOCHROME_ICON PINGEM_APP_ID "-good-symbolic"

enum {
  ITEM_OPEN,
  ITEM_START,
  ITEM_PAUSE_HOUR,
  ITEM_PAUSE,
  ITEM_RESUME,
  ITEM_PREFERENCES,
  ITEM_QUIT,
  N_ITEMS
};

/**
 * PingemIndicator:
 *
 * The icon and its menu. Widgets live as long as it does; their labels change
 * in place, so that an open menu does not flicker. Knows no bus.
 */
struct _PingemIndicator {
  GObject parent_instance;

  AppIndicator *icon; /* (owned) */
  GtkWidget *menu;    /* (owned) */
  GtkWidget *title;
  GPtrArray *notes; /* (owned) of GtkWidget */
  GPtrArray *legs;  /* (owned) of GtkWidget */
  GtkWidget *items[N_ITEMS];
  gboolean is_monochrome;
  gboolean has_label;
};

static const struct {
  const char *signal;
  const char *label;
} items[N_ITEMS] = {
  [ITEM_OPEN] = { "open", N_ ("Open") },
  [ITEM_START] = { "start", N_ ("Start Measuring") },
  [ITEM_PAUSE_HOUR] = { "pause-hour", N_ ("Pause for 1 Hour") },
  [ITEM_PAUSE] = { "pause", N_ ("Pause until Resumed") },
  [ITEM_RESUME] = { "resume", N_ ("Resume") },
  [ITEM_PREFERENCES] = { "preferences", N_ ("Preferences") },
  [ITEM_QUIT] = { "quit", N_ ("Quit and Stop Measuring") },
};

static guint signals[N_ITEMS];

G_DEFINE_FINAL_TYPE (PingemIndicator, pingem_indicator, G_TYPE_OBJECT)

static void
on_item_activate (PingemIndicator *self, GtkWidget *widget)
{
  for (guint i = 0; i < N_ITEMS; i++)
    if (self->items[i] == widget)
      {
        g_signal_emit (self, signals[i], 0);
        return;
      }
}

static void
add_item (PingemIndicator *self, guint item)
{
  GtkWidget *widget = gtk_menu_item_new_with_label (_ (items[item].label));

  g_signal_connect_object (widget, "activate", G_CALLBACK (on_item_activate), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_show (widget);
  gtk_menu_shell_append (GTK_MENU_SHELL (self->menu), widget);
  self->items[item] = widget;
}

static void
add_separator (PingemIndicator *self)
{
  GtkWidget *widget = gtk_separator_menu_item_new ();

  gtk_widget_show (widget);
  gtk_menu_shell_append (GTK_MENU_SHELL (self->menu), widget);
}

static GtkWidget *
add_line (PingemIndicator *self, int position)
{
  GtkWidget *widget = gtk_menu_item_new_with_mnemonic ("");

  gtk_widget_set_sensitive (widget, FALSE);
  gtk_widget_show (widget);
  gtk_menu_shell_insert (GTK_MENU_SHELL (self->menu), widget, position);

  return widget;
}

/* Hosts read every "_" as the mark of a mnemonic, whatever the widget says. */
static void
set_line (GtkWidget *widget, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, "_", -1);
  g_autofree char *label = g_strjoinv ("__", parts);

  if (g_strcmp0 (gtk_menu_item_get_label (GTK_MENU_ITEM (widget)), label) != 0)
    gtk_menu_item_set_label (GTK_MENU_ITEM (widget), label);
}

/* Widgets come and go only where the number of lines changed. */
static void
set_lines (PingemIndicator *self, GPtrArray *widgets, int first, char **lines)
{
  guint n = g_strv_length (lines);

  while (widgets->len > n)
    {
      gtk_widget_destroy (g_ptr_array_index (widgets, widgets->len - 1));
      g_ptr_array_remove_index (widgets, widgets->len - 1);
    }

  while (widgets->len < n)
    g_ptr_array_add (widgets, add_line (self, first + widgets->len));

  for (guint i = 0; i < n; i++)
    set_line (g_ptr_array_index (widgets, i), lines[i]);
}

static void
pingem_indicator_dispose (GObject *object)
{
  PingemIndicator *self = PINGEM_INDICATOR (object);

  g_clear_object (&self->icon);
  if (self->menu != NULL)
    gtk_widget_destroy (self->menu);
  g_clear_object (&self->menu);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_clear_pointer (&self->legs, g_ptr_array_unref);

  G_OBJECT_CLASS (pingem_indicator_parent_class)->dispose (object);
}

static void
pingem_indicator_class_init (PingemIndicatorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pingem_indicator_dispose;

  for (guint i = 0; i < N_ITEMS; i++)
    signals[i] = g_signal_new (items[i].signal, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                               NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pingem_indicator_init (PingemIndicator *self)
{
  self->notes = g_ptr_array_new ();
  self->legs = g_ptr_array_new ();
  self->menu = g_object_ref_sink (gtk_menu_new ());

  add_item (self, ITEM_OPEN);
  add_separator (self);
  self->title = add_line (self, -1);
  add_separator (self);
  add_separator (self);
  add_item (self, ITEM_START);
  add_item (self, ITEM_PAUSE_HOUR);
  add_item (self, ITEM_PAUSE);
  add_item (self, ITEM_RESUME);
  add_item (self, ITEM_PREFERENCES);
  add_item (self, ITEM_QUIT);
}

PingemIndicator *
pingem_indicator_new (const char *icon_dir)
{
  PingemIndicator *self;

  g_return_val_if_fail (icon_dir != NULL, NULL);

  self = g_object_new (PINGEM_TYPE_INDICATOR, NULL);
  self->icon =
      app_indicator_new_with_path (PINGEM_APP_ID, pingem_level_icon_name (PINGEM_LEVEL_UNKNOWN),
                                   APP_INDICATOR_CATEGORY_SYSTEM_SERVICES, icon_dir);
  app_indicator_set_menu (self->icon, GTK_MENU (self->menu));
  app_indicator_set_secondary_activate_target (self->icon, self->items[ITEM_OPEN]);
  app_indicator_set_status (self->icon, APP_INDICATOR_STATUS_ACTIVE);

  return self;
}

void
pingem_indicator_set_look (PingemIndicator *self, gboolean is_monochrome, gboolean has_label)
{
  self->is_monochrome = is_monochrome;
  self->has_label = has_label;
}

static const char *
choose_icon (PingemIndicator *self, PingemLevel level)
{
  return self->is_monochrome && level == PINGEM_LEVEL_GOOD ? MONOCHROME_ICON
                                                           : pingem_level_icon_name (level);
}

static void
show_label (PingemIndicator *self, double loss)
{
  g_autofree char *label = self->has_label && loss >= 0 ? pingem_format_loss (loss) : g_strdup ("");
  g_autofree char *guide = pingem_format_loss (1);

  if (g_strcmp0 (app_indicator_get_label (self->icon) ?: "", label) != 0)
    app_indicator_set_label (self->icon, label, guide);
}

void
pingem_indicator_show (PingemIndicator *self, const PingemMenu *menu)
{
  g_autofree char *description = pingem_menu_describe (menu);
  gboolean is_paused = menu->level == PINGEM_LEVEL_PAUSED;

  g_return_if_fail (PINGEM_IS_INDICATOR (self));

  if (g_strcmp0 (app_indicator_get_title (self->icon), menu->title) != 0)
    app_indicator_set_title (self->icon, menu->title);
  app_indicator_set_icon_full (self->icon, choose_icon (self, menu->level), description);
  show_label (self, menu->loss);

  set_line (self->title, menu->title);
  /* After "Open", separator, title; then behind the notes and another separator. */
  set_lines (self, self->notes, 3, menu->notes);
  set_lines (self, self->legs, 4 + self->notes->len, menu->legs);

  gtk_widget_set_visible (self->items[ITEM_START], !menu->is_running);
  gtk_widget_set_visible (self->items[ITEM_PAUSE_HOUR], menu->is_running && !is_paused);
  gtk_widget_set_visible (self->items[ITEM_PAUSE], menu->is_running && !is_paused);
  gtk_widget_set_visible (self->items[ITEM_RESUME], menu->is_running && is_paused);
}

static gboolean
dir_has_icons (const char *dir)
{
  g_autofree char *file =
      g_build_filename (dir, "hicolor", "scalable", "status", PINGEM_APP_ID "-good.svg", NULL);

  return g_file_test (file, G_FILE_TEST_EXISTS);
}

char *
pingem_indicator_find_icon_dir (void)
{
  const char *const *dirs = g_get_system_data_dirs ();

  for (; *dirs != NULL; dirs++)
    {
      g_autofree char *dir = g_build_filename (*dirs, "icons", NULL);

      if (dir_has_icons (dir))
        return g_steal_pointer (&dir);
    }

  return g_strdup (PINGEM_ICON_DIR);
}
