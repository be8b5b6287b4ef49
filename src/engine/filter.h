/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * From now on raw @fd hands out nothing but echo replies of @identifier that
 * can hold a number and a cookie, for good; what was queued before is gone.
 * 0 or -errno.
 */
int pingem_filter_attach (int fd, bool is_ipv6, uint16_t identifier);
