/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/gate.h"

#include "ipc/error.h"

#define WHAT_TO_DO                                                                                 \
  "log in to a local desktop session, or ask an administrator to add you to the group pingem"

static void
return_answer (GTask *task, PolkitAuthorizationResult *answer)
{
  if (polkit_authorization_result_get_is_authorized (answer))
    g_task_return_boolean (task, TRUE);
  else if (polkit_authorization_result_get_dismissed (answer))
    g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_DENIED,
                             "The question for a password was dismissed: try again and answer it");
  else if (polkit_authorization_result_get_is_challenge (answer))
    g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_AUTH_REQUIRED,
                             "polkit wants an administrator's password, and there is nobody to ask "
                             "here: " WHAT_TO_DO);
  else
    g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_DENIED,
                             "polkit does not allow this user to send probes: " WHAT_TO_DO);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (PolkitAuthorizationResult) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = polkit_authority_check_authorization_finish (POLKIT_AUTHORITY (source), result, &error);

  if (answer != NULL)
    return_answer (task, answer);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    {
      g_dbus_error_strip_remote_error (error);
      g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_FAILED,
                               "polkit cannot be asked (%s), so nobody may send probes: ask an "
                               "administrator to install or start polkit",
                               error->message);
    }
}

void
pingem_gate_check_async (PolkitAuthority *authority,
                         const char *action,
                         const char *sender,
                         gboolean may_ask,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (PolkitSubject) subject = NULL;
  GTask *task;

  g_return_if_fail (POLKIT_IS_AUTHORITY (authority));
  g_return_if_fail (action != NULL);
  g_return_if_fail (sender != NULL);

  subject = polkit_system_bus_name_new (sender);
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, pingem_gate_check_async);

  polkit_authority_check_authorization (
      authority, subject, action, NULL, /* details */
      may_ask ? POLKIT_CHECK_AUTHORIZATION_FLAGS_ALLOW_USER_INTERACTION
              : POLKIT_CHECK_AUTHORIZATION_FLAGS_NONE,
      cancellable, on_answer, task);
}

gboolean
pingem_gate_check_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
