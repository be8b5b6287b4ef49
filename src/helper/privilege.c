/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <gio/gio.h>

static gboolean
set_errno_error (GError **error, const char *what)
{
  int saved_errno = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "%s: %s", what,
               g_strerror (saved_errno));

  return FALSE;
}

static gboolean
become (const char *user, GError **error)
{
  const struct passwd *entry = getpwnam (user);

  if (entry == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   "There is no user %s to run as: install the package's sysusers file "
                   "(systemd-sysusers), or add the user with adduser --system --group %s",
                   user, user);
      return FALSE;
    }
  if (setgroups (0, NULL) < 0 || setresgid (entry->pw_gid, entry->pw_gid, entry->pw_gid) < 0 ||
      setresuid (entry->pw_uid, entry->pw_uid, entry->pw_uid) < 0)
    return set_errno_error (error, "The helper cannot give up root");

  return TRUE;
}

static gboolean
has_capabilities (void)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
  guint32 all = 0;

  if (syscall (SYS_capget, &header, data) < 0)
    return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (data); i++)
    all |= data[i].permitted | data[i].effective | data[i].inheritable;

  return all != 0;
}

static gboolean
drop_capabilities (GError **error)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

  /* No capability that is not permitted stays ambient either (capabilities(7)). Where there is none
   * to give up, the service manager may forbid the call. */
  if ((has_capabilities () && syscall (SYS_capset, &header, none) < 0) ||
      prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
    return set_errno_error (error, "The helper cannot give up its capabilities");

  return TRUE;
}

gboolean
pingem_privilege_drop (const char *user, GError **error)
{
  return (geteuid () != 0 || become (user, error)) && drop_capabilities (error);
}
