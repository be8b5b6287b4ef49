/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/profile.h"

#include <string.h>

static uint64_t
key_of_spec (const void *hash_key, const PingemTargetSpec *spec)
{
  return pingem_siphash (hash_key, spec, sizeof *spec);
}

static uint64_t
key_of_profile (const void *hash_key, const void *item)
{
  return key_of_spec (hash_key, &((const PingemProfile *) item)->spec);
}

void
pingem_profiles_init (PingemProfiles *profiles,
                      const uint8_t hash_key[static PINGEM_SIPHASH_KEY_SIZE])
{
  *profiles = (PingemProfiles){ 0 };
  memcpy (profiles->hash_key, hash_key, PINGEM_SIPHASH_KEY_SIZE);
  pingem_pool_init (&profiles->pool, sizeof (PingemProfile));
  pingem_index_init (&profiles->by_spec, &profiles->pool, key_of_profile, profiles->hash_key);
}

void
pingem_profiles_clear (PingemProfiles *profiles)
{
  pingem_index_clear (&profiles->by_spec);
  pingem_pool_clear (&profiles->pool);
}

static bool
is_last (const PingemProfiles *profiles, const PingemTargetSpec *common)
{
  const PingemProfile *last;

  if (profiles->last >= profiles->pool.n_touched)
    return false;

  last = pingem_profiles_at (profiles, profiles->last);

  return last->n_targets > 0 && memcmp (&last->spec, common, sizeof *common) == 0;
}

uint32_t
pingem_profiles_get (PingemProfiles *profiles, const PingemTargetSpec *spec)
{
  PingemTargetSpec common = *spec;
  uint32_t profile;

  common.id = 0;
  memset (common.address.bytes, 0, sizeof common.address.bytes);

  /* Most often it is that of the target before: then nothing is hashed. */
  profile = is_last (profiles, &common)
                ? profiles->last
                : pingem_index_find (&profiles->by_spec, key_of_spec (profiles->hash_key, &common));
  if (profile == PINGEM_NONE)
    {
      if (!pingem_index_reserve (&profiles->by_spec))
        return PINGEM_NONE;
      profile = pingem_pool_take (&profiles->pool);
      if (profile == PINGEM_NONE)
        return PINGEM_NONE;

      *pingem_profiles_at (profiles, profile) =
          (PingemProfile){ .spec = common, .lane = PINGEM_NONE };
      pingem_index_add (&profiles->by_spec, profile);
    }

  pingem_profiles_at (profiles, profile)->n_targets++;
  profiles->last = profile;

  return profile;
}

bool
pingem_profiles_release (PingemProfiles *profiles, uint32_t profile)
{
  if (--pingem_profiles_at (profiles, profile)->n_targets > 0)
    return false;

  pingem_index_remove (&profiles->by_spec, profile);
  pingem_pool_give (&profiles->pool, profile);

  return true;
}
