/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/event.h"

PingemEvent *
pingem_event_new (const char *kind,
                  gint64 from_ms,
                  gint64 to_ms,
                  const char *leg,
                  const char *target,
                  const char *text)
{
  PingemEvent *event = g_new0 (PingemEvent, 1);

  event->kind = g_utf8_make_valid (kind, -1);
  event->from_ms = from_ms;
  event->to_ms = to_ms;
  event->leg = g_utf8_make_valid (leg, -1);
  event->target = g_utf8_make_valid (target, -1);
  event->text = g_utf8_make_valid (text, -1);

  return event;
}

PingemEvent *
pingem_event_copy (const PingemEvent *event)
{
  PingemEvent *copy = pingem_event_new (event->kind, event->from_ms, event->to_ms, event->leg,
                                        event->target, event->text);

  copy->due = event->due;
  copy->bad = event->bad;

  return copy;
}

void
pingem_event_free (PingemEvent *event)
{
  g_free (event->kind);
  g_free (event->leg);
  g_free (event->target);
  g_free (event->text);
  g_free (event);
}
