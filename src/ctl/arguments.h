/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What pingemctl ends with. */
enum {
  PINGEM_EXIT_OK = 0,
  PINGEM_EXIT_UNANSWERED = 1,
  PINGEM_EXIT_BAD_INPUT = 2,
  PINGEM_EXIT_CANNOT = 3, /* no way to send, or no monitor */
};

/*
 * Options of one command, written anywhere among its arguments; --help prints
 * and exits. @parameters and @summary are for --help. Returns: (transfer full):
 * the arguments that are no options
 */
GStrv pingem_arguments_parse (char **argv,
                              const GOptionEntry *entries,
                              const char *parameters,
                              const char *summary,
                              GError **error);

/* For commands with one argument, a target. @ret_text: (transfer full) */
gboolean pingem_arguments_take_target (GStrv arguments, char **ret_text, GError **error);
/* Refuses what cannot go over a bus. @ret_text: (transfer full) */
gboolean pingem_argument_take (const char *argument, char **ret_text, GError **error);
/* One sentence on standard error. */
void pingem_complain (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* For commands without arguments: says so where there are any. */
gboolean pingem_arguments_are_none (GStrv arguments, GError **error);

G_END_DECLS
