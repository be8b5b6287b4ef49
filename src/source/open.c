/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/error.h"
#include "source/engine-source.h"
#include "source/open-session.h"

#define OPEN_DATAGRAM "sudo sysctl -w net.ipv4.ping_group_range=\"0 2147483647\""

/* An opening under way: what is tried, and why the earlier ones cannot be used. */
typedef struct {
  char *kind; /* (owned) */
  PingemSourceFlags flags;
  GString *refusals; /* (owned) sentences without their full stops, joined by "; " */
  char *why;         /* (owned) (nullable) */
  gboolean helper_refuses;
} Opening;

static void
opening_free (Opening *opening)
{
  g_free (opening->kind);
  g_string_free (opening->refusals, TRUE);
  g_free (opening->why);
  g_free (opening);
}

static gboolean
tries (const Opening *opening, const char *kind)
{
  return g_str_equal (opening->kind, kind) || g_str_equal (opening->kind, "auto");
}

static void
note_refusal (Opening *opening, const char *what, const char *why)
{
  g_string_append_printf (opening->refusals, "%s%s: %s", opening->refusals->len > 0 ? "; " : "",
                          what, why);
}

static void
note_choice (Opening *opening, const char *what)
{
  if (!g_str_equal (opening->kind, "auto"))
    opening->why = g_strdup_printf ("%s, as asked", what);
  else if (opening->refusals->len > 0)
    opening->why = g_strdup_printf ("%s, because %s", what, opening->refusals->str);
  else
    opening->why = g_strdup_printf ("%s, as it answers and allows it", what);
}

static const char *
choose_advice (const Opening *opening)
{
  if (opening->helper_refuses)
    return g_str_equal (opening->kind, "helper")
               ? "follow what the helper says, or use --source auto"
               : "follow what the helper says, or run " OPEN_DATAGRAM
                 ", which lets everybody on this machine ping";
  if (g_str_equal (opening->kind, "helper"))
    return "install the Pingem package with its helper, or use --source auto";
  if (g_str_equal (opening->kind, "raw"))
    return "run it as root, or use --source auto";

  return "run " OPEN_DATAGRAM ", which lets everybody on this machine ping, or install the Pingem "
         "package with its helper";
}

static void
give_up (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);

  g_task_return_new_error (task, PINGEM_ERROR, PINGEM_ERROR_NO_SOURCE,
                           "There is no way to send probes: %s. What to do: %s",
                           opening->refusals->str, choose_advice (opening));
}

static gboolean
try_socket (GTask *task, PingemSocketKind kind)
{
  static const struct {
    const char *what;
    const char *refused;
    const char *not_permitted;
  } words[] = {
    [PINGEM_SOCKET_RAW] = { "a raw socket", "a raw socket cannot be used",
                            "this program may not open one (CAP_NET_RAW)" },
    [PINGEM_SOCKET_DATAGRAM] = { "a datagram socket", "a datagram socket cannot be used",
                                 "the kernel allows this user none (net.ipv4.ping_group_range)" },
  };
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  PingemSource *source = pingem_engine_source_new (kind, opening->flags, &error);

  if (source != NULL)
    {
      note_choice (opening, words[kind].what);
      g_task_return_pointer (task, source, g_object_unref);
      return TRUE;
    }

  note_refusal (opening, words[kind].refused,
                g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED)
                    ? words[kind].not_permitted
                    : error->message);

  return FALSE;
}

static void
try_sockets (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);

  if (tries (opening, "raw") && try_socket (task, PINGEM_SOCKET_RAW))
    return;
  if (tries (opening, "datagram") && try_socket (task, PINGEM_SOCKET_DATAGRAM))
    return;

  give_up (task);
}

static void
on_session (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  PingemSource *source = pingem_open_session_finish (result, &error);

  if (source != NULL)
    {
      note_choice (opening, "the helper");
      g_task_return_pointer (task, source, g_object_unref);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    {
      opening->helper_refuses =
          error->domain == PINGEM_ERROR && error->code != PINGEM_ERROR_NO_SOURCE;
      note_refusal (opening,
                    opening->helper_refuses ? "the helper refuses" : "the helper cannot be used",
                    error->message);
      try_sockets (task);
    }
}

gboolean
pingem_source_kind_is_valid (const char *kind)
{
  static const char *const kinds[] = { "auto", "helper", "raw", "datagram", NULL };

  return g_strv_contains (kinds, kind);
}

void
pingem_source_open_async (const char *kind,
                          PingemSourceFlags flags,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Opening *opening;

  g_return_if_fail (pingem_source_kind_is_valid (kind));

  opening = g_new0 (Opening, 1);
  opening->kind = g_strdup (kind);
  opening->flags = flags;
  opening->refusals = g_string_new (NULL);
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, pingem_source_open_async);
  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);

  if (tries (opening, "helper"))
    pingem_open_session_async (flags, cancellable, on_session, g_steal_pointer (&task));
  else
    try_sockets (task);
}

PingemSource *
pingem_source_open_finish (GAsyncResult *result, char **ret_why, GError **error)
{
  PingemSource *source;
  Opening *opening;

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  opening = g_task_get_task_data (G_TASK (result));
  source = g_task_propagate_pointer (G_TASK (result), error);
  if (source != NULL && ret_why != NULL)
    *ret_why = g_steal_pointer (&opening->why);

  return source;
}
