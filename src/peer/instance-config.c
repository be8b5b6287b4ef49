/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/instance-config.h"

#include "peer/throughput.h"
#include "source/stamp-packet.h"

#define MIN_EVERY_S 60
#define MAX_EVERY_S 604800
#define MAX_SECONDS 60
#define MAX_MBITS 100000
#define MAX_MBYTES 10000000

static const char *const groups[PINGEM_N_PARTS] = { "metrics", "stamp", "echo", "throughput" };

/* (transfer full) (nullable): off, or bad */
static GSocketAddress *
load_endpoint (PingemKeyfile *keyfile, const char *group)
{
  g_autofree char *text = pingem_keyfile_get_string (keyfile, group, "listen");
  g_autoptr (GError) error = NULL;
  GSocketAddress *endpoint = text != NULL ? pingem_endpoint_parse (text, &error) : NULL;

  if (error != NULL)
    pingem_keyfile_add_problem (keyfile, group, "listen", error->message);

  return endpoint;
}

/* A slip opens nothing: then it is this machine alone that is answered. */
static PingemNetworks *
load_networks (PingemKeyfile *keyfile, const char *group)
{
  g_autofree char *text = pingem_keyfile_get_string (keyfile, group, "networks");
  g_autoptr (GError) error = NULL;
  PingemNetworks *networks = text != NULL ? pingem_networks_parse (text, &error) : NULL;

  if (error != NULL)
    pingem_keyfile_add_problem (keyfile, group, "networks", error->message);

  return networks != NULL ? networks : pingem_networks_new_loopback ();
}

/* Without the key that it shall have, the responder stays off. */
static void
load_key (PingemResponderConfig *config, PingemKeyfile *keyfile, const char *group)
{
  g_autofree char *path = pingem_keyfile_get_string (keyfile, group, "key-file");
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;

  config->key = pingem_stamp_read_key (path, &error);
  if (config->key != NULL)
    return;

  pingem_keyfile_add_problem (keyfile, group, "key-file", error->message);
  g_clear_object (&config->listen);
}

static void
load_peers (PingemThroughputConfig *config, PingemKeyfile *keyfile)
{
  g_autofree char *text = pingem_keyfile_get_string (keyfile, "throughput", "peers");
  g_auto (GStrv) words = g_strsplit_set (text != NULL ? text : "", ", \t", -1);
  g_autoptr (GStrvBuilder) peers = g_strv_builder_new ();

  for (char **word = words; *word != NULL; word++)
    {
      g_auto (PingemProbeAddress) address = { 0 };
      g_autoptr (GError) error = NULL;

      if (**word == '\0')
        continue;
      if (pingem_throughput_parse_peer (*word, &address, &error))
        g_strv_builder_add (peers, *word);
      else
        pingem_keyfile_add_problem (keyfile, "throughput", "peers", error->message);
    }

  config->peers = g_strv_builder_end (peers);
}

void
pingem_instance_config_load (PingemInstanceConfig *config, PingemKeyfile *keyfile)
{
  PingemThroughputConfig *throughput = &config->throughput;

  *config = (PingemInstanceConfig){
    .throughput = { .every_s = 3600, .seconds = 5, .max_mbits = 100, .daily_mbytes = 5000 },
  };

  for (guint i = 0; i < PINGEM_N_PARTS; i++)
    config->texts[i] = pingem_keyfile_dump_group (keyfile, groups[i]);

  config->metrics = load_endpoint (keyfile, "metrics");

  config->stamp.listen = load_endpoint (keyfile, "stamp");
  config->stamp.networks = load_networks (keyfile, "stamp");
  load_key (&config->stamp, keyfile, "stamp");

  config->echo.listen = load_endpoint (keyfile, "echo");
  config->echo.networks = load_networks (keyfile, "echo");

  throughput->listen = load_endpoint (keyfile, "throughput");
  load_peers (throughput, keyfile);
  pingem_keyfile_get_number (keyfile, "throughput", "every", MIN_EVERY_S, MAX_EVERY_S,
                             &throughput->every_s);
  pingem_keyfile_get_number (keyfile, "throughput", "seconds", 1, MAX_SECONDS,
                             &throughput->seconds);
  pingem_keyfile_get_number (keyfile, "throughput", "max-mbits", 1, MAX_MBITS,
                             &throughput->max_mbits);
  pingem_keyfile_get_number (keyfile, "throughput", "daily-mbytes", 1, MAX_MBYTES,
                             &throughput->daily_mbytes);
}

gboolean
pingem_instance_config_same_part (const PingemInstanceConfig *a,
                                  const PingemInstanceConfig *b,
                                  guint part)
{
  gboolean has_same_key =
      a->stamp.key == b->stamp.key ||
      (a->stamp.key != NULL && b->stamp.key != NULL && g_bytes_equal (a->stamp.key, b->stamp.key));

  return g_strcmp0 (a->texts[part], b->texts[part]) == 0 &&
         (part != PINGEM_PART_STAMP || has_same_key);
}

static void
clear_responder (PingemResponderConfig *config)
{
  g_clear_object (&config->listen);
  g_clear_pointer (&config->networks, pingem_networks_free);
  g_clear_pointer (&config->key, g_bytes_unref);
}

void
pingem_instance_config_clear (PingemInstanceConfig *config)
{
  g_clear_object (&config->metrics);
  clear_responder (&config->stamp);
  clear_responder (&config->echo);
  g_clear_object (&config->throughput.listen);
  g_clear_pointer (&config->throughput.peers, g_strfreev);
  for (guint i = 0; i < PINGEM_N_PARTS; i++)
    g_clear_pointer (&config->texts[i], g_free);
}
