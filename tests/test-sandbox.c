/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "helper/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/system-bus.h"

/* Placeholders among the arguments below, for what is there once it runs. */
#define RAW4 0x10001
#define RAW6 0x10002
#define UNIX_LISTENER 0x10003
#define BUFFER 0x10004
#define NAME 0x10005 /* "/proc/self/status" */
#define SELF 0x10006
#define PAGE 0x10007 /* writable */

/*
 * What a helper that was taken over would want. The child below is root with every capability: only
 * the sandbox refuses, and without it each of these ends otherwise than with EPERM.
 */
static const struct {
  const char *name;
  long number;
  long args[6];
} forbidden[] = {
  { "socket IPv4", SYS_socket, { AF_INET, SOCK_DGRAM } },
  { "socket IPv6", SYS_socket, { AF_INET6, SOCK_DGRAM } },
  { "socket raw", SYS_socket, { AF_INET, SOCK_RAW, IPPROTO_UDP } },
  { "socket packet", SYS_socket, { AF_PACKET, SOCK_RAW } },
  { "socket netlink", SYS_socket, { AF_NETLINK, SOCK_RAW } },
  { "socket unix", SYS_socket, { AF_UNIX, SOCK_STREAM } },
  { "socketpair not unix", SYS_socketpair, { AF_INET, SOCK_STREAM, 0, BUFFER } },
  { "connect", SYS_connect, { RAW4, BUFFER, 16 } },
  { "bind", SYS_bind, { RAW4, BUFFER, 16 } },
  { "listen", SYS_listen, { UNIX_LISTENER, 1 } },
  { "accept", SYS_accept4, { UNIX_LISTENER } },
  { "IP_HDRINCL", SYS_setsockopt, { RAW4, IPPROTO_IP, IP_HDRINCL, BUFFER, 4 } },
  { "IPV6_HDRINCL", SYS_setsockopt, { RAW6, IPPROTO_IPV6, 36, BUFFER, 4 } },
  { "IP_OPTIONS", SYS_setsockopt, { RAW4, IPPROTO_IP, IP_OPTIONS, BUFFER, 4 } },
  { "IP_TRANSPARENT", SYS_setsockopt, { RAW4, IPPROTO_IP, IP_TRANSPARENT, BUFFER, 4 } },
  { "IP_ADD_MEMBERSHIP", SYS_setsockopt, { RAW4, IPPROTO_IP, IP_ADD_MEMBERSHIP, BUFFER, 12 } },
  { "SO_BROADCAST", SYS_setsockopt, { RAW4, SOL_SOCKET, SO_BROADCAST, BUFFER, 4 } },
  { "SO_MARK", SYS_setsockopt, { RAW4, SOL_SOCKET, SO_MARK, BUFFER, 4 } },
  { "SO_BINDTODEVICE", SYS_setsockopt, { RAW4, SOL_SOCKET, SO_BINDTODEVICE, BUFFER, 1 } },
  { "SO_RCVBUFFORCE", SYS_setsockopt, { RAW4, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER, 4 } },
  { "SO_ATTACH_FILTER",
    SYS_setsockopt,
    { UNIX_LISTENER, SOL_SOCKET, SO_ATTACH_FILTER, BUFFER, 16 } },
  { "SO_DETACH_FILTER",
    SYS_setsockopt,
    { UNIX_LISTENER, SOL_SOCKET, SO_DETACH_FILTER, BUFFER, 4 } },
  { "openat", SYS_openat, { AT_FDCWD, NAME, O_RDONLY } },
  { "openat2", SYS_openat2, { AT_FDCWD, NAME, BUFFER, 24 } },
  { "memfd_create", SYS_memfd_create, { NAME, 0 } },
  { "readlinkat", SYS_readlinkat, { AT_FDCWD, NAME, BUFFER, 64 } },
  { "faccessat", SYS_faccessat, { AT_FDCWD, NAME, R_OK } },
  { "mkdirat", SYS_mkdirat, { AT_FDCWD, NAME, 0 } },
  { "unlinkat", SYS_unlinkat, { AT_FDCWD, BUFFER, 0 } },
  { "linkat", SYS_linkat, { AT_FDCWD, NAME, AT_FDCWD, NAME, 1 } },
  { "symlinkat", SYS_symlinkat, { NAME, AT_FDCWD, NAME } },
  { "fchmodat", SYS_fchmodat, { AT_FDCWD, BUFFER, 0 } },
  { "chdir", SYS_chdir, { BUFFER } },
  { "chroot", SYS_chroot, { BUFFER } },
  { "mount", SYS_mount, { BUFFER, BUFFER, BUFFER, 0, 0 } },
  { "umount2", SYS_umount2, { BUFFER, 0 } },
  { "execve", SYS_execve, { BUFFER, 0, 0 } },
  { "execveat", SYS_execveat, { AT_FDCWD, BUFFER, 0, 0, 0 } },
  { "fork", SYS_clone, { SIGCHLD } },
  { "new user namespace", SYS_clone, { CLONE_NEWUSER | SIGCHLD } },
  { "unshare", SYS_unshare, { CLONE_NEWNET } },
  { "setns", SYS_setns, { UNIX_LISTENER, 0 } },
  { "ptrace", SYS_ptrace, { PTRACE_TRACEME } },
  { "process_vm_readv", SYS_process_vm_readv, { SELF, BUFFER, 0, BUFFER, 0, 0 } },
  { "kill", SYS_kill, { SELF, 0 } },
  { "pidfd_open", SYS_pidfd_open, { SELF, 0 } },
  { "pidfd_getfd", SYS_pidfd_getfd, { UNIX_LISTENER, 0, 0 } },
  { "executable memory",
    SYS_mmap,
    { 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1 } },
  { "memory made executable", SYS_mprotect, { PAGE, 4096, PROT_READ | PROT_EXEC } },
  { "dumpable again", SYS_prctl, { PR_SET_DUMPABLE, 1 } },
  { "ambient capabilities", SYS_prctl, { PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL } },
  { "setresuid", SYS_setresuid, { 0, 0, 0 } },
  { "setresgid", SYS_setresgid, { 0, 0, 0 } },
  { "setgroups", SYS_setgroups, { 0, BUFFER } },
  { "capset", SYS_capset, { BUFFER, BUFFER } },
  { "prlimit64", SYS_prlimit64, { 0, 7, 0, 0 } },
  { "sched_setscheduler", SYS_sched_setscheduler, { 0, 0, BUFFER } },
  { "setpriority", SYS_setpriority, { 0, 0, 0 } },
  { "seccomp", SYS_seccomp, { 2, 0, BUFFER } },
  { "bpf", SYS_bpf, { BPF_MAP_CREATE, BUFFER, 16 } },
  { "perf_event_open", SYS_perf_event_open, { BUFFER, 0, -1, -1, 0 } },
  { "userfaultfd", SYS_userfaultfd, { -1 } },
  { "io_uring_setup", SYS_io_uring_setup, { 0, BUFFER } },
  { "keyctl", SYS_keyctl, { 0, -3, 0 } },
  { "shmget", SYS_shmget, { 0, 4096, 0600 } },
  { "msgget", SYS_msgget, { 0, 0600 } },
  { "inotify_init1", SYS_inotify_init1, { 0 } },
  { "terminal input", SYS_ioctl, { UNIX_LISTENER, TIOCSTI, BUFFER } },
  { "another copy of a socket", SYS_fcntl, { RAW4, F_DUPFD, 0 } },
  { "dup", SYS_dup, { RAW4 } },
  { "settimeofday", SYS_settimeofday, { 0, 0 } },
  { "sethostname", SYS_sethostname, { BUFFER, -1 } },
  { "syslog", SYS_syslog, { 10, 0, 0 } },
  { "personality", SYS_personality, { 0xffffffff } },
};

enum {
  SENT = G_N_ELEMENTS (forbidden),
  THREAD,
  PAIR,
  MEMORY,
  CLONE3,
  N_RESULTS
};

/* What the child found, in memory that both see: an errno, or 0. */
static int *results;

static int
get_status (long result)
{
  return result < 0 ? errno : 0;
}

static void *
run_thread (void *data)
{
  return data;
}

static long
resolve (long arg, const int *fds, char *buffer, char *page)
{
  switch (arg)
    {
    case RAW4:
    case RAW6:
    case UNIX_LISTENER:
      return fds[arg - RAW4];
    case BUFFER:
      return (long) buffer;
    case NAME:
      return (long) "/proc/self/status";
    case SELF:
      return getpid ();
    case PAGE:
      return (long) page;
    default:
      return arg;
    }
}

/* What the helper goes on doing. */
static void
do_allowed (const int *fds)
{
  const struct sockaddr_in self = { .sin_family = AF_INET,
                                    .sin_addr.s_addr = g_htonl (0x7f000001) };
  const guint8 request[16] = { 8, 0, 0xf7, 0xff };
  pthread_t thread;
  int pair[2];
  void *memory;

  results[SENT] = get_status (
      sendto (fds[0], request, sizeof request, 0, (const struct sockaddr *) &self, sizeof self));
  results[THREAD] = pthread_create (&thread, NULL, run_thread, NULL);
  if (results[THREAD] == 0)
    pthread_join (thread, NULL);
  results[PAIR] = get_status (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
  memory = mmap (NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  results[MEMORY] = memory == MAP_FAILED ? errno : 0;
  results[CLONE3] = get_status (syscall (SYS_clone3, NULL, 0));
}

static void
do_forbidden (const int *fds, char *page)
{
  /* As a string it is empty, as a number 0. */
  char buffer[256] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (forbidden); i++)
    {
      long args[6];
      long result;

      for (guint j = 0; j < G_N_ELEMENTS (args); j++)
        args[j] = resolve (forbidden[i].args[j], fds, buffer, page);
      result = syscall (forbidden[i].number, args[0], args[1], args[2], args[3], args[4], args[5]);
      if (forbidden[i].number == SYS_clone && result == 0)
        _exit (1);
      results[i] = get_status (result);
    }
}

static void
run_child (void)
{
  const int fds[] = { socket (AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP),
                      socket (AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6),
                      socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) };
  char *page = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_autoptr (GError) error = NULL;

  if (fds[0] < 0 || fds[1] < 0 || fds[2] < 0 || !pingem_sandbox_enter (&error))
    _exit (1);

  do_allowed (fds);
  do_forbidden (fds, page);
  _exit (0);
}

static void
test_forbidden (gconstpointer data)
{
  g_assert_cmpint (results[GPOINTER_TO_UINT (data)], ==, EPERM);
}

static void
test_allowed (gconstpointer data)
{
  g_assert_cmpint (results[GPOINTER_TO_UINT (data)], ==, 0);
}

/* The C library falls back to clone() then, whose flags a filter can see. */
static void
test_clone3 (void)
{
  g_assert_cmpint (results[CLONE3], ==, ENOSYS);
}

static void
fill_results (void)
{
  int status;
  pid_t child;

  results = mmap (NULL, N_RESULTS * sizeof *results, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert_true (results != MAP_FAILED);
  for (guint i = 0; i < N_RESULTS; i++)
    results[i] = -1;

  child = fork ();
  if (child == 0)
    run_child ();
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

int
main (int argc, char *argv[])
{
  const char *refusal = lab_enter_namespace ();

  g_test_init (&argc, &argv, NULL);
  if (refusal != NULL)
    {
      g_print ("1..0 # SKIP %s\n", refusal);
      return 0;
    }

  fill_results ();
  for (guint i = 0; i < G_N_ELEMENTS (forbidden); i++)
    {
      g_autofree char *path = g_strconcat ("/sandbox/R20 refuses ", forbidden[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_forbidden);
    }
  g_test_add_data_func ("/sandbox/sends", GUINT_TO_POINTER (SENT), test_allowed);
  g_test_add_data_func ("/sandbox/starts a thread", GUINT_TO_POINTER (THREAD), test_allowed);
  g_test_add_data_func ("/sandbox/makes a channel", GUINT_TO_POINTER (PAIR), test_allowed);
  g_test_add_data_func ("/sandbox/takes memory", GUINT_TO_POINTER (MEMORY), test_allowed);
  g_test_add_func ("/sandbox/R20 clone3 is unknown", test_clone3);

  return g_test_run ();
}
