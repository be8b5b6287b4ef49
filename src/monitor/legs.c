/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/monitor-private.h"

#define RETRY_NS (G_GINT64_CONSTANT (600) * 1000000000)

static const int families[] = { AF_INET, AF_INET6 };

/* The family of the way that is watched: the first whose route leads through no tunnel. */
static int
find_way (PingemMonitor *self, PingemRoute *ret_route)
{
  int family = 0;

  for (guint i = G_N_ELEMENTS (families); self->netwatch != NULL && i-- > 0;)
    {
      PingemRoute route;

      if (!pingem_netwatch_get_route (self->netwatch, families[i], &route) ||
          (family != 0 && route.is_tunnel && !ret_route->is_tunnel))
        continue;

      family = families[i];
      *ret_route = route;
    }

  return family;
}

/* That of IPv6, where it leads to a router and the way that is watched is that of IPv4. */
static gboolean
find_second_way (PingemMonitor *self, PingemRoute *ret_route)
{
  PingemRoute route;

  if (find_way (self, &route) != AF_INET ||
      !pingem_netwatch_get_route (self->netwatch, AF_INET6, &route) || route.gateway.family == 0)
    return FALSE;

  *ret_route = route;

  return TRUE;
}

gboolean
pingem_monitor_find_route (PingemMonitor *self, PingemRoute *ret_route)
{
  return find_way (self, ret_route) != 0;
}

static gboolean
is_anchor (PingemTarget *target, int family)
{
  return g_str_equal (pingem_target_get_config (target)->leg, "internet") &&
         pingem_target_get_address (target)->family == (guint32) family;
}

/* Family 0: there is none. */
static PingemAddress
find_anchor (PingemMonitor *self, int family)
{
  for (guint i = 0; family != 0 && i < self->targets->len; i++)
    if (is_anchor (self->targets->pdata[i], family))
      return *pingem_target_get_address (self->targets->pdata[i]);

  return (PingemAddress){ 0 };
}

static gboolean
does_anchor_answer (PingemMonitor *self, int family)
{
  for (guint i = 0; i < self->targets->len; i++)
    {
      PingemRecent *recent = pingem_target_get_recent (self->targets->pdata[i]);

      if (is_anchor (self->targets->pdata[i], family) && pingem_recent_has_answered (recent) &&
          pingem_recent_streak (recent) == 0)
        return TRUE;
    }

  return FALSE;
}

static void
list_leg (PingemMonitor *self, PingemTarget *target)
{
  if (g_ptr_array_find (self->targets, target, NULL))
    return;

  g_ptr_array_add (self->targets, g_object_ref (target));
  pingem_monitor_name_target (self, target);
  self->verdict = (PingemVerdictHold){ 0 };
}

/* (transfer none) @ret_route: the way out that the leg is on; zeroed: there is none */
typedef PingemAddress (*FindHost) (PingemMonitor *self, PingemRoute *ret_route);

/* Over the default route, so past a VPN. */
static PingemAddress
find_provider_host (PingemMonitor *self, PingemRoute *ret_route)
{
  int family = find_way (self, ret_route);

  return find_anchor (self, ret_route->gateway.family != 0 ? family : 0);
}

static PingemAddress
find_provider6_host (PingemMonitor *self, PingemRoute *ret_route)
{
  return find_anchor (self, find_second_way (self, ret_route) ? AF_INET6 : 0);
}

static PingemAddress
find_vpn_host (PingemMonitor *self, PingemRoute *ret_route)
{
  for (guint i = 0; self->netwatch != NULL && i < G_N_ELEMENTS (families); i++)
    {
      PingemAddress anchor = find_anchor (self, families[i]);

      if (anchor.family != 0 && pingem_netwatch_find_tunnel (self->netwatch, &anchor, ret_route))
        return anchor;
    }

  return (PingemAddress){ 0 };
}

static const struct {
  const char *key;
  guint first_ttl;
  guint last_ttl;
  FindHost find_host;
  gboolean comes_and_goes; /* listed only while there is a host */
  const char *silent;      /* a sentence */
  const char *none;
} hop_legs[PINGEM_N_HOP_LEGS] = {
  { PINGEM_PROVIDER_KEY, 2, 8, find_provider_host, FALSE,
    "No router of the provider answers probes",
    "There is no router between yours and the internet" },
  { PINGEM_PROVIDER6_KEY, 2, 8, find_provider6_host, TRUE,
    "No router of the provider answers probes over IPv6",
    "There is no router between yours and the internet" },
  { PINGEM_VPN_KEY, 1, 1, find_vpn_host, TRUE, "The far end of the VPN answers no probes",
    "There is no router at the far end of the VPN" },
};

static void
unlist_leg (PingemMonitor *self, PingemTarget *target)
{
  if (g_ptr_array_remove (self->targets, target))
    self->verdict = (PingemVerdictHold){ 0 };
}

static gboolean
is_probed (const PingemHopSearch *search)
{
  return search->state == PINGEM_HOP_SEARCHING || search->state == PINGEM_HOP_FOUND;
}

/* The target becomes what the search says. */
static void
apply_search (PingemMonitor *self, guint i)
{
  PingemHopLeg *leg = &self->hop_legs[i];
  PingemAddress host = is_probed (&leg->search) ? leg->host : (PingemAddress){ 0 };
  const char *problem = NULL;

  if (leg->search.state == PINGEM_HOP_SILENT)
    problem = hop_legs[i].silent;
  else if (leg->search.state == PINGEM_HOP_NONE)
    problem = hop_legs[i].none;

  pingem_target_set_problem (leg->target, problem);

  if (leg->search.state == PINGEM_HOP_FOUND)
    pingem_target_set_answerer (leg->target, &leg->search.found);
  else
    pingem_target_set_hop (leg->target, &host, leg->search.ttl, leg->route.ifindex);

  if (leg->search.state == PINGEM_HOP_FOUND || leg->search.state == PINGEM_HOP_SILENT)
    list_leg (self, leg->target);
  else if (hop_legs[i].comes_and_goes && host.family == 0)
    unlist_leg (self, leg->target);
}

static void
begin_search (PingemMonitor *self, guint i)
{
  PingemHopLeg *leg = &self->hop_legs[i];

  leg->since_ns = pingem_clock_kernel (NULL).boot_ns;
  pingem_hop_search_begin (&leg->search, hop_legs[i].first_ttl, hop_legs[i].last_ttl);
  apply_search (self, i);
}

/* While no anchor is known, it is not known where they are sent either. */
static void
note_vpn (PingemMonitor *self)
{
  const PingemHopLeg *vpn = &self->hop_legs[PINGEM_VPN_LEG];

  if (self->netwatch != NULL && vpn->target != NULL &&
      (find_anchor (self, AF_INET).family != 0 || find_anchor (self, AF_INET6).family != 0))
    pingem_monitor_note_vpn (self, vpn->route.interface);
}

static void
wake_up (PingemMonitor *self, PingemTarget *target)
{
  g_ptr_array_add (self->targets, g_object_ref (target));
  g_ptr_array_remove (self->dormant, target);
  pingem_prober_add (self->prober, target);
}

static void
put_to_sleep (PingemMonitor *self, PingemTarget *target)
{
  g_ptr_array_add (self->dormant, g_object_ref (target));
  g_ptr_array_remove (self->targets, target);
  pingem_prober_remove (self->prober, target);
  pingem_recent_clear (pingem_target_get_recent (target));
}

/* Moves those of @from that are in the wrong place. */
static void
move_targets (PingemMonitor *self, GPtrArray *from)
{
  PingemRoute route;
  gboolean has_ipv6 =
      self->netwatch != NULL && pingem_netwatch_get_route (self->netwatch, AF_INET6, &route);

  for (guint i = 0; i < from->len;)
    {
      PingemTarget *target = from->pdata[i];
      gboolean sleeps =
          !has_ipv6 && pingem_target_config_needs_ipv6 (pingem_target_get_config (target));

      if (sleeps == (from == self->dormant))
        {
          i++;
          continue;
        }

      (sleeps ? put_to_sleep : wake_up) (self, target);
      self->verdict = (PingemVerdictHold){ 0 };
    }
}

/* It explains what anchors of IPv6 suffer: without them it is of no use. */
static void
follow_second_router (PingemMonitor *self)
{
  PingemRoute route = { 0 };
  gboolean is_there = find_second_way (self, &route) && find_anchor (self, AF_INET6).family != 0;
  PingemAddress none = { 0 };

  if (self->router6 == NULL)
    return;

  pingem_target_set_address (self->router6, is_there ? &route.gateway : &none);

  if (is_there)
    list_leg (self, self->router6);
  else
    unlist_leg (self, self->router6);
}

void
pingem_monitor_follow_anchor (PingemMonitor *self)
{
  move_targets (self, self->targets);
  move_targets (self, self->dormant);
  follow_second_router (self);

  for (guint i = 0; i < PINGEM_N_HOP_LEGS; i++)
    {
      PingemHopLeg *leg = &self->hop_legs[i];
      PingemRoute route = { 0 };
      PingemAddress host = hop_legs[i].find_host (self, &route);

      if (leg->target == NULL || (pingem_address_equal (&leg->host, &host) &&
                                  memcmp (&leg->route, &route, sizeof route) == 0))
        continue;

      leg->host = host;
      leg->route = route;
      begin_search (self, i);
    }

  note_vpn (self);
}

static void
follow_router (PingemMonitor *self)
{
  PingemTarget *router = g_ptr_array_index (self->targets, 0);
  PingemRoute route = { 0 };
  const char *problem = NULL;

  if (find_way (self, &route) == 0)
    problem = "There is no default route";
  else if (route.is_tunnel)
    problem = "All default routes lead into a VPN, so the router under it is not known";
  else if (route.gateway.family == 0)
    problem = "The default route has no gateway";

  pingem_monitor_note_route (self, &route, pingem_monitor_find_wifi (self, route.interface));
  pingem_target_set_problem (router, problem);
  pingem_target_set_address (router, &route.gateway);
}

static void
on_routes_changed (PingemMonitor *self)
{
  follow_router (self);
  pingem_monitor_follow_anchor (self);
  pingem_monitor_queue_change (self);
}

/* Another network may know names by other addresses. */
static void
on_network_changed (PingemMonitor *self)
{
  on_routes_changed (self);

  for (guint i = 0; i < self->targets->len; i++)
    pingem_target_refresh_lookup (self->targets->pdata[i]);
}

/* What no router answered a while ago may be answered now. */
void
pingem_monitor_retry_legs (PingemMonitor *self, gint64 now_ns)
{
  for (guint i = 0; i < PINGEM_N_HOP_LEGS; i++)
    {
      PingemHopLeg *leg = &self->hop_legs[i];

      if (leg->target != NULL && !is_probed (&leg->search) && now_ns - leg->since_ns > RETRY_NS)
        begin_search (self, i);
    }
}

gboolean
pingem_monitor_take_hop (PingemMonitor *self, PingemTarget *target, const PingemRecord *record)
{
  for (guint i = 0; i < PINGEM_N_HOP_LEGS; i++)
    {
      PingemHopLeg *leg = &self->hop_legs[i];

      if (leg->target != target)
        continue;

      if (pingem_hop_search_record (&leg->search, record,
                                    does_anchor_answer (self, leg->host.family)))
        apply_search (self, i);

      return leg->search.state == PINGEM_HOP_FOUND;
    }

  return TRUE;
}

static PingemTarget *
make_target (PingemMonitor *self, const char *key)
{
  g_autoptr (PingemTargetConfig) config = pingem_target_config_new (key);
  PingemTarget *target = pingem_target_new (config, PINGEM_MONITOR_WINDOW_NS);

  pingem_prober_add (self->prober, target);

  return target;
}

void
pingem_monitor_start_legs (PingemMonitor *self)
{
  self->router6 = make_target (self, PINGEM_ROUTER6_KEY);
  for (guint i = 0; i < PINGEM_N_HOP_LEGS; i++)
    self->hop_legs[i].target = make_target (self, hop_legs[i].key);

  if (self->netwatch == NULL)
    return;

  g_signal_connect_swapped (self->netwatch, "changed", G_CALLBACK (on_network_changed), self);
  on_routes_changed (self);
}

void
pingem_monitor_free_legs (PingemMonitor *self)
{
  for (guint i = 0; i < PINGEM_N_HOP_LEGS; i++)
    g_clear_object (&self->hop_legs[i].target);
  g_clear_object (&self->router6);
}
