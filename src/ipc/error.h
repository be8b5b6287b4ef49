/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PingemError:
 * @PINGEM_ERROR_FAILED: none of the below; the message says what
 * @PINGEM_ERROR_DENIED: polkit said no, or the dialog was dismissed
 * @PINGEM_ERROR_AUTH_REQUIRED: polkit would have to ask, and nobody can answer
 * @PINGEM_ERROR_BAD_ADDRESS: not an address that may be probed
 * @PINGEM_ERROR_BAD_VALUE: an argument is out of its range
 * @PINGEM_ERROR_BAD_VERSION: the caller reads another version of the channel
 * @PINGEM_ERROR_TOO_MANY: the caller is over its limit
 * @PINGEM_ERROR_NOT_FOUND: no such session or target
 * @PINGEM_ERROR_EXISTS: there is such a target already
 * @PINGEM_ERROR_NO_SOURCE: no way to send probes; the message says what to do
 *
 * What can go wrong between the processes. Each has a D-Bus name, so the
 * code survives the trip over the bus. Messages are one clear sentence.
 */
typedef enum {
  PINGEM_ERROR_FAILED,
  PINGEM_ERROR_DENIED,
  PINGEM_ERROR_AUTH_REQUIRED,
  PINGEM_ERROR_BAD_ADDRESS,
  PINGEM_ERROR_BAD_VALUE,
  PINGEM_ERROR_BAD_VERSION,
  PINGEM_ERROR_TOO_MANY,
  PINGEM_ERROR_NOT_FOUND,
  PINGEM_ERROR_EXISTS,
  PINGEM_ERROR_NO_SOURCE,
} PingemError;

#define PINGEM_ERROR (pingem_error_quark ())
GQuark pingem_error_quark (void);

G_END_DECLS
