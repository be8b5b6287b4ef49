/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/checks.h"

#include "source/echo-source.h"
#include "source/stamp-packet.h"
#include "source/tcp-source.h"

struct PingemChecks {
  PingemSource *sources[PINGEM_N_PROBES]; /* (owned) (nullable) */
  GCallback on_record;
  gpointer user_data;
};

PingemChecks *
pingem_checks_new (GCallback on_record, gpointer user_data)
{
  PingemChecks *self = g_new0 (PingemChecks, 1);

  self->on_record = on_record;
  self->user_data = user_data;

  return self;
}

void
pingem_checks_free (PingemChecks *self)
{
  for (guint i = 0; i < PINGEM_N_PROBES; i++)
    if (self->sources[i] != NULL)
      {
        g_signal_handlers_disconnect_by_data (self->sources[i], self->user_data);
        g_object_unref (self->sources[i]);
      }

  g_free (self);
}

PingemSource *
pingem_checks_get_source (PingemChecks *self, PingemProbe probe)
{
  PingemSource **source = &self->sources[probe];

  if (*source == NULL)
    {
      *source = probe == PINGEM_PROBE_UDP    ? pingem_stamp_source_new ()
                : probe == PINGEM_PROBE_ECHO ? pingem_echo_source_new ()
                                             : pingem_tcp_source_new ();
      g_signal_connect_swapped (*source, "record", self->on_record, self->user_data);
    }

  return *source;
}

gboolean
pingem_checks_give_key (PingemChecks *self, PingemTarget *target)
{
  const PingemTargetConfig *config = pingem_target_get_config (target);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = NULL;

  if (config->where.probe != PINGEM_PROBE_UDP)
    return TRUE;

  if (config->key_file != NULL)
    key = pingem_stamp_read_key (config->key_file, &error);
  if (error != NULL)
    {
      pingem_target_set_problem (target, error->message);
      return FALSE;
    }

  pingem_stamp_source_set_key (pingem_checks_get_source (self, PINGEM_PROBE_UDP),
                               pingem_target_get_source_id (target), key);

  return TRUE;
}

PingemPath
pingem_checks_get_path (PingemChecks *self, PingemTarget *target)
{
  if (pingem_target_get_config (target)->where.probe != PINGEM_PROBE_UDP)
    return PINGEM_PATH_NONE;

  return pingem_stamp_source_get_path (pingem_checks_get_source (self, PINGEM_PROBE_UDP),
                                       pingem_target_get_source_id (target));
}
