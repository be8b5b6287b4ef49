/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "lab/helper.h"

#include <unistd.h>

#include "ipc/channel.h"
#include "ipc/names.h"

LabSystemBus *lab_bus;

static PolkitAuthority *authority;

static void
on_authority (GObject *source, GAsyncResult *result, gpointer user_data)
{
  authority = polkit_authority_get_finish (result, NULL);
  g_assert_nonnull (authority);
}

gboolean
lab_helper_init (void)
{
  const char *refusal = lab_enter_namespace ();

  if (refusal != NULL)
    {
      g_print ("1..0 # SKIP %s\n", refusal);
      return FALSE;
    }

  lab_bus = lab_system_bus_new ();
  polkit_authority_get_async (NULL, on_authority, NULL);
  lab_wait_until (authority != NULL);

  return TRUE;
}

void
lab_helper_finish (void)
{
  g_clear_object (&authority);
  g_clear_pointer (&lab_bus, lab_system_bus_free);
}

static void
on_idle (PingemService *service, gpointer user_data)
{
  ((LabHelper *) user_data)->n_idle++;
}

void
lab_helper_start (LabHelper *f)
{
  PingemRawSockets sockets;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (pingem_raw_sockets_open (&sockets), ==, 0);
  f->engine = pingem_shared_engine_new (&sockets, f->limits.rates, &error);
  g_assert_no_error (error);
  f->connection = lab_system_bus_connect (lab_bus);
  f->service = pingem_service_new (f->connection, authority, f->engine, &f->limits, &error);
  g_assert_no_error (error);
  g_signal_connect (f->service, "idle", G_CALLBACK (on_idle), f);
  lab_bus->authorized = TRUE;
  lab_bus->n_asked = 0;
}

void
lab_helper_set_up (LabHelper *f, gconstpointer data)
{
  f->limits = pingem_default_limits;
  lab_helper_start (f);
}

void
lab_helper_tear_down (LabHelper *f, gconstpointer data)
{
  g_clear_object (&f->service);
  lab_leave_bus (f->connection);
  g_clear_pointer (&f->engine, pingem_shared_engine_free);
}

GVariant *
lab_client_call (
    LabHelper *f, LabClient *client, const char *method, GVariant *args, GError **error)
{
  return lab_call (client->connection, g_dbus_connection_get_unique_name (f->connection),
                   PINGEM_HELPER_PATH, PINGEM_HELPER_INTERFACE, method, args,
                   G_DBUS_CALL_FLAGS_NONE, NULL, error);
}

LabClient
lab_client_new (void)
{
  return (LabClient){ .connection = lab_system_bus_connect (lab_bus), .fd = -1 };
}

void
lab_client_free (LabClient *client)
{
  g_clear_pointer (&client->connection, lab_leave_bus);
  g_clear_pointer (&client->token, g_variant_unref);
  if (client->fd >= 0)
    close (client->fd);
}

gboolean
lab_client_open_with (LabHelper *f,
                      LabClient *client,
                      guint version,
                      guint flags,
                      GDBusCallFlags call_flags,
                      GError **error)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply =
      lab_call (client->connection, g_dbus_connection_get_unique_name (f->connection),
                PINGEM_HELPER_PATH, PINGEM_HELPER_INTERFACE, "OpenSession",
                g_variant_new ("(uu)", version, flags), call_flags, &fds, error);

  if (reply == NULL)
    return FALSE;

  g_clear_pointer (&client->token, g_variant_unref);
  g_variant_get (reply, "(h@ay)", NULL, &client->token);
  client->fd = g_unix_fd_list_get (fds, 0, NULL);
  g_assert_cmpint (client->fd, >=, 0);

  return TRUE;
}

gboolean
lab_client_open_session (LabHelper *f, LabClient *client, guint flags, GError **error)
{
  return lab_client_open_with (f, client, PINGEM_CHANNEL_VERSION, flags, G_DBUS_CALL_FLAGS_NONE,
                               error);
}

LabClient
lab_client_open (LabHelper *f, guint flags)
{
  LabClient client = lab_client_new ();
  g_autoptr (GError) error = NULL;

  lab_client_open_session (f, &client, flags, &error);
  g_assert_no_error (error);

  return client;
}

PingemTargetSpec
lab_make_spec (guint32 id, const char *address)
{
  PingemTargetSpec spec = {
    .id = id,
    .count = 2,
    .interval_ms = 10,
    .timeout_ms = 2000,
    .size = 56,
  };

  g_assert_true (pingem_address_parse (address, &spec.address));

  return spec;
}

gboolean
lab_client_add (
    LabHelper *f, LabClient *client, const PingemTargetSpec *specs, guint n, GError **error)
{
  GVariantBuilder builder;
  g_autoptr (GVariant) reply = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" PINGEM_TARGET_SPEC_TYPE));
  for (guint i = 0; i < n; i++)
    g_variant_builder_add_value (&builder, pingem_target_spec_to_variant (&specs[i]));

  reply = lab_client_call (
      f, client, "AddTargets",
      g_variant_new ("(@aya" PINGEM_TARGET_SPEC_TYPE ")", client->token, &builder), error);

  return reply != NULL;
}
