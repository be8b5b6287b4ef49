/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @argv: from the command's name on, ends with NULL. Returns: the exit status */
typedef int (*PingemCommandFunc) (char **argv);

int pingem_command_events (char **argv);
int pingem_command_helper (char **argv);
int pingem_command_history (char **argv);
int pingem_command_instance (char **argv);
int pingem_command_note (char **argv);
int pingem_command_pause (char **argv);
int pingem_command_ping (char **argv);
int pingem_command_probes (char **argv);
int pingem_command_report (char **argv);
int pingem_command_resume (char **argv);
int pingem_command_status (char **argv);
int pingem_command_target (char **argv);
int pingem_command_throughput (char **argv);
int pingem_command_trace (char **argv);

/* A command, and its line of the usage text. */
typedef struct {
  const char *name;
  const char *parameters;
  const char *summary; /* translatable */
  PingemCommandFunc run;
} PingemCommand;

/* The table's row of @name, or NULL. */
const PingemCommand *
pingem_command_find (const PingemCommand *commands, guint n_commands, const char *name);
/* Lines of the usage text, in the reader's language. @program: "pingemctl" (transfer full) */
char *pingem_command_usage (const PingemCommand *commands, guint n_commands, const char *program);

/* Runs the command that argv[1] names among those of the command argv[0], or shows them. */
int pingem_command_run_sub (const PingemCommand *commands, guint n_commands, char **argv);

/* What is left of the program to do: finds the command, says what is wrong. */
int pingem_command_run (char **argv);

G_END_DECLS
