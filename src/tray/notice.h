/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PINGEM_TYPE_NOTICE (pingem_notice_get_type ())
G_DECLARE_FINAL_TYPE (PingemNotice, pingem_notice, PINGEM, NOTICE, GObject)

/* A notification that offers the window: signal "open", without arguments. */
PingemNotice *pingem_notice_new (GDBusConnection *connection);

typedef enum {
  PINGEM_NOTICE_ADVICE,
  PINGEM_NOTICE_OUTAGE,
  PINGEM_NOTICE_UPDATE, /* of what is shown: not where that was dismissed */
  PINGEM_NOTICE_RECOVERY,
} PingemNoticeKind;

/* Replaces what it showed before; silent where nothing shows notifications. */
void pingem_notice_show (PingemNotice *self,
                         PingemNoticeKind kind,
                         const char *summary,
                         const char *body);
/* Takes away what it shows. */
void pingem_notice_withdraw (PingemNotice *self);

G_END_DECLS
