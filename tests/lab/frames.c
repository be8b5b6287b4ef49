/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Preloaded into a GTK 4 program: writes to the file $PINGEM_LAB_FRAMES a line for each frame that
 * a surface renders, and for each picture that the program itself, and not GTK, draws with Cairo:
 * "frame NS" and "drawn NS WIDTH HEIGHT", times on the monotonic clock. And "grab NS" where it
 * stops the whole display to ask something.
 */

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <X11/Xlib.h>
#include <gtk/gtk.h>

static int log_fd = -1;

static long long
get_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static gboolean
on_render (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer user_data)
{
  dprintf (log_fd, "frame %lld\n", get_now ());

  return TRUE;
}

cairo_t *
gtk_snapshot_append_cairo (GtkSnapshot *snapshot, const graphene_rect_t *bounds)
{
  cairo_t *(*real) (GtkSnapshot *, const graphene_rect_t *);

  *(void **) &real = dlsym (RTLD_NEXT, "gtk_snapshot_append_cairo");
  if (log_fd >= 0)
    dprintf (log_fd, "drawn %lld %.0f %.0f\n", get_now (), bounds->size.width, bounds->size.height);

  return real (snapshot, bounds);
}

int
XGrabServer (Display *display)
{
  int (*real) (Display *);

  *(void **) &real = dlsym (RTLD_NEXT, "XGrabServer");
  if (log_fd >= 0)
    dprintf (log_fd, "grab %lld\n", get_now ());

  return real (display);
}

__attribute__ ((constructor)) static void
begin (void)
{
  const char *path = getenv ("PINGEM_LAB_FRAMES");

  if (path == NULL)
    return;

  log_fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log_fd < 0)
    {
      perror (path);
      _exit (1);
    }
  g_type_class_ref (GDK_TYPE_SURFACE);
  g_signal_add_emission_hook (g_signal_lookup ("render", GDK_TYPE_SURFACE), 0, on_render, NULL,
                              NULL);
}
