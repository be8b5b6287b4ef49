/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ctl/pinger.h"

#include <errno.h>
#include <stdio.h>

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "ctl/arguments.h"
#include "ctl/ping-output.h"
#include "ipc/status.h"

/* Of a session of the helper; sockets of our own have no limit but memory. */
#define HELPER_TARGETS 256
#define SOCKET_TARGETS 65536

struct PingemPinger {
  const PingemPingOptions *options; /* (unowned) */
  GMainLoop *loop;                  /* (owned) */
  PingemSource *source;             /* (owned) (nullable) */
  GSource *turn;                    /* (owned) dispatched once after turn_soon() */
  GHashTable *targets;              /* (owned) id -> PingemPingTarget */
  GArray *queue;                    /* (owned) PingemTargetSpec, not added yet */
  GArray *ended;                    /* (owned) ids of lines that are done */
  gboolean adds_singly;             /* one of many was refused: which one? */
  guint sweep_id;
  guint n_active; /* targets that have not ended */
  guint n_holds;
  guint64 n_dropped;
  GSourceFunc room_func;
  gpointer room_data;
  int exit_status;
};

static void
turn_soon (PingemPinger *self)
{
  g_source_set_ready_time (self->turn, 0);
}

/*
 * A line is forgotten at once, so that there is room for others; hosts stay for
 * the summary, and for late replies. Nothing may be removed while a record is
 * told, so it waits for the next turn.
 */
static void
end_target (PingemPinger *self, PingemPingTarget *target)
{
  target->is_ended = TRUE;
  self->n_active--;
  if (self->options->takes_lines)
    g_array_append_val (self->ended, target->spec.id);

  turn_soon (self);
}

/* A broadcast address is known by the kernel alone. Lines of text say it by themselves. */
static void
tell_forbidden (const PingemPingOptions *options,
                PingemPingTarget *target,
                const PingemRecord *record)
{
  if (record->state != PINGEM_STATE_UNSENT || record->error != EACCES || target->is_forbidden)
    return;

  target->is_forbidden = TRUE;
  if (options->is_quiet || options->format != PINGEM_FORMAT_TEXT)
    pingem_complain ("%s: %s", target->label, pingem_send_error_label (EACCES));
}

static void
on_record (PingemSource *source, const PingemRecord *record, gpointer user_data)
{
  PingemPinger *self = user_data;
  PingemPingTarget *target = g_hash_table_lookup (self->targets, GUINT_TO_POINTER (record->target));

  if (target == NULL || record->state >= PINGEM_N_STATES)
    return;

  pingem_ping_output_record (self->options, target, record, pingem_run_take (&target->run, record));
  tell_forbidden (self->options, target, record);
  if (ferror (stdout))
    g_main_loop_quit (self->loop); /* nobody sees what is probed from now on */
  if (!target->is_ended && pingem_run_is_done (&target->run))
    end_target (self, target);
}

/* A probe whose last record was dropped would never end. */
static gboolean
on_sweep (gpointer user_data)
{
  PingemPinger *self = user_data;
  gint64 now_us = g_get_monotonic_time ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->targets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      PingemPingTarget *target = value;

      if (!target->is_ended && now_us > target->deadline_us)
        end_target (self, target);
    }

  return G_SOURCE_CONTINUE;
}

static void
on_dropped (PingemSource *source, guint64 n, gpointer user_data)
{
  PingemPinger *self = user_data;

  self->n_dropped += n;
  if (self->sweep_id == 0)
    self->sweep_id = g_timeout_add_seconds (1, on_sweep, self);
}

static void
on_gone (PingemSource *source, const GError *error, gpointer user_data)
{
  PingemPinger *self = user_data;

  pingem_complain ("%s", error->message);
  pingem_pinger_worsen (self, PINGEM_EXIT_CANNOT);
  g_main_loop_quit (self->loop);
}

/* An addition under way. */
typedef struct {
  PingemPinger *pinger; /* (unowned) */
  GArray *specs;        /* (owned) */
} Addition;

static void
addition_free (Addition *addition)
{
  g_array_unref (addition->specs);
  g_free (addition);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Addition, addition_free)

static void
drop_target (PingemPinger *self, guint32 id, const GError *error)
{
  PingemPingTarget *target = g_hash_table_lookup (self->targets, GUINT_TO_POINTER (id));

  pingem_complain ("%s: %s", target->label, error->message);
  pingem_pinger_worsen (self, PINGEM_EXIT_BAD_INPUT);
  self->n_active--;
  g_hash_table_remove (self->targets, GUINT_TO_POINTER (id));
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Addition) addition = user_data;
  PingemPinger *self = addition->pinger;
  g_autoptr (GError) error = NULL;

  if (pingem_source_add_targets_finish (PINGEM_SOURCE (source), result, &error))
    return;

  if (addition->specs->len == 1)
    drop_target (self, g_array_index (addition->specs, PingemTargetSpec, 0).id, error);
  else
    {
      self->adds_singly = TRUE;
      g_array_append_vals (self->queue, addition->specs->data, addition->specs->len);
    }
  turn_soon (self);
}

static void
send_addition (PingemPinger *self, const PingemTargetSpec *specs, guint n_specs)
{
  Addition *addition = g_new0 (Addition, 1);

  addition->pinger = self;
  addition->specs = g_array_new (FALSE, FALSE, sizeof *specs);
  g_array_append_vals (addition->specs, specs, n_specs);
  pingem_source_add_targets_async (self->source, specs, n_specs, NULL, on_added, addition);
}

static void
send_queue (PingemPinger *self)
{
  g_autoptr (GArray) queue = g_steal_pointer (&self->queue);
  const PingemTargetSpec *specs = (const PingemTargetSpec *) (void *) queue->data;
  guint step = self->adds_singly ? 1 : MAX (queue->len, 1);

  self->queue = g_array_new (FALSE, FALSE, sizeof (PingemTargetSpec));
  for (guint i = 0; i < queue->len; i += step)
    send_addition (self, &specs[i], step);
}

static void
settle (PingemPinger *self, PingemPingTarget *target)
{
  pingem_ping_output_rest (self->options, target);
  if (!pingem_run_is_all_answered (&target->run))
    pingem_pinger_worsen (self, PINGEM_EXIT_UNANSWERED);
}

static void
forget_ended (PingemPinger *self)
{
  for (guint i = 0; i < self->ended->len; i++)
    {
      gpointer id = GUINT_TO_POINTER (g_array_index (self->ended, guint32, i));

      settle (self, g_hash_table_lookup (self->targets, id));
      pingem_source_remove_target (self->source, GPOINTER_TO_UINT (id));
      g_hash_table_remove (self->targets, id);
    }

  g_array_set_size (self->ended, 0);
}

static gboolean
on_turn (gpointer user_data)
{
  PingemPinger *self = user_data;

  g_source_set_ready_time (self->turn, -1);
  forget_ended (self);
  if (self->room_func != NULL && !pingem_pinger_is_full (self))
    self->room_func (self->room_data);
  send_queue (self);

  if (self->n_active == 0 && self->n_holds == 0)
    g_main_loop_quit (self->loop);

  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_turn (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs turn_funcs = {
  .dispatch = dispatch_turn,
};

PingemPinger *
pingem_pinger_new (const PingemPingOptions *options)
{
  PingemPinger *self = g_new0 (PingemPinger, 1);

  self->options = options;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->targets =
      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) pingem_ping_target_free);
  self->queue = g_array_new (FALSE, FALSE, sizeof (PingemTargetSpec));
  self->ended = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->turn = g_source_new (&turn_funcs, sizeof (GSource));
  g_source_set_callback (self->turn, on_turn, self, NULL);
  g_source_attach (self->turn, NULL);

  return self;
}

void
pingem_pinger_free (PingemPinger *self)
{
  g_clear_handle_id (&self->sweep_id, g_source_remove);
  g_source_destroy (self->turn);
  g_source_unref (self->turn);
  if (self->source != NULL)
    g_signal_handlers_disconnect_by_data (self->source, self);
  g_clear_object (&self->source);
  g_hash_table_unref (self->targets);
  g_array_unref (self->queue);
  g_array_unref (self->ended);
  g_main_loop_unref (self->loop);
  g_free (self);
}

void
pingem_pinger_set_source (PingemPinger *self, PingemSource *source)
{
  self->source = g_object_ref (source);
  g_signal_connect (source, "record", G_CALLBACK (on_record), self);
  g_signal_connect (source, "dropped", G_CALLBACK (on_dropped), self);
  g_signal_connect (source, "gone", G_CALLBACK (on_gone), self);
}

void
pingem_pinger_hold (PingemPinger *self)
{
  self->n_holds++;
}

void
pingem_pinger_release (PingemPinger *self)
{
  self->n_holds--;
  turn_soon (self);
}

void
pingem_pinger_add (PingemPinger *self, const char *label, const PingemTargetSpec *spec)
{
  PingemPingTarget *target =
      pingem_ping_target_new (label, spec, self->options->has_hold, g_get_monotonic_time ());

  g_hash_table_insert (self->targets, GUINT_TO_POINTER (spec->id), target);
  g_array_append_val (self->queue, *spec);
  self->n_active++;
  turn_soon (self);
}

gboolean
pingem_pinger_is_full (PingemPinger *self)
{
  gboolean is_helper = g_str_equal (pingem_source_get_kind (self->source), "helper");

  return g_hash_table_size (self->targets) >= (is_helper ? HELPER_TARGETS : SOCKET_TARGETS);
}

void
pingem_pinger_set_room_func (PingemPinger *self, GSourceFunc func, gpointer user_data)
{
  self->room_func = func;
  self->room_data = user_data;
}

void
pingem_pinger_worsen (PingemPinger *self, int exit_status)
{
  self->exit_status = MAX (self->exit_status, exit_status);
}

void
pingem_pinger_quit (PingemPinger *self)
{
  g_main_loop_quit (self->loop);
}

static int
compare_id (gconstpointer a, gconstpointer b)
{
  const PingemPingTarget *x = *(PingemPingTarget *const *) a;
  const PingemPingTarget *y = *(PingemPingTarget *const *) b;

  return (x->spec.id > y->spec.id) - (x->spec.id < y->spec.id);
}

/* In the order in which they were written. */
static GPtrArray *
list_targets (PingemPinger *self)
{
  GPtrArray *targets = g_ptr_array_sized_new (g_hash_table_size (self->targets));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->targets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (targets, value);
  g_ptr_array_sort (targets, compare_id);

  return targets;
}

static void
sum_up (PingemPinger *self)
{
  g_autoptr (GPtrArray) targets = list_targets (self);

  for (guint i = 0; i < targets->len; i++)
    settle (self, targets->pdata[i]);
  pingem_ping_output_summary (self->options, targets);

  if (self->n_dropped > 0)
    {
      pingem_complain (_ ("%u results were lost on the way, as this program was too slow to read "
                          "them: send fewer probes"),
                       (guint) MIN (self->n_dropped, G_MAXUINT));
      pingem_pinger_worsen (self, PINGEM_EXIT_UNANSWERED);
    }
}

int
pingem_pinger_run (PingemPinger *self)
{
  g_main_loop_run (self->loop);
  if (self->source != NULL)
    sum_up (self);

  return self->exit_status;
}
