/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/ration.h"

#include <string.h>
#include <sys/random.h>

#include "engine/siphash.h"

/* With each new one so many of the oldest are looked at: so they leave as fast as they come. */
#define N_SWEPT 2
#define EVERYBODY G_MAXUINT32

/* Two of it, so that whoever sends at the rate is not refused for a moment's haste. */
static const PingemRate fair_rate = { PINGEM_FAIR_PER_SECOND, 2 };

/* Of a user, who sends to no host in particular; of a host, to which everybody sends; or of both.
 */
typedef struct {
  PingemAddress destination;
  guint32 uid;
  guint32 is_intensive;
} Key;

typedef struct {
  Key key; /* first */
  guint hash;
  PingemBucket bucket;
  GList link;
} Entry;

struct PingemRation {
  const PingemRates *rates;
  PingemBucket totals[2];
  guint8 hash_key[PINGEM_SIPHASH_KEY_SIZE];
  GHashTable *entries; /* (owned) set of Entry; those that are full may be missing */
  GQueue ages;         /* of the entries, those looked at longest ago first */
};

static guint
get_hash (gconstpointer entry)
{
  return ((const Entry *) entry)->hash;
}

static gboolean
is_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Key)) == 0;
}

PingemRation *
pingem_ration_new (const PingemRates rates[2])
{
  PingemRation *self = g_new0 (PingemRation, 1);

  self->rates = rates;
  /* Else somebody might choose hosts that fall together in the table. */
  if (getrandom (self->hash_key, sizeof self->hash_key, 0) != sizeof self->hash_key)
    g_error ("The kernel gives no random numbers");
  self->entries = g_hash_table_new_full (get_hash, is_equal, g_free, NULL);

  return self;
}

void
pingem_ration_free (PingemRation *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static Entry
make_entry (const PingemRation *self, const PingemAddress *destination, guint32 uid, gboolean kind)
{
  Entry entry = { .key.uid = uid, .key.is_intensive = kind };

  if (destination != NULL)
    entry.key.destination = *destination;
  entry.hash = (guint) pingem_siphash (self->hash_key, &entry.key, sizeof entry.key);

  return entry;
}

/* Fills @entry with what is known of it. */
static gboolean
has_token (const PingemRation *self, Entry *entry, const PingemRate *rate, gint64 now_ns)
{
  const Entry *known = g_hash_table_lookup (self->entries, entry);

  if (known != NULL)
    entry->bucket = known->bucket;

  return pingem_bucket_has_token (&entry->bucket, rate, now_ns);
}

static void
sweep (PingemRation *self, gint64 now_ns)
{
  for (guint i = 0; i < N_SWEPT && self->ages.head != NULL; i++)
    {
      GList *link = g_queue_pop_head_link (&self->ages);
      Entry *entry = link->data;

      if (entry->bucket.full_ns > now_ns)
        g_queue_push_tail_link (&self->ages, link);
      else
        g_hash_table_remove (self->entries, entry);
    }
}

static void
take (PingemRation *self, Entry *wanted, const PingemRate *rate, gint64 now_ns)
{
  Entry *entry = g_hash_table_lookup (self->entries, wanted);

  if (entry == NULL)
    {
      sweep (self, now_ns);
      entry = g_memdup2 (wanted, sizeof *wanted);
      entry->link.data = entry;
      g_hash_table_add (self->entries, entry);
      g_queue_push_tail_link (&self->ages, &entry->link);
    }

  pingem_bucket_take (&entry->bucket, rate, now_ns);
}

gboolean
pingem_ration_take (PingemRation *self, const PingemClaim *claim, gint64 now_ns)
{
  gboolean kind = claim->is_intensive != FALSE;
  const PingemRates *rates = &self->rates[kind];
  Entry user = make_entry (self, NULL, claim->uid, kind);
  Entry host = make_entry (self, &claim->destination, EVERYBODY, kind);
  Entry share = make_entry (self, &claim->destination, claim->uid, kind);
  gboolean is_fair;

  if (!pingem_bucket_has_token (&self->totals[kind], &rates->total, now_ns) ||
      !has_token (self, &user, &rates->uid, now_ns))
    return FALSE;

  is_fair = has_token (self, &share, &fair_rate, now_ns);
  if (!has_token (self, &host, &rates->destination, now_ns) && !is_fair)
    return FALSE;

  pingem_bucket_take (&self->totals[kind], &rates->total, now_ns);
  take (self, &user, &rates->uid, now_ns);
  take (self, &host, &rates->destination, now_ns);
  if (is_fair)
    take (self, &share, &fair_rate, now_ns);

  return TRUE;
}

guint
pingem_ration_size (const PingemRation *self)
{
  return g_hash_table_size (self->entries);
}
