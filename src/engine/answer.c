/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/answer.h"

#include <stddef.h>
#include <string.h>

/* In an answer's number: it is one of the others. */
#define IS_OTHER (UINT32_C (1) << 31)

void
pingem_answers_init (PingemAnswers *answers)
{
  pingem_pool_init (&answers->replies, offsetof (PingemAnswer, from));
  pingem_pool_init (&answers->others, sizeof (PingemAnswer));
}

void
pingem_answers_clear (PingemAnswers *answers)
{
  pingem_pool_clear (&answers->replies);
  pingem_pool_clear (&answers->others);
}

uint32_t
pingem_answers_add (PingemAnswers *answers, const PingemAnswer *answer)
{
  bool is_other = answer->from.family != 0 || answer->error != 0;
  PingemPool *pool = is_other ? &answers->others : &answers->replies;
  uint32_t index = pingem_pool_take (pool);

  if (index == PINGEM_NONE)
    return PINGEM_NONE;

  memcpy (pingem_pool_at (pool, index), answer, pool->item_size);

  return is_other ? index | IS_OTHER : index;
}

PingemAnswer
pingem_answers_get (const PingemAnswers *answers, uint32_t answer)
{
  const PingemPool *pool = (answer & IS_OTHER) != 0 ? &answers->others : &answers->replies;
  PingemAnswer copy = { 0 };

  memcpy (&copy, pingem_pool_at (pool, answer & ~IS_OTHER), pool->item_size);

  return copy;
}

void
pingem_answers_add_duplicate (PingemAnswers *answers, uint32_t answer)
{
  PingemPool *pool = (answer & IS_OTHER) != 0 ? &answers->others : &answers->replies;

  ((PingemAnswer *) pingem_pool_at (pool, answer & ~IS_OTHER))->duplicates++;
}

void
pingem_answers_remove (PingemAnswers *answers, uint32_t answer)
{
  PingemPool *pool = (answer & IS_OTHER) != 0 ? &answers->others : &answers->replies;

  pingem_pool_give (pool, answer & ~IS_OTHER);
}
