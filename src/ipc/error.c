/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/error.h"

#include <gio/gio.h>

static const GDBusErrorEntry entries[] = {
  { PINGEM_ERROR_FAILED, "io.github.pingem.Error.Failed" },
  { PINGEM_ERROR_DENIED, "io.github.pingem.Error.Denied" },
  { PINGEM_ERROR_AUTH_REQUIRED, "io.github.pingem.Error.AuthRequired" },
  { PINGEM_ERROR_BAD_ADDRESS, "io.github.pingem.Error.BadAddress" },
  { PINGEM_ERROR_BAD_VALUE, "io.github.pingem.Error.BadValue" },
  { PINGEM_ERROR_BAD_VERSION, "io.github.pingem.Error.BadVersion" },
  { PINGEM_ERROR_TOO_MANY, "io.github.pingem.Error.TooMany" },
  { PINGEM_ERROR_NOT_FOUND, "io.github.pingem.Error.NotFound" },
  { PINGEM_ERROR_EXISTS, "io.github.pingem.Error.Exists" },
  { PINGEM_ERROR_NO_SOURCE, "io.github.pingem.Error.NoSource" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (entries) == PINGEM_ERROR_NO_SOURCE + 1);

GQuark
pingem_error_quark (void)
{
  static gsize quark;

  g_dbus_error_register_error_domain ("pingem-error", &quark, entries, G_N_ELEMENTS (entries));

  return (GQuark) quark;
}
