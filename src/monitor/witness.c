/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/witness.h"

#define PORT 443
#define TIMEOUT_S 1

void
pingem_witness_ask_async (const PingemAddress *address,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_bytes (
      address->bytes, address->family == AF_INET ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
  g_autoptr (GSocketAddress) socket_address =
      g_object_new (G_TYPE_INET_SOCKET_ADDRESS, "address", inet, "port", PORT, "scope-id",
                    address->ifindex, NULL);

  /* A proxy would speak for itself. */
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, TIMEOUT_S);
  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (socket_address), cancellable,
                                 callback, user_data);
}

gboolean
pingem_witness_ask_finish (GObject *client, GAsyncResult *result)
{
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (client), result, NULL);

  return connection != NULL;
}
