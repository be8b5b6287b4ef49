/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/networks.h"

#include <netinet/in.h>
#include <string.h>

#include "ipc/error.h"

struct PingemNetworks {
  GPtrArray *masks; /* (owned): of GInetAddressMask */
};

static PingemNetworks *
networks_new (void)
{
  PingemNetworks *networks = g_new (PingemNetworks, 1);

  networks->masks = g_ptr_array_new_with_free_func (g_object_unref);

  return networks;
}

/* GLib takes a longer one for a fault of the program. */
static gboolean
is_in_range (const char *word)
{
  const char *slash = strchr (word, '/');

  return slash == NULL || g_ascii_string_to_unsigned (slash + 1, 10, 0, 128, NULL, NULL);
}

PingemNetworks *
pingem_networks_parse (const char *text, GError **error)
{
  g_autoptr (PingemNetworks) networks = networks_new ();
  g_auto (GStrv) words = g_strsplit_set (text, ", \t", -1);

  for (char **word = words; *word != NULL; word++)
    {
      GInetAddressMask *mask;

      if (**word == '\0')
        continue;

      mask = is_in_range (*word) ? g_inet_address_mask_new_from_string (*word, NULL) : NULL;
      if (mask == NULL)
        {
          g_set_error (
              error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
              "“%s” is no network: write it as 192.0.2.0/24, without bits behind its length",
              *word);
          return NULL;
        }
      g_ptr_array_add (networks->masks, mask);
    }

  return g_steal_pointer (&networks);
}

PingemNetworks *
pingem_networks_new_loopback (void)
{
  return pingem_networks_parse ("127.0.0.0/8 ::1", NULL);
}

PingemNetworks *
pingem_networks_copy (const PingemNetworks *networks)
{
  PingemNetworks *copy = networks_new ();

  g_ptr_array_extend (copy->masks, networks->masks, (GCopyFunc) (void (*) (void)) g_object_ref,
                      NULL);

  return copy;
}

void
pingem_networks_free (PingemNetworks *networks)
{
  if (networks == NULL)
    return;

  g_ptr_array_unref (networks->masks);
  g_free (networks);
}

/* (transfer full) */
static GInetAddress *
unmap (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 &&
      IN6_IS_ADDR_V4MAPPED ((const struct in6_addr *) (const void *) bytes))
    return g_inet_address_new_from_bytes (bytes + 12, G_SOCKET_FAMILY_IPV4);

  return g_object_ref (address);
}

gboolean
pingem_networks_contain (const PingemNetworks *networks, GInetAddress *address)
{
  g_autoptr (GInetAddress) plain = unmap (address);

  for (guint i = 0; i < networks->masks->len; i++)
    if (g_inet_address_mask_matches (networks->masks->pdata[i], plain))
      return TRUE;

  return FALSE;
}

GSocketAddress *
pingem_endpoint_parse (const char *text, GError **error)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = colon != NULL ? g_strndup (text, colon - text) : g_strdup ("127.0.0.1");
  gsize length = strlen (host);
  g_autoptr (GInetAddress) inet = NULL;
  guint64 port;

  if (g_str_equal (host, "*"))
    inet = g_inet_address_new_any (G_SOCKET_FAMILY_IPV6);
  else if (*host == '[' && host[length - 1] == ']')
    {
      host[length - 1] = '\0';
      inet = g_inet_address_new_from_string (host + 1);
    }
  else if (strchr (host, ':') == NULL)
    inet = g_inet_address_new_from_string (host);

  if (inet != NULL && g_ascii_string_to_unsigned (colon != NULL ? colon + 1 : text, 10, 1,
                                                  G_MAXUINT16, &port, NULL))
    return g_inet_socket_address_new (inet, (guint16) port);

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
               "“%s” is nothing to listen on: write PORT, ADDRESS:PORT, [IPV6]:PORT or *:PORT",
               text);

  return NULL;
}

char *
pingem_endpoint_format (GSocketAddress *address)
{
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
  GInetAddress *host = g_inet_socket_address_get_address (inet);
  g_autofree char *text = g_inet_address_to_string (host);
  guint port = g_inet_socket_address_get_port (inet);

  if (g_inet_address_get_is_any (host))
    return g_strdup_printf ("*:%u", port);

  return g_strdup_printf (strchr (text, ':') != NULL ? "[%s]:%u" : "%s:%u", text, port);
}
