/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "fuzz/fuzz.h"
#include "monitor/block.h"

/* Whatever could be read of damaged data can be written and read again. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GArray) slots = g_array_new (FALSE, FALSE, sizeof (PingemSlot));
  g_autoptr (GArray) again = g_array_new (FALSE, FALSE, sizeof (PingemSlot));
  g_autoptr (GByteArray) block = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_whole = pingem_block_decode (data, size, slots, &error);

  g_assert_true (is_whole == (error == NULL));
  g_assert_cmpuint (slots->len, <=, PINGEM_BLOCK_MAX_SLOTS);

  block = pingem_block_encode ((const PingemSlot *) (void *) slots->data, slots->len);
  g_assert_true (pingem_block_decode (block->data, block->len, again, NULL));
  g_assert_cmpmem (slots->data, slots->len * sizeof (PingemSlot), again->data,
                   again->len * sizeof (PingemSlot));

  return 0;
}
