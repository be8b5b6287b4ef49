/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/engine.h"
#include "engine/index.h"
#include "engine/siphash.h"

/* What many targets have in common: all of their spec but the id and the host. */
typedef struct {
  PingemTargetSpec spec; /* id 0; of the address the family and the interface alone */
  uint32_t lane;         /* the ledger's */
  uint32_t n_targets;
} PingemProfile;

typedef struct {
  PingemPool pool;
  PingemIndex by_spec;
  uint32_t last; /* the one that was asked for last */
  uint8_t hash_key[PINGEM_SIPHASH_KEY_SIZE];
} PingemProfiles;

/* @hash_key: random. A profile is known by its keyed hash alone. Not to be moved afterwards. */
void pingem_profiles_init (PingemProfiles *profiles,
                           const uint8_t hash_key[static PINGEM_SIPHASH_KEY_SIZE]);
void pingem_profiles_clear (PingemProfiles *profiles);
/* For one more target. Its lane is PINGEM_NONE where it is new. PINGEM_NONE without memory. */
uint32_t pingem_profiles_get (PingemProfiles *profiles, const PingemTargetSpec *spec);
/* True where this was the last target: the profile is gone. */
bool pingem_profiles_release (PingemProfiles *profiles, uint32_t profile);

static inline PingemProfile *
pingem_profiles_at (const PingemProfiles *profiles, uint32_t profile)
{
  return pingem_pool_at (&profiles->pool, profile);
}
