/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "monitor/preferences.h"

#include <math.h>

#include "ipc/error.h"
#include "monitor/history.h"

#define MAX_NOTIFY_AFTER_S 3600
#define PERCENT 100.0

typedef struct {
  const char *group; /* in the file */
  const char *word;  /* there, and on the bus */
  char type;         /* u, d (a share of it in percent) or b */
  double min;
  double max;
  gsize offset;
} Preference;

static const Preference table[] = {
  { "history", "keep-days", 'u', 1, PINGEM_HISTORY_ROLLUP_DAYS,
    G_STRUCT_OFFSET (PingemPreferences, keep_days) },
  { "thresholds", "degraded-percent", 'd', 0.1, PERCENT,
    G_STRUCT_OFFSET (PingemPreferences, thresholds.degraded) },
  { "thresholds", "bad-percent", 'd', 0.1, PERCENT,
    G_STRUCT_OFFSET (PingemPreferences, thresholds.bad) },
  { "notifications", "notify", 'b', 0, 1, G_STRUCT_OFFSET (PingemPreferences, notify) },
  { "notifications", "notify-after-s", 'u', 1, MAX_NOTIFY_AFTER_S,
    G_STRUCT_OFFSET (PingemPreferences, notify_after_s) },
  { "tray", "tray-monochrome", 'b', 0, 1, G_STRUCT_OFFSET (PingemPreferences, tray_monochrome) },
  { "tray", "tray-label", 'b', 0, 1, G_STRUCT_OFFSET (PingemPreferences, tray_label) },
};

void
pingem_preferences_init (PingemPreferences *preferences)
{
  *preferences = (PingemPreferences){
    .keep_days = PINGEM_HISTORY_DAYS,
    .thresholds = PINGEM_DEFAULT_THRESHOLDS,
    .notify = TRUE,
    .notify_after_s = 5,
  };
}

static double
get_value (const PingemPreferences *preferences, const Preference *row)
{
  if (row->type == 'd')
    return G_STRUCT_MEMBER (double, preferences, row->offset) * PERCENT;
  if (row->type == 'b')
    return G_STRUCT_MEMBER (gboolean, preferences, row->offset);

  return G_STRUCT_MEMBER (guint, preferences, row->offset);
}

static gboolean
set_value (PingemPreferences *preferences, const Preference *row, double value, GError **error)
{
  /* Also what is no number at all. */
  if (!(value >= row->min && value <= row->max))
    {
      if (row->type == 'b')
        g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE, "%s must be true or false",
                     row->word);
      else
        g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE, "%s must be %g to %g", row->word,
                     row->min, row->max);
      return FALSE;
    }

  if (row->type == 'd')
    G_STRUCT_MEMBER (double, preferences, row->offset) = value / PERCENT;
  else if (row->type == 'b')
    G_STRUCT_MEMBER (gboolean, preferences, row->offset) = value != 0;
  else
    G_STRUCT_MEMBER (guint, preferences, row->offset) = (guint) value;

  return TRUE;
}

static gboolean
check_thresholds (const PingemThresholds *thresholds, GError **error)
{
  if (thresholds->degraded <= thresholds->bad)
    return TRUE;

  g_set_error_literal (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
                       "degraded-percent must not be above bad-percent");

  return FALSE;
}

static double
read_value (const Preference *row, GKeyFile *file, GError **error)
{
  if (row->type == 'd')
    return g_key_file_get_double (file, row->group, row->word, error);
  if (row->type == 'b')
    return g_key_file_get_boolean (file, row->group, row->word, error);

  return g_key_file_get_integer (file, row->group, row->word, error);
}

static void
load_value (PingemPreferences *preferences, const Preference *row, PingemKeyfile *keyfile)
{
  g_autoptr (GError) error = NULL;
  double value;

  if (!pingem_keyfile_has_key (keyfile, row->group, row->word))
    return;

  value = read_value (row, keyfile->file, &error);
  if (error != NULL || !set_value (preferences, row, value, &error))
    pingem_keyfile_add_problem (keyfile, row->group, row->word, error->message);
}

void
pingem_preferences_load (PingemPreferences *preferences, PingemKeyfile *keyfile)
{
  const PingemThresholds before = preferences->thresholds;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    load_value (preferences, &table[i], keyfile);

  if (check_thresholds (&preferences->thresholds, &error))
    return;

  pingem_keyfile_add_problem (keyfile, "thresholds", NULL, error->message);
  preferences->thresholds = before;
}

gboolean
pingem_preferences_store (const PingemPreferences *preferences,
                          const PingemPreferences *before,
                          GKeyFile *file)
{
  gboolean is_changed = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const Preference *row = &table[i];
      double value = get_value (preferences, row);

      if (value == get_value (before, row))
        continue;

      is_changed = TRUE;
      if (row->type == 'd')
        g_key_file_set_double (file, row->group, row->word, value);
      else if (row->type == 'b')
        g_key_file_set_boolean (file, row->group, row->word, value != 0);
      else
        g_key_file_set_integer (file, row->group, row->word, (int) value);
    }

  return is_changed;
}

static const Preference *
find_preference (const char *word, GError **error)
{
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      if (g_str_equal (table[i].word, word))
        return &table[i];

      g_string_append_printf (words, "%s%s", i > 0 ? ", " : "", table[i].word);
    }

  g_set_error (error, PINGEM_ERROR, PINGEM_ERROR_BAD_VALUE,
               "There is no setting “%s”: there are %s", word, words->str);

  return NULL;
}

/* NaN where it is of another type. */
static double
unpack_value (const Preference *row, GVariant *value)
{
  if (row->type == 'd' && g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    return g_variant_get_double (value);
  if (row->type == 'b' && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_variant_get_boolean (value);
  if (row->type == 'u' && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return g_variant_get_uint32 (value);

  return NAN;
}

gboolean
pingem_preferences_change (PingemPreferences *preferences, GVariant *changes, GError **error)
{
  PingemPreferences after = *preferences;

  for (gsize i = 0; i < g_variant_n_children (changes); i++)
    {
      g_autoptr (GVariant) value = NULL;
      const Preference *row;
      const char *word;

      g_variant_get_child (changes, i, "{&sv}", &word, &value);
      row = find_preference (word, error);
      if (row == NULL || !set_value (&after, row, unpack_value (row, value), error))
        return FALSE;
    }

  if (!check_thresholds (&after.thresholds, error))
    return FALSE;

  *preferences = after;

  return TRUE;
}

void
pingem_preferences_tell (const PingemPreferences *preferences, GVariantDict *dict)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const Preference *row = &table[i];
      double value = get_value (preferences, row);
      GVariant *told = row->type == 'd'   ? g_variant_new_double (value)
                       : row->type == 'b' ? g_variant_new_boolean (value != 0)
                                          : g_variant_new_uint32 ((guint) value);

      g_variant_dict_insert_value (dict, row->word, told);
    }
}
