/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "ctl/arguments.h"
#include "ctl/command.h"
#include "ipc/language.h"

/* Else a socket could become a standard descriptor that was closed, and be written to. */
static void
fill_standard_descriptors (void)
{
  int fd;

  do
    fd = open ("/dev/null", O_RDWR | O_CLOEXEC);
  while (fd >= 0 && fd <= STDERR_FILENO);

  if (fd >= 0)
    close (fd);
}

/* "pingemctl ... | head": that the reader has had enough is no news. */
static gboolean
has_reader (void)
{
  struct pollfd output = { .fd = STDOUT_FILENO };

  return poll (&output, 1, 0) <= 0 || (output.revents & POLLERR) == 0;
}

int
main (int argc, char *argv[])
{
  int exit_status;

  fill_standard_descriptors ();
  signal (SIGPIPE, SIG_IGN); /* as GLib does, but only once there is a bus */
  pingem_language_init ();

  /* A line is of use at once, also to a pipe. */
  setvbuf (stdout, NULL, _IOLBF, BUFSIZ);
  exit_status = pingem_command_run (argv);

  if (fflush (stdout) != 0 || ferror (stdout))
    {
      if (has_reader ())
        pingem_complain (_ ("The output could not be written: is the disk full?"));
      return PINGEM_EXIT_CANNOT;
    }

  return exit_status;
}
