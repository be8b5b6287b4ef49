/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

/* A system bus of the test's own, with a polkit whose answer the test sets. */
typedef struct {
  GTestDBus *bus;
  GDBusConnection *polkit;
  /* the answer */
  gboolean authorized;
  gboolean challenge;
  gboolean dismissed;
  gboolean hold; /* no answer until lab_polkit_answer() */
  GDBusMethodInvocation *held;
  /* what it was asked last */
  guint n_asked;
  guint n_cancelled;
  char *action;
  char *subject;
  guint32 flags;
} LabSystemBus;

/* Also sets DBUS_SYSTEM_BUS_ADDRESS. */
LabSystemBus *lab_system_bus_new (void);
void lab_system_bus_free (LabSystemBus *self);
void lab_polkit_set_present (LabSystemBus *self, gboolean present);
void lab_polkit_answer (LabSystemBus *self);
/* Says that its answers may be others now. */
void lab_polkit_change (LabSystemBus *self);
/* A connection of its own, so a caller of its own. */
GDBusConnection *lab_system_bus_connect (LabSystemBus *self);
/* Fails where another connection has it. */
void lab_own_name (GDBusConnection *connection, const char *name);
/* Leaves the bus. */
void lab_leave_bus (GDBusConnection *connection);

/* A method call, while the main loop runs. @flags: of the call; @ret_fds: (nullable) */
GVariant *lab_call (GDBusConnection *connection,
                    const char *name,
                    const char *path,
                    const char *interface,
                    const char *method,
                    GVariant *args,
                    GDBusCallFlags flags,
                    GUnixFDList **ret_fds,
                    GError **error);

/* Runs the main loop until @condition, and fails after a generous deadline. */
#define lab_wait_until(condition)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 lab_deadline_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;                        \
    guint lab_tick = g_timeout_add (20, lab_on_tick, NULL);                                        \
                                                                                                   \
    while (!(condition))                                                                           \
      {                                                                                            \
        if (g_get_monotonic_time () > lab_deadline_us)                                             \
          g_error ("%s:%d: waited in vain for %s", __FILE__, __LINE__, #condition);                \
        g_main_context_iteration (NULL, TRUE);                                                     \
      }                                                                                            \
    g_source_remove (lab_tick);                                                                    \
  }                                                                                                \
  G_STMT_END
gboolean lab_on_tick (gpointer user_data);

/* A network namespace of this process's own, with loopback up and datagram sockets for everybody.
 * Returns why there is none; NULL: there is. */
const char *lab_enter_namespace (void);
void lab_write_file (const char *path, const char *text);
