/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ipc/target-spec.h"

#include "fuzz/fuzz.h"

/* What is taken can be told on, and is the same then. */
static void
check (const PingemTargetSpec *spec)
{
  g_autoptr (GVariant) told = g_variant_ref_sink (pingem_target_spec_to_variant (spec));
  g_autoptr (GVariant) told_again = NULL;
  PingemTargetSpec again;

  g_assert_null (pingem_address_refusal (&spec->address));
  g_assert_true (pingem_target_spec_from_variant (told, &again, NULL));
  told_again = g_variant_ref_sink (pingem_target_spec_to_variant (&again));
  g_assert_true (g_variant_equal (told, told_again));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GVariant) variant = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE (PINGEM_TARGET_SPEC_TYPE), bytes, FALSE));
  g_autoptr (GError) error = NULL;
  PingemTargetSpec spec;

  if (pingem_target_spec_from_variant (variant, &spec, &error))
    check (&spec);
  else
    g_assert_true (g_utf8_validate (error->message, -1, NULL));

  return 0;
}
