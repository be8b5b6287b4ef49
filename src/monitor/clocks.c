/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/clocks.h"

gint64
pingem_clocks_asleep_ns (const PingemTime *last, const PingemTime *now)
{
  if (last->boot_ns == 0)
    return 0;

  return (now->boot_ns - last->boot_ns) - (now->mono_ns - last->mono_ns);
}

gint64
pingem_clocks_stepped_ns (const PingemTime *last, const PingemTime *now)
{
  if (last->boot_ns == 0)
    return 0;

  return (now->real_ns - last->real_ns) - (now->boot_ns - last->boot_ns);
}
