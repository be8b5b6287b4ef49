/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What the processes are called on the buses. */
#define PINGEM_APP_ID "io.github.pingem.Pingem"
#define PINGEM_APP_PATH "/io/github/pingem/Pingem"
#define PINGEM_TRAY_NAME "io.github.pingem.Pingem.Tray"
#define PINGEM_TRAY_PATH "/io/github/pingem/Pingem/Tray"
#define PINGEM_MONITOR_NAME "io.github.pingem.Pingem.Monitor"
#define PINGEM_MONITOR_PATH "/io/github/pingem/Monitor"
#define PINGEM_HELPER_NAME "io.github.pingem.Helper"
#define PINGEM_HELPER_PATH "/io/github/pingem/Helper"
#define PINGEM_HELPER_INTERFACE "io.github.pingem.Helper1"

/* polkit actions of the helper */
#define PINGEM_ACTION_PROBE "io.github.pingem.helper.probe"
#define PINGEM_ACTION_PROBE_INTENSIVE "io.github.pingem.helper.probe-intensive"
#define PINGEM_ACTION_INSPECT_OTHERS "io.github.pingem.helper.inspect-others"
