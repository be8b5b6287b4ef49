/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A file that people write (GKeyFile), and what is wrong with it: a sentence each, with path, line
 * and group. What is read by one of the getters is known; what is not is reported at the end.
 */
typedef struct {
  char *path;
  GKeyFile *file;      /* (owned) */
  GPtrArray *problems; /* (owned): of char *, valid UTF-8 whatever the file holds */
  GHashTable
      *lines; /* (owned): where a group, or "group\nkey", stands: the last one, as it counts */
  GHashTable *known; /* (owned): the groups and keys that were asked for */
} PingemKeyfile;

/*
 * Never fails: where the file cannot be read it is empty, with @error set (G_FILE_ERROR or
 * G_KEY_FILE_ERROR).
 */
PingemKeyfile *pingem_keyfile_new (const char *path, GError **error);
void pingem_keyfile_free (PingemKeyfile *keyfile);

/* "PATH:LINE: [GROUP] MESSAGE". @key: (nullable): the line is the group's then */
void pingem_keyfile_add_problem (PingemKeyfile *keyfile,
                                 const char *group,
                                 const char *key,
                                 const char *message);
/* Whether it is there; its keys are looked at too by report_unknown(). */
gboolean pingem_keyfile_has_group (PingemKeyfile *keyfile, const char *group);
gboolean pingem_keyfile_has_key (PingemKeyfile *keyfile, const char *group, const char *key);
/* (transfer full): NULL where it is not there, or bad: then there is a problem more. */
char *pingem_keyfile_get_string (PingemKeyfile *keyfile, const char *group, const char *key);
/* As above, @value stays then; it is a problem too where it is not of @min to @max. */
void pingem_keyfile_get_number (
    PingemKeyfile *keyfile, const char *group, const char *key, guint min, guint max, guint *value);
/* (transfer full): all that a group says: the same where nothing was changed */
char *pingem_keyfile_dump_group (PingemKeyfile *keyfile, const char *group);
/* Groups and keys that nobody has asked for become problems. */
void pingem_keyfile_report_unknown (PingemKeyfile *keyfile);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PingemKeyfile, pingem_keyfile_free)

G_END_DECLS
