/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/watch-strips.h"

#include <glib/gi18n-lib.h>

#include "ctl/number.h"
#include "ctl/strip-text.h"
#include "ipc/column.h"
#include "ipc/status.h"

#define COLUMN_S 10
#define COLUMN_MS (COLUMN_S * G_GINT64_CONSTANT (1000))
#define MAX_TARGETS 40
#define MAX_NAME 20
#define MIN_COLUMNS 10
#define MAX_COLUMNS 360
#define GAP 2

struct PingemWatchStrips {
  PingemDbusMonitor1 *monitor; /* (unowned) */
  GCancellable *cancellable;   /* (owned) */
  GHashTable *columns;         /* (owned): by key, of PingemColumn */
  guint n_awaited;
  GFunc func;
  gpointer user_data;
};

/* A call on its way. */
typedef struct {
  PingemWatchStrips *strips;
  char *key; /* (owned) */
} Request;

PingemWatchStrips *
pingem_watch_strips_new (PingemDbusMonitor1 *monitor, GFunc func, gpointer user_data)
{
  PingemWatchStrips *self = g_new0 (PingemWatchStrips, 1);

  self->monitor = monitor;
  self->cancellable = g_cancellable_new ();
  self->columns =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  self->func = func;
  self->user_data = user_data;

  return self;
}

void
pingem_watch_strips_free (PingemWatchStrips *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->columns);
  g_free (self);
}

/* @strips are gone where the call was cancelled. */
static void
on_columns (GObject *monitor, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;
  PingemWatchStrips *self = request->strips;
  g_autofree char *key = request->key;
  g_autoptr (GVariant) columns = NULL;
  g_autoptr (GError) error = NULL;

  g_free (request);
  if (pingem_dbus_monitor1_call_columns_finish (PINGEM_DBUS_MONITOR1 (monitor), &columns, result,
                                                &error))
    g_hash_table_replace (self->columns, g_steal_pointer (&key),
                          pingem_columns_from_variant (columns));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  else
    g_hash_table_remove (self->columns, key);

  if (--self->n_awaited == 0)
    self->func (self, self->user_data);
}

/* The newest column fills up, and the others stay where they are. */
static void
ask (PingemWatchStrips *self, const char *key, guint n_columns)
{
  gint64 to_ms = (g_get_real_time () / 1000 / COLUMN_MS + 1) * COLUMN_MS;
  Request *request = g_new (Request, 1);

  *request = (Request){ self, g_strdup (key) };
  self->n_awaited++;
  pingem_dbus_monitor1_call_columns (self->monitor, key, to_ms - n_columns * COLUMN_MS, to_ms,
                                     n_columns, self->cancellable, on_columns, request);
}

/* (transfer full) */
static char *
make_label (GVariant *target)
{
  g_autofree char *name = pingem_quote (pingem_target_lookup_string (target, "name"));

  return g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), MAX_NAME));
}

static glong
measure_label (GVariant *target)
{
  g_autofree char *label = make_label (target);

  return g_utf8_strlen (label, -1);
}

/* Returns: how many there are to be shown */
static guint
list_targets (PingemWatchStrips *self, GVariant *ret_targets[MAX_TARGETS])
{
  GVariant *targets = pingem_dbus_monitor1_get_targets (self->monitor);
  guint n = 0;
  GVariantIter iter;
  GVariant *target;

  if (targets == NULL)
    return 0;

  g_variant_iter_init (&iter, targets);
  while (n < MAX_TARGETS && (target = g_variant_iter_next_value (&iter)) != NULL)
    if (pingem_target_lookup_string (target, "key") != NULL &&
        pingem_target_lookup_string (target, "name") != NULL)
      ret_targets[n++] = target;
    else
      g_variant_unref (target);

  return n;
}

static glong
measure_labels (GVariant *targets[MAX_TARGETS], guint n)
{
  glong width = 0;

  for (guint i = 0; i < n; i++)
    width = MAX (width, measure_label (targets[i]));

  return width;
}

static void
unref_targets (GVariant *targets[MAX_TARGETS], guint n)
{
  for (guint i = 0; i < n; i++)
    g_variant_unref (targets[i]);
}

void
pingem_watch_strips_update (PingemWatchStrips *self, guint n_columns)
{
  GVariant *targets[MAX_TARGETS];
  guint n;
  glong width;

  if (self->n_awaited > 0)
    return;

  n = list_targets (self, targets);
  width = measure_labels (targets, n);

  for (guint i = 0; i < n; i++)
    ask (self, pingem_target_lookup_string (targets[i], "key"),
         (guint) CLAMP ((glong) n_columns - width - GAP, MIN_COLUMNS, MAX_COLUMNS));
  unref_targets (targets, n);
}

static void
append_row (
    PingemWatchStrips *self, GString *text, GVariant *target, glong width, gboolean has_colours)
{
  GArray *columns =
      g_hash_table_lookup (self->columns, pingem_target_lookup_string (target, "key"));
  g_autofree char *label = make_label (target);
  g_autofree char *strip = NULL;

  if (columns == NULL)
    return;

  strip =
      pingem_strip_text ((const PingemColumn *) (void *) columns->data, columns->len, has_colours);
  g_string_append_printf (text, "%s%*s%s\n", label, (int) (width + GAP - g_utf8_strlen (label, -1)),
                          "", strip);
}

char *
pingem_watch_strips_text (PingemWatchStrips *self, gboolean has_colours)
{
  g_autoptr (GString) rows = g_string_new (NULL);
  GVariant *targets[MAX_TARGETS];
  guint n = list_targets (self, targets);
  glong width = measure_labels (targets, n);

  for (guint i = 0; i < n; i++)
    append_row (self, rows, targets[i], width, has_colours);
  unref_targets (targets, n);

  if (rows->len == 0)
    return g_strdup ("");

  /* Translators: a line per target, then how long a character is, and what each means */
  return g_strdup_printf (_ ("\n%s\nA character is %u s. %s\n"), rows->str, COLUMN_S,
                          pingem_strip_legend ());
}
