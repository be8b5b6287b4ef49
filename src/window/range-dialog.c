/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "window/range-dialog.h"

#include <glib/gi18n-lib.h>

#include "chart/report-page.h"
#include "chart/report-pdf.h"
#include "chart/week-map.h"
#include "ipc/status.h"
#include "window/csv-export.h"
#include "window/describe.h"
#include "window/look.h"

/**
 * PingemRangeDialog:
 *
 * What happened in a range of time: a row of figures per target, as they were
 * when it was opened.
 */
struct _PingemRangeDialog {
  AdwWindow parent_instance;

  AdwWindowTitle *heading;
  AdwToastOverlay *toasts;
  GtkSpinner *spinner;
  GtkGrid *figures;
  GtkWidget *about;
  GtkDrawingArea *week;
  GtkLabel *worst;
  GtkWidget *files;
  GtkCheckButton *addresses;

  PingemDbusMonitor1 *monitor; /* (owned) (nullable): until set */
  GPtrArray *keys;             /* (owned): of the targets, and NULL */
  gint64 from_ms;
  gint64 to_ms;
  PingemReportView *view; /* (owned) (nullable): until the monitor answered */
  PingemWeekMap week_map;
};

G_DEFINE_FINAL_TYPE (PingemRangeDialog, pingem_range_dialog, ADW_TYPE_WINDOW)

/* What stands in a column of the figures. */
static const struct {
  const char *label;
  const char *hint;
} columns[] = {
  { N_ ("Target"), NULL },
  { N_ ("Loss"), N_ ("Lost, refused or not sent, of what was due") },
  { N_ ("Missing"), N_ ("How many were lost, refused or not sent, of how many") },
  { N_ ("Late"), N_ ("Answered after the timeout") },
  { N_ ("In a row"), N_ ("The longest burst of missing packets") },
  { N_ ("Median"), N_ ("Half of the round-trip times are shorter") },
  { N_ ("95 %"), N_ ("19 of 20 round-trip times are shorter") },
  { N_ ("Longest"), N_ ("The longest round-trip time") },
  { N_ ("Jitter"), N_ ("How much consecutive round-trip times differ (RFC 3550)") },
  { N_ ("MOS"), N_ ("How good a call would be, 1 to 4.5 (ITU-T G.107)") },
};

static GtkWidget *
add_cell (PingemRangeDialog *self, int column, int row, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 1);
  gtk_grid_attach (self->figures, label, column, row, 1, 1);

  return label;
}

static void
add_head (PingemRangeDialog *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      GtkWidget *label = add_cell (self, i, 0, _ (columns[i].label));

      gtk_widget_add_css_class (label, "heading");
      if (columns[i].hint != NULL)
        gtk_widget_set_tooltip_text (label, _ (columns[i].hint));
    }
}

static guint
get_count (GVariant *summary, const char *name)
{
  return (guint) MAX (pingem_target_lookup_number (summary, name), 0);
}

static void
show_figures (PingemRangeDialog *self, int row, GVariant *summary)
{
  guint due = get_count (summary, "due");
  guint missing =
      get_count (summary, "lost") + get_count (summary, "error") + get_count (summary, "unsent");
  g_autofree char *loss = pingem_format_loss (pingem_target_loss (summary));
  /* Translators: how many are missing, of how many */
  g_autofree char *count = g_strdup_printf (_ ("%u of %u"), missing, due);
  g_autofree char *late = g_strdup_printf ("%u", get_count (summary, "late"));
  g_autofree char *burst = g_strdup_printf ("%u", get_count (summary, "longest-burst"));
  g_autofree char *p50 = pingem_format_rtt (pingem_target_lookup_number (summary, "p50-us"));
  g_autofree char *p95 = pingem_format_rtt (pingem_target_lookup_number (summary, "p95-us"));
  g_autofree char *max = pingem_format_rtt (pingem_target_lookup_number (summary, "max-us"));
  g_autofree char *jitter = pingem_format_rtt (pingem_target_lookup_number (summary, "jitter-us"));
  g_autofree char *mos = pingem_format_mos (pingem_target_mos (summary));
  const char *cells[] = { loss, count, late, burst, p50, p95, max, jitter, mos };
  gboolean is_about = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    {
      GtkWidget *label = add_cell (self, i + 1, row, due > 0 ? cells[i] : "–");

      gtk_widget_add_css_class (label, "numeric");
      if (i == 0 && missing > 0)
        gtk_widget_add_css_class (label, "lossy");
    }

  if (g_variant_lookup (summary, "about", "b", &is_about) && is_about)
    gtk_widget_set_visible (self->about, TRUE);
}

static void
show_toast (PingemRangeDialog *self, const char *sentence)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (markup));
}

static void
draw_week (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  PingemRangeDialog *self = user_data;
  g_autofree char *font = pingem_look_dup_font (GTK_WIDGET (area));

  pingem_week_map_draw (cr, pingem_look_get_palette (), font, &self->week_map, width, height);
}

static void
show_week (PingemRangeDialog *self)
{
  const GArray *hours = self->view->hours;
  g_autofree char *worst = NULL;

  if (hours == NULL)
    return;

  self->week_map = pingem_week_map_count ((const PingemColumn *) (void *) hours->data, hours->len,
                                          self->view->zone);
  worst = pingem_week_map_describe (&self->week_map);
  gtk_label_set_text (self->worst, worst);
  gtk_widget_set_visible (GTK_WIDGET (self->worst), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->week), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  worst, -1);
  gtk_drawing_area_set_draw_func (self->week, draw_week, self, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->week), TRUE);
}

static void
add_target (PingemRangeDialog *self, const PingemReportTarget *row)
{
  const char *key = pingem_target_lookup_string (row->target, "key");
  GtkWidget *label;

  if (key == NULL)
    return;

  g_ptr_array_add (self->keys, g_strdup (key));
  label =
      add_cell (self, 0, self->keys->len, pingem_target_lookup_string (row->target, "name") ?: key);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), 12);
  gtk_widget_set_hexpand (label, TRUE);
  show_figures (self, self->keys->len, row->summary);
}

static void
collect (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const PingemRangeDialog *self = source;
  GError *error = NULL;
  PingemReportView *view = pingem_report_view_collect (self->monitor, self->from_ms, self->to_ms,
                                                       PINGEM_PAGE_COLUMNS, &error);

  if (view != NULL)
    g_task_return_pointer (task, view, (GDestroyNotify) pingem_report_view_free);
  else
    g_task_return_error (task, error);
}

static void
on_collected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PingemRangeDialog *self = PINGEM_RANGE_DIALOG (source);
  g_autoptr (GError) error = NULL;
  g_autofree char *problem = NULL;

  self->view = g_task_propagate_pointer (G_TASK (result), &error);
  gtk_spinner_set_spinning (self->spinner, FALSE);

  if (self->view == NULL)
    {
      problem = pingem_link_explain (error);
      show_toast (self, problem);
      return;
    }

  for (guint i = 0; i < self->view->targets->len; i++)
    add_target (self, self->view->targets->pdata[i]);
  g_ptr_array_add (self->keys, NULL);
  show_week (self);
  gtk_widget_set_sensitive (self->files, TRUE);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PingemRangeDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;
  guint64 n;

  if (pingem_csv_export_finish (result, &n, &error))
    sentence =
        g_strdup_printf (ngettext ("%u packet is saved.", "%u packets are saved.", n), (guint) n);
  else
    /* Translators: the reason */
    sentence = g_strdup_printf (_ ("Nothing is saved: %s"), error->message);

  show_toast (self, sentence);
}

/* "pingem-2026-03-29-1452.csv" */
static char *
build_file_name (PingemRangeDialog *self, const char *ending)
{
  g_autoptr (GDateTime) begin = g_date_time_new_from_unix_local (self->from_ms / 1000);
  g_autofree char *time = g_date_time_format (begin, "%Y-%m-%d-%H%M");

  return g_strdup_printf ("pingem-%s.%s", time, ending);
}

static void
ask_for_file (PingemRangeDialog *self, const char *title, const char *ending, GCallback callback)
{
  g_autoptr (GtkFileChooserNative) chooser = gtk_file_chooser_native_new (
      title, GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  g_autofree char *name = build_file_name (self, ending);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  g_signal_connect_object (chooser, "response", callback, self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
  /* Until it is answered. */
  g_object_set_data_full (G_OBJECT (self), "chooser", g_steal_pointer (&chooser), g_object_unref);
}

static void
on_csv_chosen (GtkNativeDialog *chooser, int response, PingemRangeDialog *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    pingem_csv_export_async (self->monitor, (const char *const *) self->keys->pdata, self->from_ms,
                             self->to_ms, file, on_saved, g_object_ref (self));
}

static void
on_csv (PingemRangeDialog *self)
{
  ask_for_file (self, _ ("Save Packets"), "csv", G_CALLBACK (on_csv_chosen));
}

static void
on_pdf_chosen (GtkNativeDialog *chooser, int response, PingemRangeDialog *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  g_autofree char *sentence = NULL;
  g_autoptr (GError) error = NULL;

  if (response != GTK_RESPONSE_ACCEPT || path == NULL)
    return;

  self->view->show_addresses = gtk_check_button_get_active (self->addresses);
  if (pingem_report_pdf_save (self->view, path, &error))
    sentence = g_strdup (_ ("The report is saved."));
  else
    sentence = g_strdup_printf (_ ("Nothing is saved: %s"), error->message);
  show_toast (self, sentence);
}

static void
on_pdf (PingemRangeDialog *self)
{
  ask_for_file (self, _ ("Save Report"), "pdf", G_CALLBACK (on_pdf_chosen));
}

static void
pingem_range_dialog_dispose (GObject *object)
{
  PingemRangeDialog *self = PINGEM_RANGE_DIALOG (object);

  g_clear_object (&self->monitor);
  g_clear_pointer (&self->keys, g_ptr_array_unref);
  g_clear_pointer (&self->view, pingem_report_view_free);

  G_OBJECT_CLASS (pingem_range_dialog_parent_class)->dispose (object);
}

static void
pingem_range_dialog_class_init (PingemRangeDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pingem_range_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/pingem/Pingem/range-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PingemRangeDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, PingemRangeDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, PingemRangeDialog, figures);
  gtk_widget_class_bind_template_child (widget_class, PingemRangeDialog, about);
  gtk_widget_class_bind_template_child (widget_class, PingemRangeDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, PingemRangeDialog, week);
  gtk_widget_class_bind_template_child (widget_class, PingemRangeDialog, worst);
  gtk_widget_class_bind_template_child (widget_class, PingemRangeDialog, files);
  gtk_widget_class_bind_template_child (widget_class, PingemRangeDialog, addresses);
  gtk_widget_class_bind_template_callback (widget_class, on_csv);
  gtk_widget_class_bind_template_callback (widget_class, on_pdf);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
pingem_range_dialog_init (PingemRangeDialog *self)
{
  self->keys = g_ptr_array_new_with_free_func (g_free);

  gtk_widget_init_template (GTK_WIDGET (self));
  pingem_look_follow (GTK_WIDGET (self->week));
}

PingemRangeDialog *
pingem_range_dialog_new (GtkWindow *parent, PingemLink *link, gint64 from_ms, gint64 to_ms)
{
  PingemRangeDialog *self = g_object_new (PINGEM_TYPE_RANGE_DIALOG, "transient-for", parent, NULL);
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char *span = pingem_describe_span (from_ms, to_ms, zone);
  g_autofree char *duration = pingem_format_duration (to_ms - from_ms);
  g_autoptr (GTask) task = g_task_new (self, NULL, on_collected, NULL);

  self->monitor = g_object_ref (pingem_link_get_monitor (link));
  self->from_ms = from_ms;
  self->to_ms = to_ms;
  adw_window_title_set_title (self->heading, span);
  adw_window_title_set_subtitle (self->heading, duration);
  add_head (self);
  g_task_run_in_thread (task, collect);

  return self;
}
