/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "helper/members.h"

G_BEGIN_DECLS

/* What a call needs before anything is done for it. */
typedef enum {
  PINGEM_ACCESS_NEVER,
  PINGEM_ACCESS_EVERYBODY,
  PINGEM_ACCESS_SESSION, /* the caller's own, named by its token, the first argument */
  PINGEM_ACCESS_ACTION,  /* polkit's yes */
} PingemAccessKind;

typedef struct {
  PingemAccessKind kind;
  const char *action; /* of ACTION alone */
} PingemAccess;

/* False where Helper1 has none of this name. @is_property: else a method */
gboolean pingem_member_find (const char *name, gboolean is_property, PingemMember *ret_member);
/* The one table of Helper1's members. @args: of the call, as they came; NULL: of a property */
PingemAccess pingem_access_get (PingemMember member, GVariant *args);

G_END_DECLS
