/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Who measures throughput on this machine: an abstract socket's name, of which there is one for
 * each network namespace, whoever's the processes are.
 */

/* Returns: a descriptor to be closed; -1: another has it */
int pingem_lease_take (void);

G_END_DECLS
