/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/host-name.h"

#include <glib/gi18n-lib.h>

static const char *
explain (const GError *error)
{
  if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE))
    return _ ("the name server does not answer: is there a network?");
  if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    return _ ("there is no such host: is the name right?");

  return error->message;
}

static void
on_looked_up (GObject *resolver, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autolist (GInetAddress) found =
      g_resolver_lookup_by_name_with_flags_finish (G_RESOLVER (resolver), result, &error);
  PingemAddress address = { 0 };

  if (found == NULL)
    {
      g_task_return_new_error (task, error->domain, error->code, "%s", explain (error));
      return;
    }

  pingem_address_from_bytes (g_inet_address_to_bytes (found->data),
                             g_inet_address_get_native_size (found->data), 0, &address);
  g_task_return_pointer (task, g_memdup2 (&address, sizeof address), g_free);
}

static GResolverNameLookupFlags
choose_flags (sa_family_t family)
{
  if (family == AF_INET)
    return G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY;
  if (family == AF_INET6)
    return G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY;

  return G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT;
}

void
pingem_host_name_look_up_async (const char *name,
                                sa_family_t family,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, pingem_host_name_look_up_async);
  g_resolver_lookup_by_name_with_flags_async (resolver, name, choose_flags (family), cancellable,
                                              on_looked_up, task);
}

gboolean
pingem_host_name_look_up_finish (GAsyncResult *result, PingemAddress *ret_address, GError **error)
{
  g_autofree PingemAddress *address = g_task_propagate_pointer (G_TASK (result), error);

  if (address == NULL)
    return FALSE;

  *ret_address = *address;

  return TRUE;
}
