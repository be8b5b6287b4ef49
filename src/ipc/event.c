/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/event.h"

#include <glib/gi18n-lib.h>

#include "ipc/column.h"

static const struct {
  const char *kind;
  const char *label;
} kinds[] = {
  { PINGEM_EVENT_OUTAGE, NC_ ("event", "Outage") },
  { PINGEM_EVENT_GAP, NC_ ("event", "Gap") },
  { PINGEM_EVENT_NETWORK, NC_ ("event", "Network") },
  { PINGEM_EVENT_VPN, NC_ ("event", "VPN") },
  { PINGEM_EVENT_ADDRESS, NC_ ("event", "Address") },
  { PINGEM_EVENT_CLOCK_STEP, NC_ ("event", "Clock") },
  { PINGEM_EVENT_RESUME, NC_ ("event", "Resume") },
  { PINGEM_EVENT_NOTE, NC_ ("event", "Note") },
};

static const struct {
  const char *verdict;
  const char *place;
} places[] = {
  { "local", N_ ("your local network") },
  { "provider", N_ ("your provider") },
  { "internet", N_ ("beyond your router") },
  { "vpn", N_ ("your VPN") },
  { "no-network", N_ ("no network") },
  { "captive-portal", N_ ("a network that wants you to sign in") },
  { "unknown", N_ ("it is not known where") },
};

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

static void
add_string (GVariantDict *dict, const char *name, const char *value)
{
  if (*value != '\0')
    g_variant_dict_insert (dict, name, "s", value);
}

static GVariant *
build_entry (const PingemEvent *event)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "kind", "s", event->kind);
  g_variant_dict_insert (&dict, "from-ms", "x", event->from_ms);
  if (event->to_ms >= 0)
    g_variant_dict_insert (&dict, "to-ms", "x", event->to_ms);
  add_string (&dict, "leg", event->leg);
  add_string (&dict, "key", event->target);
  add_string (&dict, "text", event->text);

  if (event->due > 0)
    {
      g_variant_dict_insert (&dict, "due", "u", event->due);
      g_variant_dict_insert (&dict, "bad", "u", event->bad);
    }

  return g_variant_dict_end (&dict);
}

GVariant *
pingem_events_to_variant (const GPtrArray *events)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < events->len; i++)
    g_variant_builder_add_value (&builder, build_entry (events->pdata[i]));

  return g_variant_builder_end (&builder);
}

static PingemEvent *
read_entry (GVariant *entry)
{
  const char *kind = "", *leg = "", *key = "", *text = "";
  gint64 from_ms = 0, to_ms = -1;
  PingemEvent *event;

  g_variant_lookup (entry, "kind", "&s", &kind);
  g_variant_lookup (entry, "from-ms", "x", &from_ms);
  g_variant_lookup (entry, "to-ms", "x", &to_ms);
  g_variant_lookup (entry, "leg", "&s", &leg);
  g_variant_lookup (entry, "key", "&s", &key);
  g_variant_lookup (entry, "text", "&s", &text);
  event = pingem_event_new (kind, from_ms, to_ms, leg, key, text);
  g_variant_lookup (entry, "due", "u", &event->due);
  g_variant_lookup (entry, "bad", "u", &event->bad);

  return event;
}

GPtrArray *
pingem_events_from_variant (GVariant *variant)
{
  GPtrArray *events = g_ptr_array_new_with_free_func ((GDestroyNotify) pingem_event_free);
  GVariantIter iter;
  GVariant *entry;

  g_variant_iter_init (&iter, variant);

  while (g_variant_iter_loop (&iter, "@a{sv}", &entry))
    g_ptr_array_add (events, read_entry (entry));

  return events;
}

const char *
pingem_event_label (const PingemEvent *event)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].kind, event->kind))
      return g_dpgettext2 (GETTEXT_PACKAGE, "event", kinds[i].label);

  return event->kind;
}

/* Calls have no place but their target. */
static const char *
find_place (const PingemEvent *event)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (g_str_equal (places[i].verdict, event->text))
      return g_dgettext (GETTEXT_PACKAGE, places[i].place);

  return *event->target != '\0' ? event->target : event->text;
}

static char *
describe_outage (const PingemEvent *event)
{
  const char *place = find_place (event);

  if (event->due == 0)
    return g_strdup (place);

  return g_strdup_printf (_ ("%s: %u of %u lost"), place, event->bad, event->due);
}

static char *
describe_network (const PingemEvent *event)
{
  g_auto (GStrv) words = g_strsplit (event->text, " ", 3);
  g_autofree char *route = NULL;

  if (words[0] == NULL)
    return g_strdup (_ ("no default route"));

  route = words[1] != NULL && !g_str_equal (words[1], "-")
              ? g_strdup_printf (_ ("%s via %s"), words[0], words[1])
              : g_strdup (words[0]);

  if (words[1] == NULL || words[2] == NULL)
    return g_steal_pointer (&route);

  /* Translators: the name of a Wi-Fi network, and "wlan0 via 192.0.2.1" */
  return g_strdup_printf (_ ("Wi-Fi “%s” (%s)"), words[2], route);
}

static char *
describe_vpn (const PingemEvent *event)
{
  if (*event->text == '\0')
    return g_strdup (_ ("packets no longer go through it"));

  return g_strdup_printf (_ ("packets go through %s now"), event->text);
}

static char *
describe_clock_step (const PingemEvent *event)
{
  double seconds = (double) g_ascii_strtoll (event->text, NULL, 10) / 1e3;

  return seconds < 0 ? g_strdup_printf (_ ("set back by %.1f s"), -seconds)
                     : g_strdup_printf (_ ("set forward by %.1f s"), seconds);
}

char *
pingem_event_describe (const PingemEvent *event)
{
  if (g_str_equal (event->kind, PINGEM_EVENT_OUTAGE))
    return describe_outage (event);
  if (g_str_equal (event->kind, PINGEM_EVENT_GAP))
    return g_strdup (pingem_gap_label (pingem_gap_parse (event->text)));
  if (g_str_equal (event->kind, PINGEM_EVENT_NETWORK))
    return describe_network (event);
  if (g_str_equal (event->kind, PINGEM_EVENT_VPN))
    return describe_vpn (event);
  if (g_str_equal (event->kind, PINGEM_EVENT_ADDRESS))
    return g_strdup_printf (_ ("%s is now %s"), event->target, event->text);
  if (g_str_equal (event->kind, PINGEM_EVENT_CLOCK_STEP))
    return describe_clock_step (event);
  if (g_str_equal (event->kind, PINGEM_EVENT_RESUME))
    return g_strdup (_ ("awake again"));

  return g_strdup (event->text);
}

char *
pingem_event_duration (const PingemEvent *event)
{
  gint64 seconds = (event->to_ms - event->from_ms) / 1000;

  if (event->to_ms < 0)
    return g_strdup (_ ("goes on"));
  if (event->to_ms == event->from_ms)
    return g_strdup ("–");

  return g_strdup_printf ("%" G_GINT64_FORMAT ":%02d:%02d", seconds / 3600,
                          (int) (seconds / 60 % 60), (int) (seconds % 60));
}
