/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/listener.h"

GSocketService *
pingem_listener_open (GSocketAddress *address,
                      GCallback on_incoming,
                      gpointer user_data,
                      GError **error)
{
  g_autoptr (GSocketService) service = g_socket_service_new ();

  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, NULL, error))
    return NULL;

  g_signal_connect_swapped (service, "incoming", on_incoming, user_data);

  return g_steal_pointer (&service);
}

void
pingem_listener_close (GSocketService *service, gpointer user_data)
{
  if (service == NULL)
    return;

  g_signal_handlers_disconnect_by_data (service, user_data);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  g_object_unref (service);
}
