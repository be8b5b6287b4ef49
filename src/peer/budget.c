/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "peer/budget.h"

#define GROUP "throughput"
#define S_PER_DAY 86400

struct PingemBudget {
  char *path;
  GKeyFile *file; /* (owned) */
  guint64 daily_bytes;
  gint64 day;
  guint64 spent;
};

PingemBudget *
pingem_budget_new (const char *path, guint64 daily_bytes)
{
  PingemBudget *budget = g_new0 (PingemBudget, 1);

  budget->path = g_strdup (path);
  budget->daily_bytes = daily_bytes;
  budget->file = g_key_file_new ();
  /* Without it the day begins with nothing spent. */
  g_key_file_load_from_file (budget->file, path, G_KEY_FILE_NONE, NULL);
  budget->day = g_key_file_get_int64 (budget->file, GROUP, "day", NULL);
  budget->spent = g_key_file_get_uint64 (budget->file, GROUP, "bytes", NULL);

  return budget;
}

void
pingem_budget_free (PingemBudget *budget)
{
  g_key_file_unref (budget->file);
  g_free (budget->path);
  g_free (budget);
}

static void
turn_day (PingemBudget *budget, gint64 now_s)
{
  if (budget->day == now_s / S_PER_DAY)
    return;

  budget->day = now_s / S_PER_DAY;
  budget->spent = 0;
}

gboolean
pingem_budget_has (PingemBudget *budget, guint64 n_bytes, gint64 now_s)
{
  turn_day (budget, now_s);

  return budget->spent <= budget->daily_bytes && n_bytes <= budget->daily_bytes - budget->spent;
}

void
pingem_budget_spend (PingemBudget *budget, guint64 n_bytes, gint64 now_s)
{
  g_autoptr (GError) error = NULL;

  turn_day (budget, now_s);
  budget->spent += n_bytes;
  g_key_file_set_int64 (budget->file, GROUP, "day", budget->day);
  g_key_file_set_uint64 (budget->file, GROUP, "bytes", budget->spent);
  if (!g_key_file_save_to_file (budget->file, budget->path, &error))
    g_printerr ("pingem-monitor: what throughput has cost today cannot be kept: %s\n",
                error->message);
}

guint64
pingem_budget_get_spent (PingemBudget *budget, gint64 now_s)
{
  turn_day (budget, now_s);

  return budget->spent;
}
