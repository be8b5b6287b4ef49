/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/banner.h"

/**
 * PingemBanner:
 *
 * The verdict in plain words above the strips. libadwaita 1.2 has no AdwBanner
 * yet, and ours has two lines and an icon.
 */
struct _PingemBanner {
  GtkBox parent_instance;

  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *detail;
  GtkButton *button;
  const char *level_class; /* as set; static */
};

enum {
  CLICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PingemBanner, pingem_banner, GTK_TYPE_BOX)

static void
on_clicked (PingemBanner *self)
{
  g_signal_emit (self, signals[CLICKED], 0);
}

static void
pingem_banner_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (pingem_banner_parent_class)->dispose (object);
}

static void
pingem_banner_class_init (PingemBannerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pingem_banner_dispose;

  signals[CLICKED] = g_signal_new ("clicked", PINGEM_TYPE_BANNER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "banner");
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/pingem/Pingem/banner.ui");
  gtk_widget_class_bind_template_child (widget_class, PingemBanner, icon);
  gtk_widget_class_bind_template_child (widget_class, PingemBanner, title);
  gtk_widget_class_bind_template_child (widget_class, PingemBanner, detail);
  gtk_widget_class_bind_template_child (widget_class, PingemBanner, button);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
pingem_banner_init (PingemBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
pingem_banner_show (PingemBanner *self,
                    PingemLevel level,
                    const char *title,
                    const char *detail,
                    const char *button)
{
  GtkWidget *widget = GTK_WIDGET (self);

  if (self->level_class != NULL)
    gtk_widget_remove_css_class (widget, self->level_class);
  self->level_class = pingem_level_word (level);
  gtk_widget_add_css_class (widget, self->level_class);

  gtk_image_set_from_icon_name (self->icon, pingem_level_icon_name (level));
  gtk_image_set_pixel_size (self->icon, level == PINGEM_LEVEL_GOOD ? 16 : 32);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  pingem_level_label (level), -1);

  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->detail, detail);
  gtk_widget_set_visible (GTK_WIDGET (self->detail), *detail != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->button), button != NULL);
  if (button != NULL)
    gtk_button_set_label (self->button, button);
}
