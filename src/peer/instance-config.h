/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "monitor/keyfile.h"
#include "ipc/networks.h"

G_BEGIN_DECLS

#define PINGEM_METRICS_ENDPOINT "127.0.0.1:9862"
#define PINGEM_THROUGHPUT_PORT 5201

/* A part that answers others. */
typedef struct {
  GSocketAddress *listen;   /* (owned) (nullable): off */
  PingemNetworks *networks; /* (owned): whom it answers */
  GBytes *key;              /* (owned) (nullable): STAMP's; then only who has it is answered */
} PingemResponderConfig;

typedef struct {
  GSocketAddress *listen; /* (owned) (nullable): off */
  char **peers;           /* (owned): HOST or HOST:PORT, to be measured by turns */
  guint every_s;          /* from test to test */
  guint seconds;          /* of each way */
  guint max_mbits;        /* no faster than that */
  guint daily_mbytes;     /* no more than that a day, both ways together */
} PingemThroughputConfig;

/* Its groups in the file. */
enum {
  PINGEM_PART_METRICS,
  PINGEM_PART_STAMP,
  PINGEM_PART_ECHO,
  PINGEM_PART_THROUGHPUT,
  PINGEM_N_PARTS
};

/* What makes a monitor an instance; all of it is off where the file says nothing. */
typedef struct {
  GSocketAddress *metrics; /* (owned) (nullable): off */
  PingemResponderConfig stamp;
  PingemResponderConfig echo;
  PingemThroughputConfig throughput;
  char *texts[PINGEM_N_PARTS]; /* (owned): what the file says of each */
} PingemInstanceConfig;

/* Takes its groups of @keyfile: [metrics], [stamp], [echo] and [throughput]. What is bad is one of
 * the keyfile's problems, and costs itself only. */
void pingem_instance_config_load (PingemInstanceConfig *config, PingemKeyfile *keyfile);
/* Whether nothing of @part is different; a key that was exchanged is. */
gboolean pingem_instance_config_same_part (const PingemInstanceConfig *a,
                                           const PingemInstanceConfig *b,
                                           guint part);
void pingem_instance_config_clear (PingemInstanceConfig *config);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PingemInstanceConfig, pingem_instance_config_clear)

G_END_DECLS
