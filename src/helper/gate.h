/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <polkit/polkit.h>

G_BEGIN_DECLS

/*
 * The one place that asks polkit. Never blocks the main loop: an authentication
 * dialog may stay open for minutes.
 */
typedef struct PingemGate PingemGate;

typedef struct {
  guint answer_ms; /* polkit answers within it, or it is a no */
  guint prompt_ms; /* and a person within this */
  guint prompts_per_uid;
  guint prompts; /* of everybody */
} PingemGateLimits;

extern const PingemGateLimits pingem_default_gate_limits;

typedef struct {
  const char *action;
  const char *sender; /* its unique bus name, all that polkit is told of the caller */
  guint32 uid;        /* whose prompts it counts among */
  gboolean may_ask;   /* the caller's message allows an interactive question */
} PingemQuestion;

/* @limits: static */
PingemGate *pingem_gate_new (PolkitAuthority *authority, const PingemGateLimits *limits);
PingemGate *pingem_gate_ref (PingemGate *self);
void pingem_gate_unref (PingemGate *self);

/*
 * Asks without a person first, then one, where that is allowed and of use.
 *
 * Anything but a clear yes is a no: PINGEM_ERROR_DENIED where polkit refuses or
 * the dialog was dismissed, PINGEM_ERROR_AUTH_REQUIRED where it would have to
 * ask somebody, PINGEM_ERROR_TOO_MANY where too many people are asked already,
 * PINGEM_ERROR_FAILED where it cannot be asked or does not answer in time.
 */
void pingem_gate_check_async (PingemGate *self,
                              const PingemQuestion *question,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* @ret_by_person: (out) (optional): somebody's password allowed it, now or a moment ago */
gboolean pingem_gate_check_finish (GAsyncResult *result, gboolean *ret_by_person, GError **error);

G_END_DECLS
