/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "chart/page-table.h"

#include <stdarg.h>
#include <string.h>

#include "chart/text.h"

#define SPACING 4
#define MIN_WIDTH 30
#define N_CUT 2

struct PingemPageTable {
  char *font;      /* (owned) */
  char *alignment; /* (owned) */
  guint n_columns;
  GPtrArray *cells; /* (owned): of char *, row after row */
};

PingemPageTable *
pingem_page_table_new (const char *font, const char *alignment)
{
  PingemPageTable *self = g_new0 (PingemPageTable, 1);

  self->font = g_strdup (font);
  self->alignment = g_strdup (alignment);
  self->n_columns = strlen (alignment);
  self->cells = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
pingem_page_table_free (PingemPageTable *self)
{
  g_free (self->font);
  g_free (self->alignment);
  g_ptr_array_unref (self->cells);
  g_free (self);
}

void
pingem_page_table_add (PingemPageTable *self, ...)
{
  const char *cell;
  va_list cells;

  va_start (cells, self);
  while ((cell = va_arg (cells, const char *)) != NULL)
    g_ptr_array_add (self->cells, g_strdup (cell));
  va_end (cells);

  g_return_if_fail (self->cells->len % self->n_columns == 0);
}

static PangoLayout *
lay_out (PingemPageTable *self, cairo_t *cr, guint i)
{
  PangoLayout *layout = pingem_text_new (cr, self->font, self->cells->pdata[i]);

  if (i < self->n_columns)
    {
      PangoAttrList *attributes = pango_attr_list_new ();

      pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
      pango_layout_set_attributes (layout, attributes);
      pango_attr_list_unref (attributes);
    }

  return layout;
}

/* Returns: the height of a line */
static double
measure (PingemPageTable *self, cairo_t *cr, double *ret_widths)
{
  double height = 0;

  for (guint i = 0; i < self->cells->len; i++)
    {
      g_autoptr (PangoLayout) layout = lay_out (self, cr, i);
      double *width = &ret_widths[i % self->n_columns];

      *width = MAX (*width, pingem_text_get_width (layout));
      height = MAX (height, pingem_text_get_height (layout));
    }

  return height;
}

static void
fit (PingemPageTable *self, double *widths, double width)
{
  double excess = SPACING * (self->n_columns - 1) - width;

  for (guint i = 0; i < self->n_columns; i++)
    excess += widths[i];

  for (guint i = MIN (N_CUT, self->n_columns); i > 0 && excess > 0; i--)
    {
      double cut = MIN (excess / i, MAX (widths[i - 1] - MIN_WIDTH, 0));

      widths[i - 1] -= cut;
      excess -= cut;
    }
}

static void
draw_cell (PingemPageTable *self, cairo_t *cr, guint i, double x, double y, double width)
{
  g_autoptr (PangoLayout) layout = lay_out (self, cr, i);

  if (self->alignment[i % self->n_columns] == '>')
    x += width - pingem_text_get_width (layout);
  else if (pingem_text_get_width (layout) > width)
    {
      pango_layout_set_width (layout, width * PANGO_SCALE);
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
    }

  pingem_text_draw (layout, cr, x, y);
}

double
pingem_page_table_draw (PingemPageTable *self,
                        cairo_t *cr,
                        const PingemPalette *palette,
                        double width)
{
  g_autofree double *widths = g_new0 (double, self->n_columns);
  double height = measure (self, cr, widths);
  double x = 0, y = 0;

  fit (self, widths, width);
  pingem_color_set_source (&palette->text, cr);

  for (guint i = 0; i < self->cells->len; i++)
    {
      draw_cell (self, cr, i, x, y, widths[i % self->n_columns]);
      x += widths[i % self->n_columns] + SPACING;
      if ((i + 1) % self->n_columns == 0)
        {
          x = 0;
          y += height;
        }
    }

  return y;
}
