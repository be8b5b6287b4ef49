/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "helper/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <asm/socket.h>
#include <gio/gio.h>
#include <seccomp.h>

/* Names that this machine's kernel does not know are passed over. */
static const char *const calls[] = {
  /* channels, buses and raw sockets, all of them open */
  "read", "write", "readv", "writev", "recv", "recvfrom", "recvmsg", "recvmmsg", "recvmmsg_time64",
  "send", "sendto", "sendmsg", "sendmmsg", "getsockopt", "getsockname", "getpeername", "shutdown",
  "close", "fstat", "fstat64", "lseek", "_llseek",
  /* the main loop */
  "poll", "ppoll", "ppoll_time64", "epoll_wait", "epoll_pwait", "epoll_pwait2", "epoll_ctl",
  "eventfd2", "timerfd_create", "timerfd_settime", "timerfd_settime64", "timerfd_gettime",
  "timerfd_gettime64",
  /* clocks */
  "clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64", "clock_nanosleep",
  "clock_nanosleep_time64", "nanosleep", "gettimeofday", "time", "restart_syscall",
  /* memory */
  "brk", "munmap", "mremap", "madvise",
  /* threads and signals */
  "futex", "futex_time64", "set_robust_list", "rseq", "sched_yield", "sched_getaffinity",
  "membarrier", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigreturn", "sigaltstack",
  "exit", "exit_group",
  /* who we are */
  "getpid", "gettid", "getuid", "getuid32", "geteuid", "geteuid32", "getgid", "getgid32", "getegid",
  "getegid32", "getrandom"
};

/* Allowed with these arguments alone. */
static const struct {
  const char *name;
  guint argument;
  guint64 mask;
  guint64 value;
} conditions[] = {
  { "socketpair", 0, G_MAXUINT32, AF_UNIX },
  { "mmap", 2, PROT_EXEC, 0 },
  { "mmap2", 2, PROT_EXEC, 0 },
  { "mprotect", 2, PROT_EXEC, 0 },
  { "clone", 0, CLONE_THREAD, CLONE_THREAD },
  { "prctl", 0, G_MAXUINT32, PR_SET_NAME },
  { "ioctl", 1, G_MAXUINT32, FIONREAD },
  { "fcntl", 1, G_MAXUINT32, F_GETFD },
  { "fcntl", 1, G_MAXUINT32, F_SETFD },
  { "fcntl", 1, G_MAXUINT32, F_GETFL },
  { "fcntl", 1, G_MAXUINT32, F_SETFL },
  { "fcntl64", 1, G_MAXUINT32, F_GETFD },
  { "fcntl64", 1, G_MAXUINT32, F_SETFD },
  { "fcntl64", 1, G_MAXUINT32, F_GETFL },
  { "fcntl64", 1, G_MAXUINT32, F_SETFL },
};

/* 0 or -errno; a call that this architecture does not have is none to allow. */
static int
add_rule (
    scmp_filter_ctx filter, guint32 action, const char *name, guint n, struct scmp_arg_cmp *args)
{
  int number = seccomp_syscall_resolve_name (name);
  int r;

  if (number == __NR_SCMP_ERROR)
    return 0;

  r = seccomp_rule_add_array (filter, action, number, n, args);

  return r == -EDOM ? 0 : r;
}

/* The engine counts its stamps anew, and sends with and without "don't fragment". IP_HDRINCL, with
 * which a raw socket forges what it likes, is not among them. */
static const struct {
  int level;
  int option;
} options[] = {
  { SOL_SOCKET, SO_TIMESTAMPING_NEW },
  { IPPROTO_IP, IP_MTU_DISCOVER },
  { IPPROTO_IPV6, IPV6_MTU_DISCOVER },
  { IPPROTO_IPV6, IPV6_DONTFRAG },
};

static int
allow_options (scmp_filter_ctx filter)
{
  int r = 0;

  for (guint i = 0; i < G_N_ELEMENTS (options) && r == 0; i++)
    {
      struct scmp_arg_cmp args[] = {
        SCMP_A1 (SCMP_CMP_MASKED_EQ, G_MAXUINT32, options[i].level),
        SCMP_A2 (SCMP_CMP_MASKED_EQ, G_MAXUINT32, options[i].option),
      };

      r = add_rule (filter, SCMP_ACT_ALLOW, "setsockopt", G_N_ELEMENTS (args), args);
    }

  return r;
}

static int
add_rules (scmp_filter_ctx filter)
{
  int r = allow_options (filter);

  /* The C library falls back to clone(), whose flags can be seen; without this no thread starts. */
  if (r == 0)
    r = add_rule (filter, SCMP_ACT_ERRNO (ENOSYS), "clone3", 0, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (calls) && r == 0; i++)
    r = add_rule (filter, SCMP_ACT_ALLOW, calls[i], 0, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (conditions) && r == 0; i++)
    {
      struct scmp_arg_cmp arg = { conditions[i].argument, SCMP_CMP_MASKED_EQ, conditions[i].mask,
                                  conditions[i].value };

      r = add_rule (filter, SCMP_ACT_ALLOW, conditions[i].name, 1, &arg);
    }

  return r;
}

gboolean
pingem_sandbox_enter (GError **error)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (EPERM));
  int r = filter != NULL ? add_rules (filter) : -ENOMEM;

  /* The bus's thread runs already. */
  if (r == 0)
    r = seccomp_attr_set (filter, SCMP_FLTATR_CTL_TSYNC, 1);
  if (r == 0)
    r = seccomp_load (filter);
  seccomp_release (filter);

  if (r < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (-r),
                 "The kernel does not confine the helper (seccomp): %s", g_strerror (-r));

  return r == 0;
}
