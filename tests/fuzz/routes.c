/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "monitor/routes.h"

#include <linux/rtnetlink.h>

#include "fuzz/fuzz.h"

/* As the kernel does: framed well and padded, whatever it holds. */
static void
take_message (FuzzInput *input, PingemRoutes *routes)
{
  uint8_t choice = fuzz_take_byte (input);
  size_t n_payload = MIN (fuzz_take_byte (input), input->n_bytes);
  g_autofree struct nlmsghdr *message = g_malloc0 (NLMSG_SPACE (n_payload));

  message->nlmsg_len = sizeof *message + n_payload;
  message->nlmsg_type = choice & 2 ? RTM_NEWLINK : RTM_NEWROUTE;
  fuzz_take (input, message + 1, n_payload);

  if (choice & 1)
    pingem_routes_take_link (message, routes);
  else
    pingem_routes_take_route (message, routes);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  PingemRoutes routes = { 0 };

  while (input.n_bytes > 0)
    take_message (&input, &routes);
  g_assert_nonnull (memchr (routes.inet.interface, '\0', sizeof routes.inet.interface));
  g_assert_nonnull (memchr (routes.inet6.interface, '\0', sizeof routes.inet6.interface));

  return 0;
}
