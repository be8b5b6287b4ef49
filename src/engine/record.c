/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/record.h"

const char *
pingem_state_word (PingemState state)
{
  switch (state)
    {
    case PINGEM_STATE_IN_FLIGHT:
      return "in-flight";
    case PINGEM_STATE_REPLY:
      return "reply";
    case PINGEM_STATE_LATE:
      return "late";
    case PINGEM_STATE_LOST:
      return "lost";
    case PINGEM_STATE_UNSENT:
      return "unsent";
    case PINGEM_STATE_ERROR:
      return "error";
    }

  return "unknown";
}
