/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/hop-search.h"

#define MAX_UNANSWERED 3
#define MAX_UNANSWERED_FOUND 30

void
pingem_hop_search_begin (PingemHopSearch *search, guint first_ttl, guint last_ttl)
{
  *search = (PingemHopSearch){ .first_ttl = first_ttl, .last_ttl = last_ttl, .ttl = first_ttl };
}

static gboolean
take_answer (PingemHopSearch *search, const PingemRecord *record)
{
  PingemHopState before = search->state;

  search->n_unanswered = 0;

  if (record->icmp_type != 0)
    {
      if (before != PINGEM_HOP_FOUND)
        search->found = record->from;
      search->state = PINGEM_HOP_FOUND;
    }
  else if (before == PINGEM_HOP_FOUND)
    pingem_hop_search_begin (search, search->first_ttl, search->last_ttl);
  else
    search->state = search->ttl == search->first_ttl ? PINGEM_HOP_NONE : PINGEM_HOP_SILENT;

  return search->state != before;
}

static gboolean
take_silence (PingemHopSearch *search)
{
  gboolean was_found = search->state == PINGEM_HOP_FOUND;

  if (++search->n_unanswered < (was_found ? MAX_UNANSWERED_FOUND : MAX_UNANSWERED))
    return FALSE;

  search->n_unanswered = 0;

  if (was_found)
    pingem_hop_search_begin (search, search->first_ttl, search->last_ttl);
  else if (search->ttl < search->last_ttl)
    search->ttl++;
  else
    search->state = PINGEM_HOP_SILENT;

  return TRUE;
}

gboolean
pingem_hop_search_record (PingemHopSearch *search, const PingemRecord *record, gboolean is_passed)
{
  if (record->state == PINGEM_STATE_REPLY || record->state == PINGEM_STATE_LATE)
    return take_answer (search, record);

  /* One record of each slot: the one that tells of its timeout. */
  if ((record->flags & (PINGEM_RECORD_TIMED_OUT | PINGEM_RECORD_FINAL)) != PINGEM_RECORD_TIMED_OUT)
    return FALSE;

  if (!is_passed)
    {
      search->n_unanswered = 0;
      return FALSE;
    }

  return take_silence (search);
}
