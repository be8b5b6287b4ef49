/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "source/check-source.h"

#include <errno.h>
#include <sys/random.h>

#include "engine/ledger.h"

#define MAX_HOLD_MS 5000
/* Of one turn of the loop. */
#define MAX_SENDS 256

typedef struct {
  PingemLedger ledger;
  GSource *timer; /* (owned) */
} PingemCheckSourcePrivate;

static void source_iface_init (PingemSourceInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (PingemCheckSource,
                                  pingem_check_source,
                                  G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (PingemCheckSource)
                                      G_IMPLEMENT_INTERFACE (PINGEM_TYPE_SOURCE, source_iface_init))

static PingemLedger *
get_ledger (PingemCheckSource *self)
{
  PingemCheckSourcePrivate *priv = pingem_check_source_get_instance_private (self);

  return &priv->ledger;
}

/* Sleeps until the next slot is due or the next wait ends, whichever is first. */
static void
set_timer (PingemCheckSource *self)
{
  PingemCheckSourcePrivate *priv = pingem_check_source_get_instance_private (self);
  PingemTime now = pingem_clock_kernel (NULL);
  gint64 due_ns = pingem_targets_deadline (&priv->ledger.targets);
  gint64 expiry_ns = pingem_ledger_deadline (&priv->ledger);
  gint64 wait_ns = G_MAXINT64;

  if (due_ns != G_MAXINT64)
    wait_ns = due_ns - now.boot_ns;
  if (expiry_ns != G_MAXINT64)
    wait_ns = MIN (wait_ns, expiry_ns - now.mono_ns);

  /* Rounded up: else it would wake a moment too early, and again. */
  g_source_set_ready_time (
      priv->timer,
      wait_ns == G_MAXINT64 ? -1 : g_get_monotonic_time () + (MAX (wait_ns, 0) + 999) / 1000);
}

/* Unless its target was removed. */
static void
tell (PingemCheckSource *self, const PingemSlot *slot)
{
  PingemLedger *ledger = get_ledger (self);
  PingemRecord record;

  if (!pingem_targets_is_wanted (&ledger->targets, pingem_ledger_target_of (ledger, slot)))
    return;

  record = pingem_ledger_record (ledger, slot);
  pingem_source_tell_record (PINGEM_SOURCE (self), &record);
}

static void
tell_unsent (PingemCheckSource *self, guint32 index, guint64 seq, const PingemTime *now, int error)
{
  PingemLedger *ledger = get_ledger (self);
  const PingemTarget *target = pingem_targets_at (&ledger->targets, index);
  PingemRecord record = {
    .seq = seq,
    .due_ns = pingem_targets_due_ns (&ledger->targets, target, seq),
    .sent_ns = now->real_ns,
    .rtt_ns = -1,
    .target = target->id,
    .error = error,
    .state = PINGEM_STATE_UNSENT,
    .flags = PINGEM_RECORD_FINAL,
  };

  pingem_source_tell_record (PINGEM_SOURCE (self), &record);
}

static void
send_slot (PingemCheckSource *self, guint32 index, guint64 seq)
{
  PingemCheckSourceClass *klass = PINGEM_CHECK_SOURCE_GET_CLASS (self);
  PingemLedger *ledger = get_ledger (self);
  PingemTargetSpec spec =
      pingem_ledger_spec_of (ledger, pingem_targets_at (&ledger->targets, index));
  PingemTime now;
  guint64 number;
  int r = -ENOMEM;

  if (pingem_ledger_reserve (ledger))
    {
      number = pingem_ledger_next_number (ledger);
      now = pingem_clock_kernel (NULL);
      r = klass->send (self, &spec, number);
    }
  else
    now = pingem_clock_kernel (NULL);

  if (r < 0)
    {
      /* EAGAIN would read as one of our own limits. */
      tell_unsent (self, index, seq, &now, r == -EAGAIN ? ENOBUFS : -r);
      return;
    }

  tell (self, pingem_ledger_send (ledger, index, seq, now.mono_ns, now.real_ns));
  if (klass->sent != NULL)
    klass->sent (self, number);
}

static void
expire (PingemCheckSource *self, gint64 mono_ns)
{
  PingemCheckSourceClass *klass = PINGEM_CHECK_SOURCE_GET_CLASS (self);
  PingemLedger *ledger = get_ledger (self);
  PingemSlot *slot;

  while ((slot = pingem_ledger_expire (ledger, mono_ns)) != NULL)
    {
      tell (self, slot);
      if (!slot->is_final)
        continue;

      if (klass->forget != NULL)
        klass->forget (self, pingem_ledger_number_of (ledger, slot));
      pingem_ledger_drop (ledger, slot);
    }
}

static gboolean
on_timer (gpointer user_data)
{
  /* A handler may drop the last reference. */
  g_autoptr (PingemCheckSource) self = g_object_ref (user_data);
  PingemLedger *ledger = get_ledger (self);
  PingemTime now = pingem_clock_kernel (NULL);
  guint64 seq;
  guint32 index;

  expire (self, now.mono_ns);
  for (guint i = 0; i < MAX_SENDS; i++)
    {
      index = pingem_ledger_take_due (ledger, &now, &seq);
      if (index == PINGEM_NONE)
        break;
      send_slot (self, index, seq);
    }
  set_timer (self);

  return G_SOURCE_CONTINUE;
}

/* NULL where it is over, or its target was removed. */
static PingemSlot *
find_slot (PingemCheckSource *self, guint64 number)
{
  return pingem_ledger_find (get_ledger (self), number);
}

void
pingem_check_source_answer (PingemCheckSource *self, guint64 number, PingemAnswer answer)
{
  PingemSlot *slot = find_slot (self, number);

  if (slot == NULL)
    return;

  if (answer.rtt_ns < 0)
    answer.rtt_ns = pingem_clock_kernel (NULL).mono_ns - slot->sent_mono_ns;
  if (pingem_ledger_reply (get_ledger (self), slot, &answer))
    tell (self, slot);
  set_timer (self);
}

void
pingem_check_source_fail (PingemCheckSource *self, guint64 number, const PingemAnswer *answer)
{
  PingemSlot *slot = find_slot (self, number);

  if (slot != NULL && pingem_ledger_error (get_ledger (self), slot, answer))
    tell (self, slot);
}

/* So that what is due at the same second costs one wake-up. */
static PingemTargetSpec
adapt (const PingemTargetSpec *spec)
{
  PingemTargetSpec adapted = *spec;

  adapted.flags |= PINGEM_TARGET_ALIGNED;
  adapted.hold_ms = MIN (adapted.hold_ms, MAX_HOLD_MS);

  return adapted;
}

static void
finish (GTask *task, int result)
{
  if (result == 0)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, g_io_error_from_errno (-result), "%s",
                             g_strerror (-result));
}

static void
add_targets (PingemSource *source, const PingemTargetSpec *specs, guint n_specs, GTask *task)
{
  PingemCheckSource *self = PINGEM_CHECK_SOURCE (source);
  gint64 boot_ns = pingem_clock_kernel (NULL).boot_ns;
  int r = 0;

  for (guint i = 0; i < n_specs && r == 0; i++)
    {
      PingemTargetSpec spec = adapt (&specs[i]);

      r = pingem_ledger_add_target (get_ledger (self), &spec, boot_ns);
      for (guint j = 0; r < 0 && j < i; j++)
        pingem_ledger_remove_target (get_ledger (self), specs[j].id);
    }

  set_timer (self);
  finish (task, r);
}

static void
change_target (PingemSource *source, const PingemTargetSpec *spec, GTask *task)
{
  PingemCheckSource *self = PINGEM_CHECK_SOURCE (source);
  PingemTargetSpec adapted = adapt (spec);
  int r =
      pingem_ledger_change_target (get_ledger (self), &adapted, pingem_clock_kernel (NULL).boot_ns);

  set_timer (self);
  finish (task, r);
}

static void
remove_target (PingemSource *source, guint32 id)
{
  PingemCheckSource *self = PINGEM_CHECK_SOURCE (source);
  PingemCheckSourceClass *klass = PINGEM_CHECK_SOURCE_GET_CLASS (self);

  pingem_ledger_remove_target (get_ledger (self), id);
  if (klass->removed != NULL)
    klass->removed (self, id);
  set_timer (self);
}

static const char *
get_kind (PingemSource *source)
{
  return PINGEM_CHECK_SOURCE_GET_CLASS (source)->get_kind (PINGEM_CHECK_SOURCE (source));
}

static void
source_iface_init (PingemSourceInterface *iface)
{
  iface->get_kind = get_kind;
  iface->add_targets = add_targets;
  iface->change_target = change_target;
  iface->remove_target = remove_target;
}

static void
pingem_check_source_finalize (GObject *object)
{
  PingemCheckSource *self = PINGEM_CHECK_SOURCE (object);
  PingemCheckSourcePrivate *priv = pingem_check_source_get_instance_private (self);

  g_source_destroy (priv->timer);
  g_source_unref (priv->timer);
  pingem_ledger_clear (&priv->ledger);

  G_OBJECT_CLASS (pingem_check_source_parent_class)->finalize (object);
}

static void
pingem_check_source_class_init (PingemCheckSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pingem_check_source_finalize;
}

static gboolean
timer_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static void
pingem_check_source_init (PingemCheckSource *self)
{
  static GSourceFuncs timer_funcs = { .dispatch = timer_dispatch };
  PingemCheckSourcePrivate *priv = pingem_check_source_get_instance_private (self);
  guint8 hash_key[PINGEM_SIPHASH_KEY_SIZE];

  /* Of so few bytes it neither fails nor comes short. */
  if (getrandom (hash_key, sizeof hash_key, 0) != (gssize) sizeof hash_key)
    g_error ("no random numbers");

  pingem_ledger_init (&priv->ledger, hash_key);
  priv->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_static_name (priv->timer, "checks");
  g_source_set_priority (priv->timer, PINGEM_CHECK_PRIORITY);
  g_source_set_callback (priv->timer, on_timer, self, NULL);
  g_source_attach (priv->timer, g_main_context_get_thread_default ());
}
