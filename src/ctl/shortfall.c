/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/shortfall.h"

#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"

static void
on_dropped (PingemSource *source, guint64 n, gpointer user_data)
{
  ((PingemShortfall *) user_data)->n_dropped += n;
}

static void
on_overflowed (PingemSource *source, gpointer user_data)
{
  ((PingemShortfall *) user_data)->has_overflowed = TRUE;
}

void
pingem_shortfall_watch (PingemShortfall *self, PingemSource *source)
{
  g_signal_connect (source, "dropped", G_CALLBACK (on_dropped), self);
  g_signal_connect (source, "overflowed", G_CALLBACK (on_overflowed), self);
}

int
pingem_shortfall_complain (const PingemShortfall *self, guint64 n_lost)
{
  if (self->has_overflowed && n_lost > 0)
    pingem_complain ("%s",
                     _ ("The receive buffer was full, so some of the probes that read as lost "
                        "were answered: send fewer at once, or raise net.core.rmem_max"));
  if (self->n_dropped == 0)
    return PINGEM_EXIT_OK;

  pingem_complain (_ ("%u results were lost on the way, as this program was too slow to read "
                      "them: send fewer probes"),
                   (guint) MIN (self->n_dropped, G_MAXUINT));

  return PINGEM_EXIT_UNANSWERED;
}
