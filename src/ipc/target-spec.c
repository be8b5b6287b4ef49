/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/target-spec.h"

#include <errno.h>
#include <netinet/in.h>

#include "ipc/error.h"

GVariant *
pingem_target_spec_to_variant (const PingemTargetSpec *spec)
{
  GVariant *bytes = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, spec->address.bytes,
                                               pingem_address_n_bytes (&spec->address), 1);

  guint32 ifindex = spec->address.ifindex != 0 ? spec->address.ifindex : spec->ifindex;

  return g_variant_new ("(u@ayuuuuuuuuu)", spec->id, bytes, ifindex, spec->count, spec->interval_ms,
                        spec->timeout_ms, spec->hold_ms, spec->size, spec->ttl, spec->dscp,
                        spec->flags & ~(guint32) PINGEM_TARGET_ALIGNED);
}

static gboolean
is_link_local (const PingemAddress *address)
{
  return address->family == AF_INET6 &&
         IN6_IS_ADDR_LINKLOCAL ((const struct in6_addr *) address->bytes);
}

static gboolean
set_bad_address (GError **error, const PingemAddress *address, const char *refusal)
{
  char text[PINGEM_ADDRESS_STRLEN];

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS,
               "%s cannot be probed: it is %s; give the address of one host",
               pingem_address_format (address, text), refusal);

  return FALSE;
}

static gboolean
check_address (const PingemAddress *address, GError **error)
{
  const char *refusal = pingem_address_refusal (address);

  if (refusal != NULL)
    return set_bad_address (error, address, refusal);

  /* Replies to it would come without the scope, so none would ever be believed. */
  if (address->ifindex != 0 && !is_link_local (address))
    return set_bad_address (error, address, "no link-local address, so it has no interface");

  return TRUE;
}

gboolean
pingem_target_spec_from_variant (GVariant *variant, PingemTargetSpec *ret_spec, GError **error)
{
  g_autoptr (GVariant) address = NULL;
  PingemTargetSpec spec = { 0 };
  guint32 ifindex;
  const guint8 *bytes;
  gsize n_bytes;

  g_variant_get (variant, "(u@ayuuuuuuuuu)", &spec.id, &address, &ifindex, &spec.count,
                 &spec.interval_ms, &spec.timeout_ms, &spec.hold_ms, &spec.size, &spec.ttl,
                 &spec.dscp, &spec.flags);
  bytes = g_variant_get_fixed_array (address, &n_bytes, 1);

  if (!pingem_address_from_bytes (bytes, n_bytes, 0, &spec.address))
    {
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_ADDRESS,
                   "An address has 4 or 16 bytes, not %" G_GSIZE_FORMAT, n_bytes);
      return FALSE;
    }
  /* Of any other address it is no part, but the way there. */
  *(is_link_local (&spec.address) ? &spec.address.ifindex : &spec.ifindex) = ifindex;
  if (!check_address (&spec.address, error))
    return FALSE;

  *ret_spec = spec;

  return TRUE;
}

static gboolean
set_engine_error (GError **error, int result, const PingemTargetSpec *spec)
{
  switch (-result)
    {
    case EEXIST:
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_EXISTS,
                   "Target %u exists already: remove it first or choose another number", spec->id);
      return FALSE;
    case ENOENT:
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_NOT_FOUND, "There is no target %u", spec->id);
      return FALSE;
    case ERANGE:
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                   "A value of target %u is out of its range", spec->id);
      return FALSE;
    default:
      g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_FAILED, "Target %u cannot be probed: %s",
                   spec->id, g_strerror (-result));
      return FALSE;
    }
}

gboolean
pingem_target_specs_add (PingemEngine *engine,
                         const PingemTargetSpec *specs,
                         guint n_specs,
                         GError **error)
{
  for (guint i = 0; i < n_specs; i++)
    if (!check_address (&specs[i].address, error))
      return FALSE;

  for (guint i = 0; i < n_specs; i++)
    {
      int result = pingem_engine_add (engine, &specs[i]);

      if (result == 0)
        continue;
      for (guint j = 0; j < i; j++)
        pingem_engine_remove (engine, specs[j].id);

      return set_engine_error (error, result, &specs[i]);
    }

  return TRUE;
}

gboolean
pingem_target_spec_change (PingemEngine *engine, const PingemTargetSpec *spec, GError **error)
{
  int result;

  if (!check_address (&spec->address, error))
    return FALSE;

  result = pingem_engine_change (engine, spec);

  return result == 0 || set_engine_error (error, result, spec);
}
