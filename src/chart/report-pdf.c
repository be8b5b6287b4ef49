/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "chart/report-pdf.h"

#include <langinfo.h>

#include <cairo-pdf.h>
#include <glib/gi18n-lib.h>

#include "chart/report-page.h"
#include "ipc/error.h"

typedef struct {
  guint width_mm; /* by which the locale's paper is known */
  double width;   /* in points */
  double height;
} Paper;

/* The first one where the locale has another. */
static const Paper papers[] = { { 210, 595, 842 }, { 216, 612, 792 } };

static const Paper *
find_paper (void)
{
  /* A number in the place of a text: glibc's way. */
  guint width_mm = GPOINTER_TO_UINT (nl_langinfo (_NL_PAPER_WIDTH));

  for (guint i = 0; i < G_N_ELEMENTS (papers); i++)
    if (papers[i].width_mm == width_mm)
      return &papers[i];

  return papers;
}

static cairo_status_t
on_written (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);

  return CAIRO_STATUS_SUCCESS;
}

static cairo_status_t
draw (const PingemReportView *view, GByteArray *document)
{
  const Paper *paper = find_paper ();
  cairo_surface_t *surface =
      cairo_pdf_surface_create_for_stream (on_written, document, paper->width, paper->height);
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE,
                                  _ ("Report on an internet connection"));
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Pingem " PINGEM_VERSION);
  pingem_report_page_draw (cr, view, paper->width, paper->height);
  cairo_show_page (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);

  return status;
}

gboolean
pingem_report_pdf_save (const PingemReportView *view, const char *path, GError **error)
{
  g_autoptr (GByteArray) document = g_byte_array_new ();
  cairo_status_t status = draw (view, document);

  if (status == CAIRO_STATUS_SUCCESS)
    return g_file_set_contents_full (path, (const char *) document->data, document->len,
                                     G_FILE_SET_CONTENTS_CONSISTENT, 0666, error);

  g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_FAILED, cairo_status_to_string (status));

  return FALSE;
}
