/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/clocks.h"
#include "monitor/monitor-private.h"

#define NS_PER_MS G_GINT64_CONSTANT (1000000)
#define MIN_STEP_MS 500

static gint64
read_wall_ms (void)
{
  return g_get_real_time () / 1000;
}

static void
begin_outage (PingemMonitor *self, const char *key)
{
  gint64 now_ms = read_wall_ms ();

  pingem_history_begin_outage (self->history, self->outage.verdict, self->outage.leg, key, now_ms,
                               now_ms - PINGEM_MONITOR_WINDOW_S * 1000);
}

void
pingem_monitor_note_verdict (PingemMonitor *self)
{
  const PingemVerdict *shown = &self->verdict.shown;
  const PingemTargetConfig *config =
      shown->bad >= 0 ? pingem_target_get_config (self->targets->pdata[shown->bad]) : NULL;
  PingemOutageEdge edge =
      pingem_outage_step (&self->outage, shown, config != NULL ? config->leg : "");

  if (edge == PINGEM_OUTAGE_STAYS)
    return;

  if (edge == PINGEM_OUTAGE_BEGINS)
    begin_outage (self, config != NULL ? config->address : "");
  else if (edge == PINGEM_OUTAGE_IS_NAMED)
    pingem_history_name_outage (self->history, self->outage.verdict, self->outage.leg,
                                config != NULL ? config->address : "");
  else
    pingem_history_end_outage (self->history, read_wall_ms ());

  pingem_monitor_flush (self);
}

/* "" where there is none */
static char *
format_route (const PingemRoute *route)
{
  char gateway[PINGEM_ADDRESS_STRLEN];

  if (*pingem_address_format (&route->gateway, gateway) == '\0')
    return g_strdup (route->interface);

  return g_strdup_printf ("%s %s", route->interface, gateway);
}

/* @last: text of the newest event of that kind, also of an earlier run; "": there is none */
static const char *
find_last (PingemMonitor *self, const char *kind, char **last)
{
  if (*last == NULL)
    *last = pingem_history_find_last_text (self->history, kind);
  if (*last == NULL)
    *last = g_strdup ("");

  return *last;
}

static void
note_state (PingemMonitor *self, const char *kind, const char *text, char **last)
{
  if (g_str_equal (text, find_last (self, kind, last)))
    return;

  pingem_history_add_event (self->history, kind, "", text, read_wall_ms ());
  g_free (*last);
  *last = g_strdup (text);
  pingem_monitor_flush (self);
}

/*
 * Where nobody tells which Wi-Fi network it is, it is taken for the same one. Its name comes after
 * the route: then the event learns it.
 */
void
pingem_monitor_note_route (PingemMonitor *self, const PingemRoute *route, const char *wifi)
{
  g_autofree char *text = format_route (route);
  g_autofree char *prefix = g_strconcat (text, route->gateway.family != 0 ? " " : " - ", NULL);
  g_autofree char *named = g_strconcat (prefix, wifi, NULL);
  const char *last = find_last (self, PINGEM_EVENT_NETWORK, &self->network);

  if (wifi == NULL && *text != '\0' && g_str_has_prefix (last, prefix))
    return;

  if (wifi != NULL && g_str_equal (last, text))
    {
      pingem_history_reword_event (self->history, PINGEM_EVENT_NETWORK, named);
      g_free (self->network);
      self->network = g_steal_pointer (&named);
    }
  else
    note_state (self, PINGEM_EVENT_NETWORK, wifi != NULL ? named : text, &self->network);
}

void
pingem_monitor_note_vpn (PingemMonitor *self, const char *interface)
{
  note_state (self, PINGEM_EVENT_VPN, interface, &self->vpn);
}

static gboolean
is_name (const PingemTargetConfig *config)
{
  PingemAddress address;

  return !pingem_target_config_is_fixed (config) &&
         !pingem_address_parse (config->address, &address);
}

void
pingem_monitor_note_address (PingemMonitor *self, PingemTarget *target)
{
  const PingemTargetConfig *config = pingem_target_get_config (target);
  char text[PINGEM_ADDRESS_STRLEN];
  const char *known;

  if (!is_name (config) ||
      *pingem_address_format (pingem_target_get_address (target), text) == '\0')
    return;

  known = g_hash_table_lookup (self->addresses, config->address);
  if (known != NULL && !g_str_equal (known, text))
    {
      pingem_history_add_event (self->history, PINGEM_EVENT_ADDRESS, config->address, text,
                                read_wall_ms ());
      pingem_monitor_flush (self);
    }

  g_hash_table_insert (self->addresses, g_strdup (config->address), g_strdup (text));
}

/* Nobody knows how the connection was meanwhile: no outage outlasts it. */
void
pingem_monitor_note_resume (PingemMonitor *self, gint64 from_ms, gint64 at_ms)
{
  pingem_history_end_outage (self->history, from_ms);
  self->outage = (PingemOutage){ 0 };
  pingem_history_add_event (self->history, PINGEM_EVENT_RESUME, "", "", at_ms);
}

void
pingem_monitor_note_clock_step (PingemMonitor *self, const PingemTime *last, const PingemTime *now)
{
  gint64 stepped_ms = pingem_clocks_stepped_ns (last, now) / NS_PER_MS;

  if (ABS (stepped_ms) > MIN_STEP_MS)
    {
      g_autofree char *text = g_strdup_printf ("%+" G_GINT64_FORMAT, stepped_ms);

      pingem_history_add_event (self->history, PINGEM_EVENT_CLOCK_STEP, "", text,
                                now->real_ns / NS_PER_MS);
    }
}
