/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/recent.h"

#include <errno.h>

#include "stats/burst.h"

#define NS_PER_S G_GINT64_CONSTANT (1000000000)

typedef struct {
  guint64 seq;
  gint64 due_ns;
  gint64 rtt_ns;
  int error;
  PingemState state;
  guint duplicates;
} Slot;

struct PingemRecent {
  gint64 window_ns;
  GArray *slots; /* (owned): of Slot, in order of seq */
  gboolean has_answered;
};

typedef struct {
  gint64 at_ns;
  gint64 rtt_us;
} Arrival;

static gboolean
is_answered (const Slot *slot)
{
  return slot->state == PINGEM_STATE_REPLY || slot->state == PINGEM_STATE_LATE;
}

static gboolean
is_open (const Slot *slot)
{
  return slot->state == PINGEM_STATE_IN_FLIGHT ||
         (slot->state == PINGEM_STATE_UNSENT && slot->error == EAGAIN);
}

static Slot *
find_slot (const PingemRecent *recent, guint64 seq)
{
  for (guint i = recent->slots->len; i > 0; i--)
    {
      Slot *slot = &g_array_index (recent->slots, Slot, i - 1);

      if (slot->seq <= seq)
        return slot->seq == seq ? slot : NULL;
    }

  return NULL;
}

static const Slot *
find_newest_closed (const PingemRecent *recent)
{
  for (guint i = recent->slots->len; i > 0; i--)
    {
      const Slot *slot = &g_array_index (recent->slots, Slot, i - 1);

      if (!is_open (slot))
        return slot;
    }

  return NULL;
}

PingemRecent *
pingem_recent_new (gint64 window_ns)
{
  PingemRecent *recent = g_new0 (PingemRecent, 1);

  recent->window_ns = window_ns;
  recent->slots = g_array_new (FALSE, FALSE, sizeof (Slot));

  return recent;
}

void
pingem_recent_free (PingemRecent *recent)
{
  if (recent == NULL)
    return;

  g_array_unref (recent->slots);
  g_free (recent);
}

void
pingem_recent_clear (PingemRecent *recent)
{
  g_array_set_size (recent->slots, 0);
  recent->has_answered = FALSE;
}

void
pingem_recent_record (PingemRecent *recent, const PingemRecord *record)
{
  Slot slot = {
    .seq = record->seq,
    .due_ns = record->due_ns,
    .rtt_ns = record->rtt_ns,
    .error = record->error,
    .state = record->state,
    .duplicates = record->duplicates,
  };
  Slot *known = find_slot (recent, record->seq);
  GArray *slots = recent->slots;

  recent->has_answered = recent->has_answered || is_answered (&slot);

  if (known != NULL)
    *known = slot;
  else if (slots->len == 0 || g_array_index (slots, Slot, slots->len - 1).seq < slot.seq)
    g_array_append_val (slots, slot);
}

void
pingem_recent_expire (PingemRecent *recent, gint64 now_ns)
{
  guint n = 0;

  while (n < recent->slots->len &&
         g_array_index (recent->slots, Slot, n).due_ns <= now_ns - recent->window_ns)
    n++;

  if (n > 0)
    g_array_remove_range (recent->slots, 0, n);
}

PingemTally
pingem_recent_tally (const PingemRecent *recent)
{
  PingemTally tally = { 0 };

  for (guint i = 0; i < recent->slots->len; i++)
    {
      const Slot *slot = &g_array_index (recent->slots, Slot, i);

      pingem_tally_add (&tally, slot->state, slot->error);
      tally.duplicates += slot->duplicates;
    }

  return tally;
}

static void
count_slot (PingemSecond *second, const Slot *slot)
{
  if (second->due == G_MAXUINT8)
    return;

  second->due++;
  second->bad += pingem_state_is_loss (slot->state, slot->error);
  second->late += slot->state == PINGEM_STATE_LATE;
}

void
pingem_recent_count_seconds (const PingemRecent *recent, gint64 now_ns, PingemSecond *seconds)
{
  memset (seconds, 0, PINGEM_RECENT_SECONDS * sizeof *seconds);

  for (guint i = 0; i < recent->slots->len; i++)
    {
      const Slot *slot = &g_array_index (recent->slots, Slot, i);
      gint64 ago = now_ns / NS_PER_S - slot->due_ns / NS_PER_S;

      if (!is_open (slot) && ago >= 0 && ago < PINGEM_RECENT_SECONDS)
        count_slot (&seconds[ago], slot);
    }
}

static int
compare_arrivals (gconstpointer a, gconstpointer b)
{
  gint64 x = ((const Arrival *) a)->at_ns;
  gint64 y = ((const Arrival *) b)->at_ns;

  return (x > y) - (x < y);
}

static GArray *
list_arrivals (const PingemRecent *recent)
{
  GArray *arrivals = g_array_new (FALSE, FALSE, sizeof (Arrival));

  for (guint i = 0; i < recent->slots->len; i++)
    {
      const Slot *slot = &g_array_index (recent->slots, Slot, i);
      Arrival arrival = { slot->due_ns + slot->rtt_ns, slot->rtt_ns / 1000 };

      if (is_answered (slot) && slot->rtt_ns >= 0)
        g_array_append_val (arrivals, arrival);
    }

  g_array_sort (arrivals, compare_arrivals);

  return arrivals;
}

PingemRttSummary
pingem_recent_rtts (const PingemRecent *recent)
{
  g_autoptr (GArray) arrivals = list_arrivals (recent);
  PingemRtts rtts = { 0 };
  PingemRttSummary summary;

  for (guint i = 0; i < arrivals->len; i++)
    pingem_rtts_add (&rtts, g_array_index (arrivals, Arrival, i).rtt_us);

  summary = pingem_rtts_summarize (&rtts);
  pingem_rtts_clear (&rtts);

  return summary;
}

gint64
pingem_recent_last_rtt_us (const PingemRecent *recent)
{
  for (guint i = recent->slots->len; i > 0; i--)
    {
      const Slot *slot = &g_array_index (recent->slots, Slot, i - 1);

      if (is_answered (slot) && slot->rtt_ns >= 0)
        return slot->rtt_ns / 1000;
    }

  return -1;
}

guint
pingem_recent_streak (const PingemRecent *recent)
{
  gint64 second = -1;
  guint streak = 0;

  for (guint i = recent->slots->len; i > 0; i--)
    {
      const Slot *slot = &g_array_index (recent->slots, Slot, i - 1);

      if (is_answered (slot))
        break;
      if (!is_open (slot) && slot->due_ns / NS_PER_S != second)
        {
          second = slot->due_ns / NS_PER_S;
          streak++;
        }
    }

  return streak;
}

int
pingem_recent_unsent_error (const PingemRecent *recent)
{
  const Slot *newest = find_newest_closed (recent);

  return newest != NULL && newest->state == PINGEM_STATE_UNSENT ? newest->error : 0;
}

gboolean
pingem_recent_has_answered (const PingemRecent *recent)
{
  return recent->has_answered;
}
