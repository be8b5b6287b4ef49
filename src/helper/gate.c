/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/gate.h"

#include "ipc/error.h"
#include "ipc/names.h"

#define WHAT_TO_DO                                                                                 \
  "log in to a local desktop session, or ask an administrator to add you to the group pingem"

const PingemGateLimits pingem_default_gate_limits = {
  .answer_ms = 10000,
  .prompt_ms = 120000,
  .prompts_per_uid = 1,
  .prompts = 16,
};

struct PingemGate {
  PolkitAuthority *authority;     /* (owned) */
  const PingemGateLimits *limits; /* (unowned) */
  GHashTable *prompts;            /* (owned) uid -> how many are open */
  guint n_prompts;
};

/* A question under way: data of its task. */
typedef struct {
  PingemGate *gate;       /* (owned) */
  PolkitSubject *subject; /* (owned) */
  char *action;           /* (owned) */
  guint32 uid;
  gboolean may_ask;
  gboolean is_prompt;
  gboolean by_person;
  GCancellable *stop; /* (owned): by the caller, or in time */
  gulong cancelled_id;
  guint timer_id;
  gboolean is_late;
} Check;

static void
gate_clear (gpointer data)
{
  PingemGate *self = data;

  g_object_unref (self->authority);
  g_hash_table_unref (self->prompts);
}

PingemGate *
pingem_gate_new (PolkitAuthority *authority, const PingemGateLimits *limits)
{
  PingemGate *self = g_rc_box_new0 (PingemGate);

  self->authority = g_object_ref (authority);
  self->limits = limits;
  self->prompts = g_hash_table_new (NULL, NULL);

  return self;
}

PingemGate *
pingem_gate_ref (PingemGate *self)
{
  return g_rc_box_acquire (self);
}

void
pingem_gate_unref (PingemGate *self)
{
  g_rc_box_release_full (self, gate_clear);
}

static gboolean
begin_prompt (PingemGate *self, guint32 uid)
{
  gpointer key = GUINT_TO_POINTER (uid);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->prompts, key));

  if (n >= self->limits->prompts_per_uid || self->n_prompts >= self->limits->prompts)
    return FALSE;

  g_hash_table_insert (self->prompts, key, GUINT_TO_POINTER (n + 1));
  self->n_prompts++;

  return TRUE;
}

static void
end_prompt (PingemGate *self, guint32 uid)
{
  gpointer key = GUINT_TO_POINTER (uid);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->prompts, key));

  self->n_prompts--;
  if (n > 1)
    g_hash_table_insert (self->prompts, key, GUINT_TO_POINTER (n - 1));
  else
    g_hash_table_remove (self->prompts, key);
}

static void
check_free (Check *check)
{
  g_object_unref (check->stop);
  g_object_unref (check->subject);
  g_free (check->action);
  pingem_gate_unref (check->gate);
  g_free (check);
}

static void ask (GTask *task);

static const char *
get_purpose (const Check *check)
{
  return g_str_equal (check->action, PINGEM_ACTION_INSPECT_OTHERS) ? "see the sessions of others"
                                                                   : "send probes";
}

static void
return_refusal (GTask *task, const Check *check, PolkitAuthorizationResult *answer)
{
  if (polkit_authorization_result_get_dismissed (answer))
    g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_DENIED,
                             "The question for a password was dismissed: try again and answer it");
  else if (polkit_authorization_result_get_is_challenge (answer))
    g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_AUTH_REQUIRED,
                             "polkit wants an administrator's password, and there is nobody to ask "
                             "here: " WHAT_TO_DO);
  else
    g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_DENIED,
                             "polkit does not allow this user to %s: " WHAT_TO_DO,
                             get_purpose (check));
}

static void
return_failure (GTask *task, const Check *check, GError *error)
{
  g_dbus_error_strip_remote_error (error);
  g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                           "polkit cannot be asked (%s), so nobody may %s: ask an "
                           "administrator to install or start polkit",
                           check->is_late ? "it did not answer in time" : error->message,
                           get_purpose (check));
}

static void
take_answer (GTask *task, PolkitAuthorizationResult *answer)
{
  Check *check = g_task_get_task_data (task);

  if (polkit_authorization_result_get_is_authorized (answer))
    {
      check->by_person =
          check->is_prompt ||
          polkit_authorization_result_get_temporary_authorization_id (answer) != NULL;
      g_task_return_boolean (task, TRUE);
    }
  else if (!polkit_authorization_result_get_is_challenge (answer) || !check->may_ask ||
           check->is_prompt)
    return_refusal (task, check, answer);
  else if (begin_prompt (check->gate, check->uid))
    {
      check->is_prompt = TRUE;
      ask (g_object_ref (task));
    }
  else
    g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_TOO_MANY,
                             "polkit asks for too many passwords already: answer those first");
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autoptr (PolkitAuthorizationResult) answer = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_handle_id (&check->timer_id, g_source_remove);
  g_cancellable_disconnect (g_task_get_cancellable (task), check->cancelled_id);
  if (check->is_prompt)
    end_prompt (check->gate, check->uid);

  answer = polkit_authority_check_authorization_finish (POLKIT_AUTHORITY (source), result, &error);
  if (answer != NULL)
    take_answer (task, answer);
  else
    return_failure (task, check, error);
}

static gboolean
on_late (gpointer user_data)
{
  Check *check = user_data;

  check->timer_id = 0;
  check->is_late = TRUE;
  g_cancellable_cancel (check->stop);

  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, gpointer stop)
{
  g_cancellable_cancel (stop);
}

/* @task: (transfer full). polkit's library takes a question back that is cancelled. */
static void
ask (GTask *task)
{
  Check *check = g_task_get_task_data (task);
  const PingemGateLimits *limits = check->gate->limits;
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable != NULL)
    check->cancelled_id =
        g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), check->stop, NULL);
  check->timer_id =
      g_timeout_add (check->is_prompt ? limits->prompt_ms : limits->answer_ms, on_late, check);
  polkit_authority_check_authorization (
      check->gate->authority, check->subject, check->action, NULL, /* details */
      check->is_prompt ? POLKIT_CHECK_AUTHORIZATION_FLAGS_ALLOW_USER_INTERACTION
                       : POLKIT_CHECK_AUTHORIZATION_FLAGS_NONE,
      check->stop, on_answer, task);
}

void
pingem_gate_check_async (PingemGate *self,
                         const PingemQuestion *question,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  Check *check = g_new0 (Check, 1);
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  check->gate = pingem_gate_ref (self);
  check->subject = polkit_system_bus_name_new (question->sender);
  check->action = g_strdup (question->action);
  check->uid = question->uid;
  check->may_ask = question->may_ask;
  check->stop = g_cancellable_new ();
  g_task_set_source_tag (task, pingem_gate_check_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, check, (GDestroyNotify) check_free);
  ask (task);
}

gboolean
pingem_gate_check_finish (GAsyncResult *result, gboolean *ret_by_person, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  if (ret_by_person != NULL)
    *ret_by_person = ((Check *) g_task_get_task_data (G_TASK (result)))->by_person;

  return g_task_propagate_boolean (G_TASK (result), error);
}
