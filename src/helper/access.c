/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/access.h"

#include "ipc/channel.h"
#include "ipc/names.h"

/* A member without an entry in the table below is no program. */
#pragma GCC diagnostic error "-Wswitch"

gboolean
pingem_member_find (const char *name, gboolean is_property, PingemMember *ret_member)
{
  static const struct {
    gboolean is_property;
    const char *name;
  } rows[] = PINGEM_MEMBER_ROWS;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].is_property == is_property && g_str_equal (rows[i].name, name))
      {
        *ret_member = (PingemMember) i;
        return TRUE;
      }

  return FALSE;
}

static const char *
get_session_action (GVariant *args)
{
  guint32 flags;

  g_variant_get (args, "(uu)", NULL, &flags);

  return (flags & PINGEM_SESSION_INTENSIVE) != 0 ? PINGEM_ACTION_PROBE_INTENSIVE
                                                 : PINGEM_ACTION_PROBE;
}

static PingemAccess
get_list_access (GVariant *args)
{
  gboolean others;

  g_variant_get (args, "(b)", &others);
  if (others)
    return (PingemAccess){ PINGEM_ACCESS_ACTION, PINGEM_ACTION_INSPECT_OTHERS };

  return (PingemAccess){ PINGEM_ACCESS_EVERYBODY, NULL };
}

PingemAccess
pingem_access_get (PingemMember member, GVariant *args)
{
  switch (member)
    {
    case PINGEM_MEMBER_OPEN_SESSION:
      return (PingemAccess){ PINGEM_ACCESS_ACTION, get_session_action (args) };
    case PINGEM_MEMBER_ADD_TARGETS:
    case PINGEM_MEMBER_CHANGE_TARGET:
    case PINGEM_MEMBER_REMOVE_TARGET:
    case PINGEM_MEMBER_CLOSE:
      return (PingemAccess){ PINGEM_ACCESS_SESSION, NULL };
    case PINGEM_MEMBER_LIST_SESSIONS:
      return get_list_access (args);
    case PINGEM_MEMBER_PROPERTY_VERSION:
    case PINGEM_MEMBER_PROPERTY_LIMITS:
      return (PingemAccess){ PINGEM_ACCESS_EVERYBODY, NULL };
    }

  return (PingemAccess){ PINGEM_ACCESS_NEVER, NULL };
}
