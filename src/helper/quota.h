/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "helper/caller-limits.h"

G_BEGIN_DECLS

/* How many sessions and targets there are, of each user and in all; what is taken is given back. */
typedef struct PingemQuota PingemQuota;

/* @limits: static */
PingemQuota *pingem_quota_new (const PingemLimits *limits);
void pingem_quota_free (PingemQuota *self);
const PingemLimits *pingem_quota_get_limits (const PingemQuota *self);

/* PINGEM_ERROR_TOO_MANY: of this user, or in all. */
gboolean pingem_quota_take_session (PingemQuota *self, guint32 uid, GError **error);
/* After its targets. */
void pingem_quota_give_session (PingemQuota *self, guint32 uid);
/* While the user has a session. All or none: PINGEM_ERROR_TOO_MANY. */
gboolean pingem_quota_take_targets (
    PingemQuota *self, guint32 uid, gboolean is_intensive, guint n, GError **error);
void pingem_quota_give_targets (PingemQuota *self, guint32 uid, gboolean is_intensive, guint n);

G_END_DECLS
