/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "ipc/engine-watch.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <gio/gio.h>

#define NS_PER_MS G_GINT64_CONSTANT (1000000)
#define NS_PER_S G_GINT64_CONSTANT (1000000000)
#define MAX_TICK_MS 1000

typedef struct {
  GSource source;
  PingemEngine *engine; /* (unowned) */
  int timer_fd;
  gpointer timer_tag;
  gpointer engine_tag;
  gboolean batch;
  gint64 deadline_ns; /* the engine's, for which the timer is set */
  gboolean is_urgent; /* as the deadline */
  gint64 wake_ns;     /* CLOCK_BOOTTIME */
  guint tick_ms;
} EngineWatch;

static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);

  return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static gint64
round_up (gint64 ns, gint64 unit_ns)
{
  return (ns + unit_ns - 1) / unit_ns * unit_ns;
}

static gint64
choose_wake (const EngineWatch *self, gint64 deadline_ns, gint64 now)
{
  if (!self->batch || self->is_urgent || deadline_ns == INT64_MAX)
    return deadline_ns;

  return MIN (round_up (deadline_ns, self->tick_ms * NS_PER_MS), round_up (now + 1, NS_PER_S));
}

/* Relative, so that it also holds where CLOCK_BOOTTIME is read from somewhere else. */
static void
set_timer (EngineWatch *self, gint64 delay_ns)
{
  struct itimerspec spec = { 0 };

  if (self->wake_ns != INT64_MAX)
    {
      spec.it_value.tv_sec = delay_ns / NS_PER_S;
      spec.it_value.tv_nsec = delay_ns % NS_PER_S;
    }

  timerfd_settime (self->timer_fd, 0, &spec, NULL);
}

static gboolean
watch_prepare (GSource *source, int *ret_timeout_ms)
{
  EngineWatch *self = (EngineWatch *) source;
  gint64 deadline_ns = pingem_engine_deadline (self->engine);
  gboolean is_urgent = pingem_engine_is_urgent (self->engine);
  gint64 now = now_ns ();

  *ret_timeout_ms = -1;

  /* A tick that has passed stays due, whatever was added or removed since. */
  if (self->wake_ns <= now)
    return TRUE;
  if (deadline_ns == self->deadline_ns && is_urgent == self->is_urgent)
    return FALSE;

  self->deadline_ns = deadline_ns;
  self->is_urgent = is_urgent;
  self->wake_ns = choose_wake (self, deadline_ns, now);
  if (self->wake_ns <= now)
    return TRUE;
  set_timer (self, self->wake_ns - now);

  return FALSE;
}

static gboolean
watch_check (GSource *source)
{
  EngineWatch *self = (EngineWatch *) source;

  return g_source_query_unix_fd (source, self->timer_tag) != 0 ||
         g_source_query_unix_fd (source, self->engine_tag) != 0;
}

static gboolean
watch_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  EngineWatch *self = (EngineWatch *) source;

  /* The next prepare() sets the timer anew, which also takes back its expiry. */
  self->deadline_ns = -1;
  self->wake_ns = INT64_MAX;

  return callback != NULL && callback (user_data);
}

static void
watch_finalize (GSource *source)
{
  close (((EngineWatch *) source)->timer_fd);
}

static GSourceFuncs watch_funcs = {
  .prepare = watch_prepare,
  .check = watch_check,
  .dispatch = watch_dispatch,
  .finalize = watch_finalize,
};

GSource *
pingem_engine_watch_new (PingemEngine *engine, GError **error)
{
  int timer_fd = timerfd_create (CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  EngineWatch *self;

  if (timer_fd < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "No timer for the probes: %s",
                   g_strerror (errno));
      return NULL;
    }

  self = (EngineWatch *) g_source_new (&watch_funcs, sizeof *self);
  self->engine = engine;
  self->timer_fd = timer_fd;
  self->deadline_ns = -1;
  self->wake_ns = INT64_MAX;
  self->tick_ms = MAX_TICK_MS;
  self->timer_tag = g_source_add_unix_fd (&self->source, timer_fd, G_IO_IN);
  self->engine_tag = g_source_add_unix_fd (&self->source, pingem_engine_fd (engine), G_IO_IN);
  g_source_set_static_name (&self->source, "engine");
  /* Else GLib takes the descriptors out of the loop for each dispatch: five system calls. */
  g_source_set_can_recurse (&self->source, TRUE);

  return &self->source;
}

void
pingem_engine_watch_set_batch (GSource *watch, gboolean batch)
{
  EngineWatch *self = (EngineWatch *) watch;

  if (batch == self->batch)
    return;

  self->batch = batch;
  self->deadline_ns = -1;
  pingem_engine_set_batch (self->engine, batch);
}

static guint
greatest_common_divisor (guint a, guint b)
{
  while (b != 0)
    {
      guint rest = a % b;

      a = b;
      b = rest;
    }

  return a;
}

void
pingem_engine_watch_add_interval (GSource *watch, guint interval_ms)
{
  EngineWatch *self = (EngineWatch *) watch;

  self->tick_ms = greatest_common_divisor (self->tick_ms, interval_ms);
  self->deadline_ns = -1;
}
