/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "chart/palette.h"

#define RGB(hex)                                                                                   \
  {                                                                                                \
    ((hex) >> 16) / 255.0, (((hex) >> 8) & 0xff) / 255.0, ((hex) &0xff) / 255.0                    \
  }

static const PingemPalette light = {
  .background = RGB (0xffffff),
  .line = RGB (0xe3e3e3),
  .text = RGB (0x5e5c64),
  .p50 = RGB (0x0072b2),
  .p95 = RGB (0x8cc8ec),
  .lost = RGB (0xd55e00),
  .late = RGB (0xcc79a7),
  .error = RGB (0xe69f00),
  .unsent = RGB (0x3d3846),
  .held = RGB (0x9a9996),
  .in_flight = RGB (0xefefef),
  .gap = RGB (0xc0bfbc),
  .selection = RGB (0x1a5fb4),
};

static const PingemPalette dark_palette = {
  .background = RGB (0x1e1e1e),
  .line = RGB (0x343434),
  .text = RGB (0xc0bfbc),
  .p50 = RGB (0x2083c5),
  .p95 = RGB (0x8ecdf5),
  .lost = RGB (0xff7a1f),
  .late = RGB (0xdd8ebb),
  .error = RGB (0xffcf1a),
  .unsent = RGB (0xf6f5f4),
  .held = RGB (0x77767b),
  .in_flight = RGB (0x2b2b2b),
  .gap = RGB (0x5e5c64),
  .selection = RGB (0x99c1f1),
};

static const PingemPalette contrast = {
  .background = RGB (0xffffff),
  .line = RGB (0x77767b),
  .text = RGB (0x000000),
  .p50 = RGB (0x003d66),
  .p95 = RGB (0x3f9ddb),
  .lost = RGB (0xb03a00),
  .late = RGB (0x824462),
  .error = RGB (0xc48100),
  .unsent = RGB (0x000000),
  .held = RGB (0x5e5c64),
  .in_flight = RGB (0xdeddda),
  .gap = RGB (0x77767b),
  .selection = RGB (0x1a5fb4),
};

static const PingemPalette dark_contrast = {
  .background = RGB (0x000000),
  .line = RGB (0x9a9996),
  .text = RGB (0xffffff),
  .p50 = RGB (0x3aa0e8),
  .p95 = RGB (0xcdebff),
  .lost = RGB (0xff8c3b),
  .late = RGB (0xff92c3),
  .error = RGB (0xffdf4d),
  .unsent = RGB (0xffffff),
  .held = RGB (0xc0bfbc),
  .in_flight = RGB (0x3d3d3d),
  .gap = RGB (0x9a9996),
  .selection = RGB (0x99c1f1),
};

const PingemPalette *
pingem_palette_get (gboolean dark, gboolean high_contrast)
{
  if (high_contrast)
    return dark ? &dark_contrast : &contrast;

  return dark ? &dark_palette : &light;
}

void
pingem_color_set_source (const PingemColor *color, cairo_t *cr)
{
  cairo_set_source_rgb (cr, color->red, color->green, color->blue);
}
